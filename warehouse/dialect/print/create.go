package print

import "github.com/snowpit-dev/snowpit/warehouse/dialect/ast"

// create writes CREATE, its adjectives, the kind of object and its name.
func (p *printer) create(c ast.Create, object string, name *ast.Name) {
	p.word("CREATE")
	p.when(c.Replace, "OR REPLACE")
	p.when(c.OrAlter, "OR ALTER")
	p.when(c.Scoped, "SCOPED")
	p.when(c.Temporary, "TEMPORARY")
	p.when(c.Transient, "TRANSIENT")
	p.word(object)
	p.when(c.IfNotExists, "IF NOT EXISTS")
	p.name(name)
}

func (p *printer) copied(like, clone *ast.Name) {
	if like != nil {
		p.word("LIKE")
		p.name(like)
	}
	if clone != nil {
		p.word("CLONE")
		p.name(clone)
	}
}

func (p *printer) createStage(s *ast.CreateStage) {
	p.create(s.Create, "STAGE", s.Name)
	p.copied(s.Like, s.Clone)
	p.options(s.Options)
	p.tags(s.Tags)
}

func (p *printer) createObject(s *ast.CreateObject) {
	p.create(s.Create, s.Object, s.Name)
	p.copied(s.Like, s.Clone)
	p.when(s.Managed, "WITH MANAGED ACCESS")
	opts := s.Options
	if len(opts) > 0 && opts[0].Key == "ALLOWED_VALUES" {
		p.word("ALLOWED_VALUES")
		comma(p, opts[0].Value.(*ast.Tuple).Items, p.expr)
		opts = opts[1:]
	}
	p.options(opts)
	p.tags(s.Tags)
}

func (p *printer) createSequence(s *ast.CreateSequence) {
	p.create(s.Create, "SEQUENCE", s.Name)
	p.counting(s.Identity)
	p.options(s.Options)
}

func (p *printer) counting(id ast.Identity) {
	if id.Start != nil {
		p.word("START")
		p.expr(id.Start)
	}
	if id.Increment != nil {
		p.word("INCREMENT")
		p.expr(id.Increment)
	}
	p.when(id.Order != "", id.Order)
}

func (p *printer) createTable(s *ast.CreateTable) {
	object := "TABLE"
	if s.Hybrid {
		object = "HYBRID TABLE"
	}
	p.create(s.Create, object, s.Name)
	p.tableElements(s)
	p.copied(s.Like, s.Clone)
	if s.Template != nil {
		p.word("USING TEMPLATE")
		p.parenQuery(s.Template)
	}
	p.clusterBy(s.ClusterBy)
	p.options(s.Options)
	p.tags(s.Tags)
	p.when(s.CopyGrants, "COPY GRANTS")
	if s.Query != nil {
		p.word("AS")
		p.query(s.Query)
	}
}

// tableElements writes columns, constraints and indexes in parentheses.
func (p *printer) tableElements(s *ast.CreateTable) {
	if s.Columns == nil && s.Constraints == nil {
		return
	}
	p.open("(")
	comma(p, s.Columns, p.columnDef)
	if s.Columns != nil && s.Constraints != nil {
		p.glue(",")
	}
	comma(p, s.Constraints, p.constraint)
	for _, i := range s.Indexes {
		p.glue(",")
		p.word("INDEX")
		p.ident(i.Name)
		p.columns(i.Columns)
		p.when(i.Include != nil, "INCLUDE")
		p.columns(i.Include)
	}
	p.close(")")
}

func (p *printer) clusterBy(keys []ast.Expr) {
	if keys == nil {
		return
	}
	p.open("CLUSTER BY (")
	comma(p, keys, p.expr)
	p.close(")")
}

func (p *printer) columnDef(c ast.ColumnDef) {
	p.ident(c.Name)
	if c.Type != nil {
		p.dataType(c.Type)
	}
	if c.Collate != nil {
		p.word("COLLATE")
		p.text(c.Collate)
	}
	if c.Virtual != nil {
		p.open("AS (")
		p.expr(c.Virtual)
		p.close(")")
	}
	if c.Default != nil {
		p.word("DEFAULT")
		p.operand(c.Default, precConcat)
	}
	if c.Identity != nil {
		p.word("AUTOINCREMENT")
		p.counting(*c.Identity)
	}
	p.when(c.NotNull, "NOT NULL")
	for _, con := range c.Constraints {
		p.constraint(con)
	}
	p.tags(c.Tags)
	if c.Comment != nil {
		p.word("COMMENT")
		p.text(c.Comment)
	}
}

func (p *printer) constraint(c ast.Constraint) {
	if c.Name != nil {
		p.word("CONSTRAINT")
		p.ident(*c.Name)
	}
	p.word(c.Kind)
	if c.Check != nil {
		p.open("(")
		p.expr(c.Check)
		p.close(")")
	}
	p.columns(c.Columns)
	if c.References != nil {
		p.word("REFERENCES")
		p.name(c.References)
		p.columns(c.RefColumns)
	}
	for _, word := range c.Properties {
		p.word(word)
	}
}

func (p *printer) createView(s *ast.CreateView) {
	object := "VIEW"
	if s.Materialized {
		object = "MATERIALIZED VIEW"
	}
	if s.Recursive {
		object = "RECURSIVE " + object
	}
	if s.Secure {
		object = "SECURE " + object
	}
	p.create(s.Create, object, s.Name)
	if s.Columns != nil {
		p.open("(")
		comma(p, s.Columns, func(c ast.ViewColumn) {
			p.ident(c.Name)
			if c.Comment != nil {
				p.word("COMMENT")
				p.text(c.Comment)
			}
		})
		p.close(")")
	}
	p.when(s.CopyGrants, "COPY GRANTS")
	p.clusterBy(s.ClusterBy)
	p.options(s.Options)
	p.tags(s.Tags)
	p.word("AS")
	p.query(s.Query)
}

func (p *printer) createFunction(s *ast.CreateFunction) {
	object := "FUNCTION"
	if s.Procedure {
		object = "PROCEDURE"
	}
	if s.Aggregate {
		object = "AGGREGATE " + object
	}
	if s.Secure {
		object = "SECURE " + object
	}
	p.create(s.Create, object, s.Name)
	p.functionRest(s)
}

// functionRest writes a function from its parameters on.
func (p *printer) functionRest(s *ast.CreateFunction) {
	p.open("(")
	comma(p, s.Params, func(param ast.Param) {
		p.ident(param.Name)
		p.dataType(param.Type)
		p.clause("DEFAULT", param.Default)
	})
	p.close(")")
	p.when(s.CopyGrants, "COPY GRANTS")
	p.word("RETURNS")
	if s.IsTable {
		p.open("TABLE (")
		comma(p, s.ReturnsTable, p.columnDef)
		p.close(")")
	} else {
		p.dataType(s.Returns)
	}
	p.when(s.NotNull, "NOT NULL")
	p.word("LANGUAGE")
	p.word(s.Language)
	for _, word := range s.Properties {
		p.word(word)
	}
	p.options(s.Options)
	if s.Body != nil {
		p.word("AS")
		p.text(s.Body)
	}
}

func (p *printer) withProcedure(s *ast.WithProcedure) {
	p.word("WITH")
	p.name(s.Procedure.Name)
	p.word("AS PROCEDURE")
	p.functionRest(s.Procedure)
	p.word("CALL")
	p.call(s.Call)
	p.when(s.Into != "", "INTO :"+s.Into)
}
