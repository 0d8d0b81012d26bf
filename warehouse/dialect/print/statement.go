package print

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

func (p *printer) statement(s ast.Statement) {
	switch s := s.(type) {
	case *ast.Chain:
		for i, l := range s.Links {
			p.when(i > 0, "->>")
			p.statement(l.Statement)
		}
	case *ast.Query:
		p.query(s)
	case *ast.Insert:
		p.insert(s)
	case *ast.MultiInsert:
		p.multiInsert(s)
	case *ast.Update:
		p.update(s)
	case *ast.Delete:
		p.delete(s)
	case *ast.Merge:
		p.merge(s)
	case *ast.Truncate:
		p.word("TRUNCATE TABLE")
		p.when(s.IfExists, "IF EXISTS")
		p.name(s.Name)
	case *ast.CopyInto:
		p.copyInto(s)
	case *ast.CopyFiles:
		p.copyFiles(s)
	case *ast.CopyUnload:
		p.copyUnload(s)
	case *ast.Drop:
		p.drop(s)
	case *ast.Comment:
		p.comment(s)
	case *ast.Alter:
		p.alter(s)
	case *ast.Grant:
		p.grant(s)
	default:
		p.createStatement(s)
	}
}

func (p *printer) createStatement(s ast.Statement) {
	switch s := s.(type) {
	case *ast.CreateTable:
		p.createTable(s)
	case *ast.CreateView:
		p.createView(s)
	case *ast.CreateStage:
		p.createStage(s)
	case *ast.CreateObject:
		p.createObject(s)
	case *ast.CreateSequence:
		p.createSequence(s)
	case *ast.CreateFunction:
		p.createFunction(s)
	case *ast.WithProcedure:
		p.withProcedure(s)
	case *ast.List:
		p.word("LIST")
		p.location(s.Location)
		p.pattern(s.Pattern)
	case *ast.Remove:
		p.word("REMOVE")
		p.location(s.Location)
		p.pattern(s.Pattern)
	case *ast.Put:
		p.word("PUT")
		p.file(s.File)
		p.location(s.Location)
		p.options(s.Options)
	case *ast.Get:
		p.word("GET")
		p.location(s.Location)
		p.file(s.File)
		p.options(s.Options)
	default:
		p.sessionStatement(s)
	}
}

func (p *printer) sessionStatement(s ast.Statement) {
	switch s := s.(type) {
	case *ast.Show:
		p.show(s)
	case *ast.Describe:
		p.describe(s)
	case *ast.Use:
		p.use(s)
	case *ast.AlterSession:
		p.alterSession(s)
	case *ast.Set:
		p.set(s)
	case *ast.Unset:
		p.unset(s)
	case *ast.Begin:
		p.begin(s)
	case *ast.Commit:
		p.word("COMMIT")
	case *ast.Rollback:
		p.word("ROLLBACK")
	case *ast.CallProcedure:
		p.word("CALL")
		p.call(s.Call)
		p.into(s.Into)
	case *ast.ExecuteImmediate:
		p.execute(s)
	case *ast.Explain:
		p.explain(s)
	case *ast.Other:
		p.word(s.Text)
	default:
		p.scripted(s)
	}
}
