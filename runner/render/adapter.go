package render

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// An adapter is the name adapter, as macros of a package see it.
type adapter struct {
	c   *rendering
	pkg string
}

// asking are the methods of adapter that ask the warehouse, each with what it
// gives while a project is read.
var asking = map[string]struct {
	parsing any
	do      func(a *adapter, args *jinja.Args) (any, error)
}{
	"get_relation":                   {nil, (*adapter).getRelation},
	"load_relation":                  {nil, (*adapter).loadRelation},
	"list_relations":                 {empty{}, (*adapter).listRelations},
	"list_relations_without_caching": {empty{}, (*adapter).listRelations},
	"get_columns_in_relation":        {empty{}, (*adapter).getColumns},
	"get_column_schema_from_query":   {empty{}, (*adapter).queryColumns},
	"get_missing_columns":            {empty{}, (*adapter).missingColumns},
	"expand_target_column_types":     {nil, (*adapter).expandColumns},
	"list_schemas":                   {empty{}, (*adapter).listSchemas},
	"check_schema_exists":            {true, (*adapter).schemaExists},
	"already_exists":                 {false, (*adapter).alreadyExists},
	"create_schema":                  {nil, does("create schema if not exists %s", 2)},
	"drop_schema":                    {nil, does("drop schema if exists %s cascade", 2)},
	"drop_relation":                  {nil, (*adapter).dropRelation},
	"truncate_relation":              {nil, does("truncate table %s", 3)},
	"rename_relation":                {nil, (*adapter).renameRelation},
	"execute":                        {nil, (*adapter).execute},
	"commit":                         {nil, (*adapter).nothing}, // statements commit themselves, as dbt has Snowflake's do
	"commit_if_has_connection":       {nil, (*adapter).nothing},
	"cache_added":                    {nil, (*adapter).nothing},
	"cache_dropped":                  {nil, (*adapter).nothing},
	"cache_renamed":                  {nil, (*adapter).nothing},
	"set_relations_cache":            {nil, (*adapter).nothing},
	"valid_snapshot_target":          {nil, (*adapter).nothing},
	"verify_database":                {nil, (*adapter).nothing},
}

// empty stands for a new empty list.
type empty struct{}

// plainMethods are those that ask nobody.
var plainMethods = map[string]func(a *adapter, args *jinja.Args) (any, error){
	"dispatch":            (*adapter).dispatch,
	"quote":               func(_ *adapter, args *jinja.Args) (any, error) { return quoteText(args.Str(0, "identifier", "")), nil },
	"quote_as_configured": func(_ *adapter, args *jinja.Args) (any, error) { return args.Str(0, "identifier", ""), nil },
	"quote_seed_column":   quoteSeedColumn,
	"type":                func(*adapter, *jinja.Args) (any, error) { return "snowflake", nil },
	"convert_type":        func(_ *adapter, args *jinja.Args) (any, error) { return args.Arg(1, "col_idx", nil), nil },
	"behavior":            func(*adapter, *jinja.Args) (any, error) { return value.NewDict(), nil },
	"valid_incremental_strategies": func(*adapter, *jinja.Args) (any, error) {
		return value.Texts([]string{"append", "merge", "delete+insert", "microbatch", "insert_overwrite"}), nil
	},
	"builtin_incremental_strategies": func(*adapter, *jinja.Args) (any, error) {
		return value.Texts([]string{"append", "delete+insert", "merge", "insert_overwrite", "microbatch"}), nil
	},
	"is_replaceable": func(*adapter, *jinja.Args) (any, error) { return true, nil },
}

// GetAttr is one of the adapter's methods, or its class of relations or
// columns.
func (a *adapter) GetAttr(name string) (any, bool) {
	if do, ok := plainMethods[name]; ok {
		return jinja.Func(func(args *jinja.Args) (any, error) { return do(a, args) }), true
	}
	if m, ok := asking[name]; ok {
		return jinja.Func(func(args *jinja.Args) (any, error) {
			if a.c.s.Execute {
				return m.do(a, args)
			}
			if m.parsing == (empty{}) {
				return value.NewList(), nil
			}
			return m.parsing, nil
		}), true
	}
	switch name {
	case "Relation", "Column":
		return api{a.c}.GetAttr(name)
	case "config":
		return value.DictOf("project_name", a.c.l.Project), true
	}
	return nil, false
}

// TypeName is what messages call it.
func (a *adapter) TypeName() string { return "adapter" }

// Names are the methods, for suggestions.
func (a *adapter) Names() []string { return append(sortedKeys(asking), sortedKeys(plainMethods)...) }

