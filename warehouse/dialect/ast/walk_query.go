package ast

func (q *Query) walk(w *walker) {
	if q.With != nil {
		walkEach(w, q.With.CTEs, (*CTE).walk)
	}
	visit(w, &q.Body)
	walkEach(w, q.OrderBy, (*Order).walk)
	visit(w, &q.Limit)
	visit(w, &q.Offset)
}

func (c *CTE) walk(w *walker) { visit(w, &c.Query) }

func (s *Select) walk(w *walker) {
	visit(w, &s.Top)
	walkEach(w, s.Items, (*Item).walk)
	visitAll(w, s.From)
	visit(w, &s.Where)
	if s.Connect != nil {
		visit(w, &s.Connect.Start)
		visitAll(w, s.Connect.By)
	}
	if s.GroupBy != nil {
		visitAll(w, s.GroupBy.Items)
	}
	visit(w, &s.Having)
	visit(w, &s.Qualify)
}

func (s *SetOp) walk(w *walker) {
	visit(w, &s.Left)
	visit(w, &s.Right)
}

func (v *Values) walk(w *walker) {
	for _, row := range v.Rows {
		visitAll(w, row)
	}
}

func (q *ParenQuery) walk(w *walker) { visit(w, &q.Query) }

func (t *TableName) walk(w *walker)     { visit(w, &t.Name) }
func (t *Derived) walk(w *walker)       { visit(w, &t.Query) }
func (t *TableFunction) walk(w *walker) { visit(w, &t.X) }
func (t *ValuesTable) walk(w *walker)   { t.Values.walk(w) }
func (t *ParenTable) walk(w *walker)    { visit(w, &t.Table) }

func (t *Unpivot) walk(w *walker) {
	visit(w, &t.Input)
	walkEach(w, t.Columns, (*Item).walk)
}

func (t *StageTable) walk(w *walker) { walkEach(w, t.Args, (*Arg).walk) }

func (t *Join) walk(w *walker) {
	visit(w, &t.Left)
	visit(w, &t.Right)
	visit(w, &t.Match)
	visit(w, &t.On)
}

func (t *Pivot) walk(w *walker) {
	visit(w, &t.Input)
	walkEach(w, t.Aggregates, (*Item).walk)
	visit(w, &t.For)
	walkEach(w, t.In, (*Item).walk)
	walkEach(w, t.AnyOrder, (*Order).walk)
	visit(w, &t.Query)
	visit(w, &t.Default)
}

func (t *Sample) walk(w *walker) {
	visit(w, &t.Input)
	visit(w, &t.Size)
	visit(w, &t.Seed)
}
