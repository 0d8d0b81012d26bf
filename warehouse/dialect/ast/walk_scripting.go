package ast

func (s *Block) walk(w *walker) {
	visitAll(w, s.Declare)
	visitAll(w, s.Body)
	for i := range s.Handlers {
		visitAll(w, s.Handlers[i].Body)
	}
}

func (s *Let) walk(w *walker) {
	visit(w, &s.Type)
	visit(w, &s.Value)
}

func (s *If) walk(w *walker) {
	walkEach(w, s.Branches, (*Branch).walk)
	visitAll(w, s.Else)
}

func (s *Switch) walk(w *walker) {
	visit(w, &s.Operand)
	walkEach(w, s.Branches, (*Branch).walk)
	visitAll(w, s.Else)
}

func (b *Branch) walk(w *walker) {
	visit(w, &b.Cond)
	visitAll(w, b.Body)
}

func (s *For) walk(w *walker) {
	visit(w, &s.From)
	visit(w, &s.To)
	visitAll(w, s.Body)
}

func (s *While) walk(w *walker) {
	visit(w, &s.Cond)
	visitAll(w, s.Body)
}

func (s *Repeat) walk(w *walker) {
	visitAll(w, s.Body)
	visit(w, &s.Until)
}

func (s *SQL) walk(w *walker)         { visit(w, &s.Statement) }
func (s *LetCursor) walk(w *walker)   { visit(w, &s.Query) }
func (s *SetVariable) walk(w *walker) { visit(w, &s.Value) }
func (s *Loop) walk(w *walker)        { visitAll(w, s.Body) }
func (s *Return) walk(w *walker)      { visit(w, &s.Value) }
func (s *Open) walk(w *walker)        { visitAll(w, s.Using) }
func (e *ResultOf) walk(w *walker)    { visit(w, &e.Statement) }
