package ast

func (s *Chain) walk(w *walker) {
	for i := range s.Links {
		visit(w, &s.Links[i].Statement)
	}
}

func (s *Insert) walk(w *walker) {
	visit(w, &s.Into)
	visit(w, &s.Query)
}

func (s *MultiInsert) walk(w *walker) {
	for i := range s.Whens {
		visit(w, &s.Whens[i].Cond)
		walkEach(w, s.Whens[i].Into, (*InsertInto).walk)
	}
	visit(w, &s.Query)
}

func (i *InsertInto) walk(w *walker) {
	visit(w, &i.Table)
	visitAll(w, i.Values)
}

func (a *Assign) walk(w *walker) { visit(w, &a.Value) }

func (s *Update) walk(w *walker) {
	visit(w, &s.Table)
	walkEach(w, s.Set, (*Assign).walk)
	visitAll(w, s.From)
	visit(w, &s.Where)
}

func (s *Delete) walk(w *walker) {
	visit(w, &s.From)
	visitAll(w, s.Using)
	visit(w, &s.Where)
}

func (s *Merge) walk(w *walker) {
	visit(w, &s.Into)
	visit(w, &s.Using)
	visit(w, &s.On)
	for i := range s.Whens {
		visit(w, &s.Whens[i].Cond)
		walkEach(w, s.Whens[i].Set, (*Assign).walk)
		visitAll(w, s.Whens[i].Values)
	}
}

func (s *Truncate) walk(w *walker) { visit(w, &s.Name) }

func (s *CopyInto) walk(w *walker) {
	visit(w, &s.Into)
	visit(w, &s.Query)
	walkEach(w, s.Options, (*Option).walk)
}

func (s *CopyFiles) walk(w *walker) {
	visit(w, &s.Query)
	walkEach(w, s.Options, (*Option).walk)
}

func (s *CopyUnload) walk(w *walker) {
	visit(w, &s.From)
	visit(w, &s.Query)
	visit(w, &s.Partition)
	walkEach(w, s.Options, (*Option).walk)
}

func (s *CreateObject) walk(w *walker) {
	visit(w, &s.Name)
	visit(w, &s.Like)
	visit(w, &s.Clone)
	walkEach(w, s.Options, (*Option).walk)
	walkEach(w, s.Tags, (*Tag).walk)
}

func (s *CreateStage) walk(w *walker) {
	visit(w, &s.Name)
	visit(w, &s.Like)
	visit(w, &s.Clone)
	walkEach(w, s.Options, (*Option).walk)
	walkEach(w, s.Tags, (*Tag).walk)
}

func (s *CreateSequence) walk(w *walker) {
	visit(w, &s.Name)
	walkEach(w, s.Options, (*Option).walk)
}

func (s *CreateTable) walk(w *walker) {
	visit(w, &s.Name)
	walkEach(w, s.Columns, (*ColumnDef).walk)
	walkEach(w, s.Constraints, (*Constraint).walk)
	visit(w, &s.Like)
	visit(w, &s.Clone)
	visit(w, &s.Template)
	visitAll(w, s.ClusterBy)
	walkEach(w, s.Options, (*Option).walk)
	walkEach(w, s.Tags, (*Tag).walk)
	visit(w, &s.Query)
}

func (c *ColumnDef) walk(w *walker) {
	visit(w, &c.Type)
	visit(w, &c.Default)
	visit(w, &c.Virtual)
	walkEach(w, c.Constraints, (*Constraint).walk)
	walkEach(w, c.Tags, (*Tag).walk)
}

func (c *Constraint) walk(w *walker) {
	visit(w, &c.Check)
	visit(w, &c.References)
}

func (s *CreateView) walk(w *walker) {
	visit(w, &s.Name)
	visitAll(w, s.ClusterBy)
	walkEach(w, s.Options, (*Option).walk)
	walkEach(w, s.Tags, (*Tag).walk)
	visit(w, &s.Query)
}

func (s *CreateFunction) walk(w *walker) {
	visit(w, &s.Name)
	walkEach(w, s.Params, (*Param).walk)
	visit(w, &s.Returns)
	walkEach(w, s.ReturnsTable, (*ColumnDef).walk)
	walkEach(w, s.Options, (*Option).walk)
}

func (s *WithProcedure) walk(w *walker) {
	visit(w, &s.Procedure)
	visit(w, &s.Call)
}

func (s *Alter) walk(w *walker) {
	visit(w, &s.Name)
	visitAll(w, s.Args)
	visitAll(w, s.Actions)
}

func (a *RenameTo) walk(w *walker)      { visit(w, &a.Name) }
func (a *SwapWith) walk(w *walker)      { visit(w, &a.Name) }
func (a *AddColumn) walk(w *walker)     { walkEach(w, a.Columns, (*ColumnDef).walk) }
func (a *AddConstraint) walk(w *walker) { a.Constraint.walk(w) }
func (a *ClusterBy) walk(w *walker)     { visitAll(w, a.Keys) }
func (a *UnsetOptions) walk(w *walker)  { visitAll(w, a.Tags) }

func (a *AlterColumns) walk(w *walker) {
	for i := range a.Changes {
		visit(w, &a.Changes[i].Type)
		visit(w, &a.Changes[i].Default)
		walkEach(w, a.Changes[i].Tags, (*Tag).walk)
		visitAll(w, a.Changes[i].Unset)
	}
}

func (a *SetOptions) walk(w *walker) {
	walkEach(w, a.Options, (*Option).walk)
	walkEach(w, a.Tags, (*Tag).walk)
}

func (s *Drop) walk(w *walker) {
	visit(w, &s.Name)
	visitAll(w, s.Args)
}

func (s *Comment) walk(w *walker) {
	visit(w, &s.Name)
	visitAll(w, s.Args)
}

func (s *Grant) walk(w *walker) {
	visit(w, &s.Role)
	visit(w, &s.Name)
	visitAll(w, s.Args)
	visit(w, &s.To)
}

func (s *Use) walk(w *walker)           { visit(w, &s.Name) }
func (s *AlterSession) walk(w *walker)  { walkEach(w, s.Set, (*Option).walk) }
func (s *Set) walk(w *walker)           { visitAll(w, s.Values) }
func (s *CallProcedure) walk(w *walker) { visit(w, &s.Call) }
func (s *Explain) walk(w *walker)       { visit(w, &s.Statement) }
func (s *Put) walk(w *walker)           { walkEach(w, s.Options, (*Option).walk) }
func (s *Get) walk(w *walker)           { walkEach(w, s.Options, (*Option).walk) }

func (s *ExecuteImmediate) walk(w *walker) {
	visit(w, &s.Text)
	visitAll(w, s.Using)
}

func (s *Describe) walk(w *walker) {
	visit(w, &s.Name)
	visitAll(w, s.Args)
	visit(w, &s.Query)
	walkEach(w, s.Options, (*Option).walk)
}

func (s *Show) walk(w *walker) {
	if s.Where != nil {
		visit(w, &s.Where.Name)
	}
	visit(w, &s.Limit)
}
