package ast

func (e *Identifier) walk(w *walker) { visit(w, &e.Arg) }
func (e *Parens) walk(w *walker)     { visit(w, &e.X) }
func (e *Tuple) walk(w *walker)      { visitAll(w, e.Items) }
func (e *Unary) walk(w *walker)      { visit(w, &e.X) }
func (e *Exists) walk(w *walker)     { visit(w, &e.Query) }
func (e *Subquery) walk(w *walker)   { visit(w, &e.Query) }
func (e *Quantified) walk(w *walker) { visit(w, &e.Query) }
func (e *Collate) walk(w *walker)    { visit(w, &e.X) }
func (e *Array) walk(w *walker)      { visitAll(w, e.Items) }
func (e *Path) walk(w *walker)       { visit(w, &e.X) }
func (e *Grouping) walk(w *walker)   { visitAll(w, e.Sets) }

func (e *Binary) walk(w *walker) {
	visit(w, &e.Left)
	visit(w, &e.Right)
}

func (e *Is) walk(w *walker) {
	visit(w, &e.X)
	visit(w, &e.Y)
}

func (e *Like) walk(w *walker) {
	visit(w, &e.X)
	visit(w, &e.Pattern)
	visit(w, &e.Escape)
}

func (e *Between) walk(w *walker) {
	visit(w, &e.X)
	visit(w, &e.Low)
	visit(w, &e.High)
}

func (e *In) walk(w *walker) {
	visit(w, &e.X)
	visitAll(w, e.List)
	visit(w, &e.Query)
}

func (e *Case) walk(w *walker) {
	visit(w, &e.Operand)
	walkEach(w, e.Whens, (*When).walk)
	visit(w, &e.Else)
}

func (e *When) walk(w *walker) {
	visit(w, &e.Cond)
	visit(w, &e.Then)
}

func (e *Cast) walk(w *walker) {
	visit(w, &e.X)
	visit(w, &e.Type)
}

func (e *Extract) walk(w *walker) {
	visit(w, &e.Part)
	visit(w, &e.X)
}

func (e *Call) walk(w *walker) {
	visit(w, &e.Name)
	walkEach(w, e.Args, (*Arg).walk)
	walkEach(w, e.WithinGroup, (*Order).walk)
	if e.Over != nil {
		e.Over.walk(w)
	}
}

func (a *Arg) walk(w *walker)   { visit(w, &a.Value) }
func (o *Order) walk(w *walker) { visit(w, &o.X) }

func (o *Over) walk(w *walker) {
	visitAll(w, o.PartitionBy)
	walkEach(w, o.OrderBy, (*Order).walk)
	if o.Frame == nil {
		return
	}
	visit(w, &o.Frame.Start.Offset)
	if o.Frame.End != nil {
		visit(w, &o.Frame.End.Offset)
	}
}

func (e *Object) walk(w *walker) {
	walkEach(w, e.Fields, (*Field).walk)
	visit(w, &e.Star)
}

func (f *Field) walk(w *walker) { visit(w, &f.Value) }

func (e *Index) walk(w *walker) {
	visit(w, &e.X)
	visit(w, &e.I)
}

func (e *Lambda) walk(w *walker) {
	walkEach(w, e.Params, (*Param).walk)
	visit(w, &e.Body)
}

func (p *Param) walk(w *walker) {
	visit(w, &p.Type)
	visit(w, &p.Default)
}

func (e *Star) walk(w *walker) { walkEach(w, e.Replace, (*Item).walk) }
func (i *Item) walk(w *walker) { visit(w, &i.X) }

func (n *Name) walk(w *walker) { visit(w, &n.Dynamic) }

func (t *Type) walk(w *walker) {
	visitAll(w, t.Elems)
	for i := range t.Fields {
		visit(w, &t.Fields[i].Type)
	}
}

func (o *Option) walk(w *walker) {
	visit(w, &o.Value)
	walkEach(w, o.Nested, (*Option).walk)
}

func (t *Tag) walk(w *walker) { visit(w, &t.Name) }
