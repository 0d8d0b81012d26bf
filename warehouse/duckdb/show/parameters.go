package show

import (
	"cmp"
	"context"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/param"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// parameterPlace is what SHOW PARAMETERS is about; what it does not name is the
// session's own.
func (v *Viewer) parameterPlace(ctx context.Context, in place, stmt *ast.Show, name []string) (place, error) {
	switch in.of = stmt.Where.Object; in.of {
	case "SESSION", "ACCOUNT":
		in.of = ""
		return in, nil
	case "USER":
		in.of = ""
		return in, v.inAccount("USER", "User", name, "")
	case "WAREHOUSE":
		in.warehouse = cmp.Or(v.Warehouse, "SNOWPIT")
		if len(name) == 1 {
			in.warehouse = name[0]
		}
		return in, v.inAccount("WAREHOUSE", "Warehouse", name, in.warehouse)
	case "DATABASE":
		in.Schema = ""
		if len(name) > 0 {
			in.Database = name[0]
		}
		if !v.hasDatabase(in.Database) {
			return in, refusal.NotUsable(in.Database)
		}
		return in, nil
	case "SCHEMA":
		return v.schemaPlace(ctx, in, stmt, name)
	case "TABLE":
		if in.object = stmt.Where.Name; in.object != nil {
			return in, nil
		}
	}
	return in, refusal.Unsupported("SHOW PARAMETERS IN " + stmt.Where.Object)
}

// inAccount refuses a name that no object of the account has.
func (v *Viewer) inAccount(kind, called string, name []string, otherwise string) error {
	if len(name) == 0 && otherwise == "" {
		return nil
	}
	want := append(name, otherwise)[0]
	if slices.ContainsFunc(v.of(kind, "SNOWPIT"), func(o account.Object) bool { return o.Name == want }) {
		return nil
	}
	return refusal.Missing(called, want)
}

func (v *Viewer) parameters(ctx context.Context, in place) ([]row, error) {
	switch in.of {
	case "":
		return v.sessionParameters(), nil
	case "WAREHOUSE":
		return v.warehouseParameters(in.warehouse), nil
	}
	return v.retention(ctx, in)
}

func parameter(name, value, otherwise, level, about, kind string) row {
	return row{catalog.NameOf("", "", name), []any{name, value, otherwise, level, about, kind}}
}

func (v *Viewer) sessionParameters() (all []row) {
	for _, p := range param.All() {
		value, level := p.Default, ""
		if text, ok := v.AccountParameters[p.Name]; ok {
			value, level = text, "ACCOUNT"
		}
		if text, ok := v.Parameters[p.Name]; ok {
			value, level = text, "SESSION"
		}
		all = append(all, parameter(p.Name, value, p.Default, level, p.Description, string(p.Kind)))
	}
	return all
}

// ofWarehouses are the parameters that a warehouse has, with their defaults.
var ofWarehouses = [][3]string{
	{"MAX_CONCURRENCY_LEVEL", "8", "How many statements run at once."},
	{"STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "0", "How long a statement waits in the queue."},
	{"STATEMENT_TIMEOUT_IN_SECONDS", "172800", "How long a statement runs."},
}

func (v *Viewer) warehouseParameters(name string) (all []row) {
	for _, o := range v.of("WAREHOUSE", "SNOWPIT") {
		for _, p := range ofWarehouses {
			value, level := p[1], ""
			if text, ok := o.Options[p[0]]; ok {
				value, level = text, "WAREHOUSE"
			}
			if o.Name == name {
				all = append(all, parameter(p[0], value, p[1], level, p[2], "NUMBER"))
			}
		}
	}
	return all
}

// retention is the one parameter that databases, schemas and tables keep here. What
// says nothing has what it stands in has.
func (v *Viewer) retention(ctx context.Context, in place) ([]row, error) {
	var table catalog.Meta
	if in.object != nil {
		o, err := v.Names.Find(ctx, in.object, "TABLE", "VIEW")
		if err != nil {
			return nil, err
		}
		t := o.At.Permanent()
		in.Area, table = catalog.Area{Database: t.Database, Schema: t.Schema}, o.Meta
	}
	r := catalog.NewRetention(ctx, v.Conn)
	value, level := r.Of(table.Retention, in.Area)
	return []row{parameter("DATA_RETENTION_TIME_IN_DAYS", value, "1", level, "How many days of what was Time Travel goes back.", "NUMBER")}, r.Err
}
