package print

import "github.com/snowpit-dev/snowpit/warehouse/dialect/ast"

func (p *printer) drop(s *ast.Drop) {
	p.word("DROP")
	p.word(s.Object)
	p.when(s.IfExists, "IF EXISTS")
	p.name(s.Name)
	p.signature(s.Args, s.HasArgs)
	p.when(s.Behavior != "", s.Behavior)
}

// signature writes a function's types in parentheses, which may be empty.
func (p *printer) signature(types []*ast.Type, has bool) {
	if has {
		p.open("(")
		comma(p, types, p.dataType)
		p.close(")")
	}
}

func (p *printer) comment(s *ast.Comment) {
	p.word("COMMENT")
	p.when(s.IfExists, "IF EXISTS")
	p.word("ON")
	p.word(s.Object)
	p.name(s.Name)
	p.signature(s.Args, s.HasArgs)
	p.word("IS")
	p.text(s.Text)
}

func (p *printer) alter(s *ast.Alter) {
	p.word("ALTER")
	p.word(s.Object)
	p.when(s.IfExists, "IF EXISTS")
	if s.Name != nil {
		p.name(s.Name)
	}
	p.signature(s.Args, s.HasArgs)
	comma(p, s.Actions, p.action)
}

func (p *printer) action(a ast.Action) {
	switch a := a.(type) {
	case *ast.Do:
		p.word(a.Words)
	case *ast.RenameTo:
		p.word("RENAME TO")
		p.name(a.Name)
	case *ast.SwapWith:
		p.word("SWAP WITH")
		p.name(a.Name)
	case *ast.RenameColumn:
		p.word("RENAME COLUMN")
		p.ident(a.From)
		p.word("TO")
		p.ident(a.To)
	case *ast.AddColumn:
		p.word("ADD COLUMN")
		p.when(a.IfNotExists, "IF NOT EXISTS")
		comma(p, a.Columns, p.columnDef)
	case *ast.DropColumn:
		p.word("DROP COLUMN")
		p.when(a.IfExists, "IF EXISTS")
		comma(p, a.Columns, p.ident)
	case *ast.AlterColumns:
		p.word("ALTER")
		comma(p, a.Changes, p.columnChange)
	case *ast.AddConstraint:
		p.word("ADD")
		p.constraint(a.Constraint)
	case *ast.RenameConstraint:
		p.word("RENAME CONSTRAINT")
		p.ident(a.From)
		p.word("TO")
		p.ident(a.To)
	case *ast.DropConstraint:
		p.changeConstraint("DROP", a.ConstraintRef, a.Properties)
	case *ast.ModifyConstraint:
		p.changeConstraint("MODIFY", a.ConstraintRef, a.Properties)
	case *ast.ClusterBy:
		p.clusterBy(a.Keys)
	case *ast.SetOptions:
		p.setOptions(a)
	case *ast.UnsetOptions:
		p.unsetOptions(a)
	}
}

func (p *printer) columnChange(c ast.ColumnChange) {
	p.word("COLUMN")
	p.ident(c.Column)
	switch c.Change {
	case "TYPE":
		p.word("SET DATA TYPE")
		p.dataType(c.Type)
	case "SET DEFAULT":
		p.word("SET DEFAULT")
		p.operand(c.Default, precConcat)
	case "COMMENT":
		p.word("COMMENT")
		p.text(c.Comment)
	case "SET TAG":
		p.word("SET TAG")
		comma(p, c.Tags, p.tag)
	case "UNSET TAG":
		p.word("UNSET TAG")
		comma(p, c.Unset, p.name)
	default:
		p.word(c.Change)
	}
}

// changeConstraint prints what is done to which constraint, and the words behind.
func (p *printer) changeConstraint(verb string, which ast.ConstraintRef, properties []string) {
	p.word(verb)
	p.word(which.Kind)
	if which.Name != nil {
		p.ident(*which.Name)
	}
	p.columns(which.Columns)
	for _, word := range properties {
		p.word(word)
	}
}

func (p *printer) setOptions(a *ast.SetOptions) {
	p.word("SET")
	p.options(a.Options)
	switch {
	case a.Options != nil:
		p.tags(a.Tags)
	case a.Tags != nil:
		p.word("TAG")
		comma(p, a.Tags, p.tag)
	}
}

func (p *printer) unsetOptions(a *ast.UnsetOptions) {
	p.word("UNSET")
	if a.Tags != nil {
		p.word("TAG")
		comma(p, a.Tags, p.name)
		return
	}
	comma(p, a.Keys, p.word)
}

func (p *printer) grant(s *ast.Grant) {
	if s.Revoke {
		p.word("REVOKE")
	} else {
		p.word("GRANT")
	}
	p.when(s.OptionOnly, "GRANT OPTION FOR")
	if s.Role != nil {
		p.word(s.RoleKind)
		p.name(s.Role)
	} else {
		comma(p, s.Privileges, p.word)
		p.word("ON")
		p.grantObject(s)
	}
	if s.Revoke {
		p.word("FROM")
	} else {
		p.word("TO")
	}
	p.when(s.ToKind != "", s.ToKind)
	p.name(s.To)
	p.when(s.Suffix != "", s.Suffix)
}

func (p *printer) grantObject(s *ast.Grant) {
	p.when(s.Quantity != "", s.Quantity)
	p.when(s.Object != "", s.Object)
	if s.Quantity != "" {
		p.word("IN")
		p.word(s.In)
	}
	if s.Name != nil {
		p.name(s.Name)
	}
	p.signature(s.Args, s.HasArgs)
}
