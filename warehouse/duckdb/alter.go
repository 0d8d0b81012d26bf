package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/tag"
)

// An alteration is one ALTER of a table, view or sequence on its way.
type alteration struct {
	s     *session
	o     *catalog.Object
	name  catalog.Name // what the object is called so far
	meta  catalog.Meta // what is known of it so far
	steps []string     // of DuckDB's SQL

	layout *layout // nil while no column changes
	step   string  // a sequence's new increment, "" for the one it has
}

// alter is ALTER of anything but the session.
func (s *session) alter(ctx context.Context, rec *record, stmt *ast.Alter) (*warehouse.Result, error) {
	switch stmt.Object {
	case "TABLE", "VIEW", "SEQUENCE":
	case "SCHEMA", "DATABASE":
		return s.alterContainer(ctx, rec, stmt)
	case "ROLE", "DATABASE ROLE", "USER", "WAREHOUSE", "TAG":
		return s.alterOfAccount(rec, stmt)
	case "FUNCTION", "PROCEDURE":
		return s.alterFunction(ctx, rec, stmt)
	case "FILE FORMAT":
		return s.alterFormat(ctx, rec, stmt)
	case "STAGE":
		return s.alterStage(ctx, rec, stmt)
	default:
		return nil, refusal.Unsupported("ALTER " + stmt.Object)
	}
	if stmt.IfExists {
		t, err := s.resolveName(stmt.Name)
		if err != nil {
			return nil, err
		}
		if o, err := s.lookUp(ctx, t); err != nil || o == nil {
			return rec.status("Statement executed successfully."), err
		}
	}
	kinds := []string{stmt.Object}
	if stmt.Object == "TABLE" && len(stmt.Actions) == 1 {
		if _, rename := stmt.Actions[0].(*ast.RenameTo); rename {
			kinds = append(kinds, "VIEW") // which Snowflake lets ALTER TABLE rename
		}
	}
	o, err := s.mustFind(ctx, stmt.Name, kinds...)
	if err != nil {
		return nil, err
	}
	a := &alteration{s: s, o: o, name: o.At, meta: o.Meta}
	for _, action := range stmt.Actions {
		if err := a.do(ctx, action); err != nil {
			return nil, err
		}
	}
	if err := a.run(ctx, rec); err != nil {
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
}

// run makes the change and writes down what is known after it.
func (a *alteration) run(ctx context.Context, rec *record) error {
	if a.layout != nil && a.layout.anew {
		a.makeAnew()
	}
	if a.step != "" {
		if err := a.count(ctx, "create or replace", a.name); err != nil {
			return err
		}
	}
	all := append(a.steps, catalog.CommentOn(a.o.Kind, a.name, a.meta))
	t := &translation{original: rec.statement.Text, text: strings.Join(all, ";\n")}
	rec.translated(t)
	return a.s.retry(ctx, func() error { return a.s.together(ctx, all...) })
}

// modifyConstraint changes a constraint's properties, of which Snowflake lets
// none but RELY take another value than it has
// (docs.snowflake.com/sql-reference/constraints-alter).
func (a *alteration) modifyConstraint(act *ast.ModifyConstraint) error {
	for _, property := range act.Properties {
		if !slices.Contains([]string{"NOT ENFORCED", "NOVALIDATE", "RELY", "NORELY"}, property) {
			return refusal.Unsupported("ALTER TABLE … MODIFY CONSTRAINT … " + property)
		}
	}
	return a.meta.ModifyConstraint(act)
}

// count makes a sequence of a name that goes on where the altered one is, by
// another step if there is one. DuckDB refuses to make one anew that a column
// takes its values from.
func (a *alteration) count(ctx context.Context, create string, name catalog.Name) error {
	found, err := a.s.conn.Texts(ctx, `select cast(coalesce(last_value + increment_by, start_value) as varchar), cast(increment_by as varchar)
		from duckdb_sequences() where database_name = ? and schema_name = ? and sequence_name = ?`, a.o.At.Database, a.o.At.Schema, a.o.At.Table)
	if err != nil || len(found) == 0 {
		return cmp.Or(err, error(refusal.NotExist(a.o.At.Table, nil)))
	}
	next, step := found[0][0], cmp.Or(a.step, found[0][1])
	a.add("%s sequence %s start %s increment %s %s", create, name, next, step, sequenceBounds)
	return nil
}

// do plans one action.
func (a *alteration) do(ctx context.Context, action ast.Action) error {
	if a.meta.Hybrid && changesKeys(action) {
		return refusal.Unsupported("ALTER TABLE that adds or drops a constraint of a hybrid table, or swaps one")
	}
	switch act := action.(type) {
	case *ast.RenameTo:
		return a.rename(ctx, act.Name)
	case *ast.SwapWith:
		return a.swap(ctx, act.Name)
	case *ast.RenameColumn:
		return a.renameColumn(ctx, act)
	case *ast.AddColumn:
		return a.addColumns(ctx, act)
	case *ast.DropColumn:
		return a.dropColumns(ctx, act)
	case *ast.AlterColumns:
		return a.alterColumns(ctx, act)
	case *ast.AddConstraint:
		return a.s.addConstraint(&a.meta, act.Constraint)
	case *ast.DropConstraint:
		return a.meta.DropConstraint(act)
	case *ast.ModifyConstraint:
		return a.modifyConstraint(act)
	case *ast.RenameConstraint:
		return a.meta.RenameConstraint(act)
	case *ast.ClusterBy:
		a.meta.Cluster = clusterKey(act.Keys)
	case *ast.SetOptions:
		return a.set(act)
	case *ast.UnsetOptions:
		a.unset(act)
	case *ast.Do:
		return a.words(act)
	default:
		return refusal.Unsupported("ALTER " + a.o.Kind + " of this form")
	}
	return nil
}

func (a *alteration) add(format string, args ...any) {
	a.steps = append(a.steps, fmt.Sprintf(format, args...))
}

// rename gives the object another name, and for one in another schema makes it
// anew there.
func (a *alteration) rename(ctx context.Context, name *ast.Name) error {
	to, err := a.s.newTarget(name)
	if err != nil {
		return err
	}
	if len(name.Parts) == 1 && a.name.Database != catalog.Temp {
		to.Database, to.Schema = a.name.Database, a.name.Schema
	}
	switch {
	case a.name.Database == catalog.Temp:
		return refusal.Unsupported("renaming a temporary table")
	case to.Database != a.name.Database:
		return refusal.Unsupported("moving a " + strings.ToLower(a.o.Kind) + " to another database")
	}
	if o, err := a.s.lookUp(ctx, to); err != nil || o != nil {
		if err == nil {
			err = refusal.Exists(print.SQL(name), nil)
		}
		return err
	}
	if a.o.Kind == "SEQUENCE" {
		return a.renameSequence(ctx, to)
	}
	if to.Schema != a.name.Schema {
		return a.move(ctx, to)
	}
	a.add("alter %s %s rename to %s", a.o.Kind, a.name, ducksql.Name(to.Table))
	a.name = to
	return nil
}

// renameSequence makes a sequence anew under another name, which DuckDB has no
// words for.
func (a *alteration) renameSequence(ctx context.Context, to catalog.Name) error {
	if err := a.count(ctx, "create", to); err != nil {
		return err
	}
	a.add("drop sequence %s", a.name)
	a.name = to
	return nil
}

// move makes a table anew in another schema.
func (a *alteration) move(ctx context.Context, to catalog.Name) error {
	if a.o.Kind != "TABLE" {
		return refusal.Unsupported("moving a view to another schema")
	}
	columns, err := a.s.definition(ctx, a.name)
	if err != nil {
		return err
	}
	a.add("create table %s%s", to, columns)
	a.add("insert into %s from %s", to, a.name)
	a.add("drop table %s", a.name)
	a.name = to
	return nil
}

// swap exchanges two tables of a schema, with all that is known of them.
func (a *alteration) swap(ctx context.Context, name *ast.Name) error {
	other, err := a.s.mustFind(ctx, name, "TABLE")
	if err != nil {
		return err
	}
	if other.At.Database != a.name.Database || other.At.Schema != a.name.Schema || a.name.Database == catalog.Temp {
		return refusal.Unsupported("swapping tables of different schemas, or temporary ones")
	}
	if other.Meta.Hybrid {
		return refusal.Unsupported("swapping a hybrid table")
	}
	between := catalog.NameOf(a.name.Database, a.name.Schema, "__SWAP_"+uuid.NewString())
	a.add("alter table %s rename to %s", a.name, ducksql.Name(between.Table))
	a.add("alter table %s rename to %s", other.At, ducksql.Name(a.name.Table))
	a.add("alter table %s rename to %s", between, ducksql.Name(other.At.Table))
	a.name = other.At
	return nil
}

// set is SET of properties and tags.
func (a *alteration) set(act *ast.SetOptions) error {
	a.meta.Tags = tag.Set(a.meta.Tags, tagsOf(act.Tags))
	for _, o := range act.Options {
		switch o.Key {
		case "COMMENT":
			a.meta.Comment = commentOption([]ast.Option{o})
		case "INCREMENT":
			text, _ := optionText(o)
			if _, err := strconv.ParseInt(text, 10, 64); a.o.Kind != "SEQUENCE" || err != nil {
				return refusal.Unsupported("ALTER " + a.o.Kind + " SET INCREMENT " + text)
			}
			a.step = text
		case "DATA_RETENTION_TIME_IN_DAYS":
			a.meta.Retention = retentionOption([]ast.Option{o})
		case "MAX_DATA_EXTENSION_TIME_IN_DAYS", "CHANGE_TRACKING", "DEFAULT_DDL_COLLATION",
			"ENABLE_SCHEMA_EVOLUTION", "ERROR_ON_DUPLICATE":
			// They say nothing about what a local table does.
		default:
			return refusal.Unsupported("ALTER " + a.o.Kind + " SET " + o.Key)
		}
	}
	return nil
}

func (a *alteration) unset(act *ast.UnsetOptions) {
	for _, n := range act.Tags {
		a.meta.Tags = tag.Unset(a.meta.Tags, tagKey(n))
	}
	for _, key := range act.Keys {
		switch key {
		case "COMMENT":
			a.meta.Comment = ""
		case "DATA_RETENTION_TIME_IN_DAYS":
			a.meta.Retention = ""
		}
	}
}

// words does the actions that are words alone.
func (a *alteration) words(act *ast.Do) error {
	switch act.Words {
	case "SET SECURE":
		a.meta.Secure = true
	case "UNSET SECURE":
		a.meta.Secure = false
	case "DROP CLUSTERING KEY":
		a.meta.Cluster = ""
	case "SET ORDER", "SET NOORDER":
		if a.o.Kind != "SEQUENCE" {
			return refusal.Unsupported("ALTER " + a.o.Kind + " " + act.Words)
		}
		a.meta.Ordered = act.Words == "SET ORDER"
	case "SUSPEND RECLUSTER", "RESUME RECLUSTER":
	default:
		return refusal.Unsupported("ALTER " + a.o.Kind + " " + act.Words)
	}
	return nil
}

// sqlOf is an expression in Snowflake's SQL.
func sqlOf(e ast.Expr) string { return print.SQL(e) }