func quoteText(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteSeedColumn(_ *adapter, args *jinja.Args) (any, error) {
	name := args.Str(0, "column", "")
	if value.Truthy(args.Arg(1, "quote_config", false)) {
		return quoteText(name), nil
	}
	return name, nil
}

// relation is an argument that must be one.
func (a *adapter) relation(args *jinja.Args, i int, name, what string) (Relation, error) {
	r, ok := args.Arg(i, name, nil).(Relation)
	if !ok {
		return r, fmt.Errorf("adapter.%s takes a relation, such as ref('x') or this, not %s", what, jinja.Repr(args.Arg(i, name, nil)))
	}
	return r, nil
}

func (a *adapter) nothing(*jinja.Args) (any, error) { return nil, nil }

// does runs a statement about a relation, of whose name it takes n parts.
func does(stmt string, n int) func(a *adapter, args *jinja.Args) (any, error) {
	return func(a *adapter, args *jinja.Args) (any, error) {
		what, _, _ := strings.Cut(stmt, " if")
		r, err := a.relation(args, 0, "relation", strings.ReplaceAll(strings.TrimSuffix(what, " %s"), " ", "_"))
		if err != nil {
			return nil, err
		}
		if n == 2 {
			r.Identifier = ""
		}
		_, err = a.c.query(args.Context(), what, fmt.Sprintf(stmt, r.name()), false)
		return nil, err
	}
}

// getRelation is get_relation(database, schema, identifier): the relation with
// its type, or none.
func (a *adapter) getRelation(args *jinja.Args) (any, error) {
	made, err := newRelation(args)
	if err != nil {
		return nil, err
	}
	return a.look(args.Context(), made.(Relation))
}

// loadRelation is load_relation(relation).
func (a *adapter) loadRelation(args *jinja.Args) (any, error) {
	r, err := a.relation(args, 0, "relation", "load_relation")
	if err != nil {
		return nil, err
	}
	return a.look(args.Context(), r)
}

// look finds a relation in the warehouse, and its type.
func (a *adapter) look(ctx context.Context, r Relation) (any, error) {
	found, err := a.list(ctx, r, r.Identifier)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// list is the relations of r's schema, or the one of that name.
func (a *adapter) list(ctx context.Context, r Relation, identifier string) ([]Relation, error) {
	sql := "select table_name, table_type from " + warehouse.QuoteIdent(a.database(r)) + ".information_schema.tables where table_schema = ?"
	args := []any{r.Schema}
	if identifier != "" {
		sql, args = sql+" and table_name = ?", append(args, identifier)
	}
	got, err := a.c.query(ctx, "what is in schema "+r.Schema, sql+" order by table_name", true, args...)
	if errors.Is(err, warehouse.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var out []Relation
	for _, cells := range got.rows {
		typ := "table"
		if kind := jinja.Str(cells[1]); strings.Contains(kind, "VIEW") {
			typ = "view"
		}
		out = append(out, Relation{Relation: runner.Relation{Database: a.database(r), Schema: r.Schema, Identifier: jinja.Str(cells[0])}, Type: typ})
	}
	return out, nil
}

func (a *adapter) database(r Relation) string {
	if r.Database != "" {
		return r.Database
	}
	return a.c.l.Target.Database
}

// listRelations is list_relations(database, schema), or of a schema's relation.
func (a *adapter) listRelations(args *jinja.Args) (any, error) {
	r, ok := args.Arg(0, "schema_relation", nil).(Relation)
	if !ok {
		made, err := newRelation(args)
		if err != nil {
			return nil, err
		}
		r = made.(Relation)
	}
	found, err := a.list(args.Context(), r, "")
	l := value.NewList()
	for _, r := range found {
		l.Items = append(l.Items, r)
	}
	return l, err
}

// getColumns is get_columns_in_relation(relation). Of one that is not there it
// is empty, as in dbt.
func (a *adapter) getColumns(args *jinja.Args) (any, error) {
	r, err := a.relation(args, 0, "relation", "get_columns_in_relation")
	if err != nil {
		return nil, err
	}
	return a.described(args.Context(), r)
}

// described is what DESCRIBE says of a relation's columns, as dbt asks for them.
func (a *adapter) described(ctx context.Context, r Relation) (*jinja.List, error) {
	l := value.NewList()
	got, err := a.c.query(ctx, "the columns of "+r.name(), "describe table "+r.name(), true)
	if errors.Is(err, warehouse.ErrNotExist) {
		return l, nil
	} else if err != nil {
		return nil, err
	}
	for _, cells := range got.rows {
		if len(cells) < 2 {
			return nil, fmt.Errorf("describe table %s gave no names and types", r.name())
		}
		l.Items = append(l.Items, columnFrom(jinja.Str(cells[0]), jinja.Str(cells[1])))
	}
	return l, nil
}

// queryColumns is get_column_schema_from_query(sql).
func (a *adapter) queryColumns(args *jinja.Args) (any, error) {
	l := value.NewList()
	got, err := a.c.query(args.Context(), "the columns", "select * from (\n"+args.Str(0, "sql", "")+"\n) as q limit 0", false)
	if err != nil {
		return nil, err
	}
	for _, c := range got.columns {
		l.Items = append(l.Items, columnOf(c))
	}
	return l, nil
}

// fromTo are the columns of the relations that a method goes from and to, and the
// latter.
func (a *adapter) fromTo(args *jinja.Args, method string) (from, to *jinja.List, target Relation, err error) {
	var lists [2]*jinja.List
	for i, name := range []string{"from_relation", "to_relation"} {
		if target, err = a.relation(args, i, name, method); err == nil {
			lists[i], err = a.described(args.Context(), target)
		}
		if err != nil {
			return nil, nil, target, err
		}
	}
	return lists[0], lists[1], target, nil
}

// expandColumns is expand_target_column_types(from, to): the texts of to become as
// long as those of from.
func (a *adapter) expandColumns(args *jinja.Args) (any, error) {
	from, to, target, err := a.fromTo(args, "expand_target_column_types")
	if err != nil {
		return nil, err
	}
	described := func(l *jinja.List) (all []runner.DescribedColumn) {
		for _, item := range l.Items {
			c := item.(*column)
			all = append(all, runner.DescribedColumn{Name: c.name, Type: c.spelled()})
		}
		return all
	}
	for _, stmt := range runner.Widenings(target.name(), described(to), described(from)) {
		if _, err := a.c.query(args.Context(), "alter_column_type", stmt, false); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// missingColumns is get_missing_columns(from, to): those of from that to has
// not.
func (a *adapter) missingColumns(args *jinja.Args) (any, error) {
	from, to, _, err := a.fromTo(args, "get_missing_columns")
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, c := range to.Items {
		has[c.(*column).name] = true
	}
	out := value.NewList()
	for _, c := range from.Items {
		if !has[c.(*column).name] {
			out.Items = append(out.Items, c)
		}
	}
	return out, nil
}

func (a *adapter) listSchemas(args *jinja.Args) (any, error) {
	database := warehouse.FoldIdent(args.Str(0, "database", a.c.l.Target.Database))
	got, err := a.c.query(args.Context(), "the schemas of "+database,
		"select schema_name from "+warehouse.QuoteIdent(database)+".information_schema.schemata order by schema_name", true)
	l := value.NewList()
	if errors.Is(err, warehouse.ErrNotExist) {
		return l, nil
	} else if err != nil {
		return nil, err
	}
	for _, cells := range got.rows {
		l.Items = append(l.Items, cells[0])
	}
	return l, nil
}

func (a *adapter) schemaExists(args *jinja.Args) (any, error) {
	found, err := a.listSchemas(args)
	if err != nil {
		return nil, err
	}
	return value.Contains(found, warehouse.FoldIdent(args.Str(1, "schema", "")))
}

// alreadyExists is already_exists(schema, table).
func (a *adapter) alreadyExists(args *jinja.Args) (any, error) {
	r := Relation{Relation: runner.Relation{Schema: warehouse.FoldIdent(args.Str(0, "schema", "")), Identifier: warehouse.FoldIdent(args.Str(1, "table", ""))}}
	found, err := a.look(args.Context(), r)
	return found != nil, err
}

func (a *adapter) dropRelation(args *jinja.Args) (any, error) {
	r, err := a.relation(args, 0, "relation", "drop_relation")
	if err != nil {
		return nil, err
	}
	if r.Type == "" {
		found, err := a.look(args.Context(), r)
		if err != nil || found == nil {
			return nil, err
		}
		r = found.(Relation)
	}
	_, err = a.c.query(args.Context(), "drop", fmt.Sprintf("drop %s if exists %s cascade", r.Type, r.name()), false)
	return nil, err
}

func (a *adapter) renameRelation(args *jinja.Args) (any, error) {
	from, err := a.relation(args, 0, "from_relation", "rename_relation")
	if err != nil {
		return nil, err
	}
	to, err := a.relation(args, 1, "to_relation", "rename_relation")
	if err != nil {
		return nil, err
	}
	kind := "table"
	if found, err := a.look(args.Context(), from); err != nil {
		return nil, err
	} else if r, ok := found.(Relation); ok {
		kind = r.Type
	}
	_, err = a.c.query(args.Context(), "rename", fmt.Sprintf("alter %s %s rename to %s", kind, from.name(), to.name()), false)
	return nil, err
}

// execute is execute(sql, fetch=false): the response and the table.
func (a *adapter) execute(args *jinja.Args) (any, error) {
	got, err := a.c.query(args.Context(), "execute", args.Str(0, "sql", ""), value.Truthy(args.Arg(2, "fetch", false)))
	if err != nil {
		return nil, err
	}
	r, _ := got.result().Get("response")
	return value.NewTuple(r, got.table()), nil
}
