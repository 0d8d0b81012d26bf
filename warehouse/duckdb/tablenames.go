package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// DuckDB finds an object whatever the case of its name; Snowflake, once names
// without quotes are folded, only as it is written. As long as every name is in
// upper case the two agree. Where one is not, w.cased is set, and who names a
// table is held to its letters.

// cased reports whether a name has letters that folding would change.
func cased(name string) bool { return name != strings.ToUpper(name) }

// noteCases remembers that a statement may give an object a name that is not in
// upper case.
func (w *Warehouse) noteCases(tree ast.Statement) {
	if _, ok := tree.(*ast.Query); ok || w.cased.Load() {
		return
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if n, ok := n.(*ast.Name); ok {
			for _, p := range n.Parts {
				if cased(p.Name) {
					w.cased.Store(true)
				}
			}
		}
		return true
	})
}

// findCases looks for such names in a database that was just attached.
func (w *Warehouse) findCases(ctx context.Context, database string) error {
	rows, err := w.admin.Texts(ctx, `select 1 from (select schema_name || table_name from duckdb_tables() where database_name = $1
		union all select schema_name || view_name from duckdb_views() where database_name = $1 and not internal
		union all select sequence_name from duckdb_sequences() where database_name = $1 and not starts_with(sequence_name, $2)) t(name)
		where name <> upper(name) limit 1`, database, autoPrefix)
	if len(rows) > 0 || cased(database) {
		w.cased.Store(true)
	}
	return err
}

// namesakes are the objects with t's name in any case, and whether t is one of
// them.
func (s *session) namesakes(ctx context.Context, t catalog.Name) (others []catalog.Name, there bool, err error) {
	rows, err := s.conn.Texts(ctx, `from (select database_name, schema_name, table_name as name from duckdb_tables()
			union all select database_name, schema_name, view_name from duckdb_views()
			union all select database_name, schema_name, sequence_name from duckdb_sequences())
		where database_name = $1 and lower(schema_name) = lower($2) and lower(name) = lower($3)`, t.Database, t.Schema, t.Table)
	for _, r := range rows {
		if found := (catalog.NameOf(t.Database, r[1], r[2])); found == t {
			there = true
		} else {
			others = append(others, found)
		}
	}
	return others, there, err
}

// known refuses tables' names that DuckDB would find something under and
// Snowflake would not.
func (s *session) known(ctx context.Context, names []*ast.Name) error {
	for _, n := range names {
		t, err := s.resolveName(n)
		if err != nil || t.Database == catalog.Temp {
			continue // who uses it says what is wrong
		}
		if t.Schema == "INFORMATION_SCHEMA" && strings.HasPrefix(t.Table, "__") {
			err = refusal.NotExist(print.SQL(n), nil) // the warehouse's own, beside the views
		} else if !enginesOwn(n) {
			err = s.exactly(ctx, n, t)
		} else if o, lost := s.lookUp(ctx, t); lost != nil || o == nil {
			err = cmp.Or(lost, error(refusal.NotExist(print.SQL(n), nil)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// enginesOwn reports names under which DuckDB finds something in any database:
// its views, in the schemas that are always searched, and files.
func enginesOwn(n *ast.Name) bool {
	name := strings.ToLower(n.Last())
	if fileLike(name) {
		return true
	}
	if parts := len(n.Parts); parts > 1 {
		switch strings.ToLower(n.Parts[parts-2].Name) {
		case "main", "pg_catalog":
			return true
		}
		return false
	}
	for _, prefix := range []string{"duckdb_", "pragma_", "sqlite_", "pg_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// fileLike reports the last part of names, in lower case, that DuckDB takes for
// a file's where it has no such table; it puts a point before the last part.
func fileLike(name string) bool {
	return strings.ContainsAny(name, "./") || fileEndings[name]
}

// fileEndings are what the names of files end in that DuckDB reads.
var fileEndings = map[string]bool{"csv": true, "tsv": true, "txt": true, "gz": true, "zst": true, "bz2": true, "json": true, "jsonl": true,
	"ndjson": true, "parquet": true, "arrow": true, "arrows": true, "feather": true, "ipc": true, "avro": true, "xlsx": true, "db": true, "duckdb": true}

// noFiles refuses a tree that is about to go to DuckDB where it names what
// would be a file there.
func (s *session) noFiles(tree ast.Statement) (err error) {
	ast.Inspect(tree, func(n ast.Node) bool {
		t, ok := n.(*ast.TableName)
		if !ok || err != nil || len(t.Name.Parts) == 0 || !fileLike(strings.ToLower(t.Name.Last())) {
			return err == nil
		}
		err = s.noFile(t.Name)
		return err == nil
	})
	return err
}

// noFile refuses a name where no table or view has it.
func (s *session) noFile(n *ast.Name) error {
	t, err := s.resolveName(n)
	if err != nil || t.Database == catalog.Temp {
		return err
	}
	o, err := s.lookUp(context.Background(), t)
	if err == nil && o == nil {
		err = refusal.NotExist(print.SQL(n), nil)
	}
	return err
}

// exactly refuses a table's or a sequence's name that only another case would find.
func (s *session) exactly(ctx context.Context, n *ast.Name, t catalog.Name) error {
	if t.Schema == "INFORMATION_SCHEMA" || !s.w.cased.Load() && !cased(t.Database+t.Schema+t.Table) {
		return nil
	}
	if !s.w.hasDatabase(t.Database) {
		return missingDatabase(t)
	}
	others, there, err := s.namesakes(ctx, t)
	if err != nil || there || len(others) == 0 {
		return err
	}
	return refusal.NotExist(print.SQL(n), nil)
}

// free refuses to make an object beside one whose name differs in case only,
// which DuckDB cannot hold.
func (s *session) free(ctx context.Context, n *ast.Name, t catalog.Name) error {
	if !s.w.cased.Load() {
		return nil
	}
	others, _, err := s.namesakes(ctx, t)
	if err != nil || len(others) == 0 {
		return err
	}
	return besideNamesake(others[0].Table, print.SQL(n))
}

// besideNamesake refuses an object whose name, as written, differs from one that
// is there in case only.
func besideNamesake(there, name string) error {
	return refusal.Unsupported(fmt.Sprintf("names that differ in case only, and there is %s beside %s", warehouse.QuoteIdent(there), name))
}

// distinctColumns refuses columns of one table or view whose names differ in case
// only: DuckDB would give the second another name.
func distinctColumns(columns []types.Column) error {
	seen := map[string]string{}
	for _, c := range columns {
		fold := strings.ToUpper(c.Name)
		if other, there := seen[fold]; there && c.Name != "" && other != c.Name {
			return besideNamesake(other, warehouse.QuoteIdent(c.Name))
		}
		seen[fold] = c.Name
	}
	return nil
}

// missingPlace looks again at the refusal of an object that is not there, and
// at what DuckDB gives no reason for: where the database or the schema of a name
// is missing, that is what Snowflake says.
func (s *session) missingPlace(ctx context.Context, rec *record, err error) error {
	var refused *warehouse.Error
	if !errors.As(err, &refused) || rec.tree == nil {
		return err
	}
	var e *engine.Error
	fromEngine := errors.As(err, &e) && (e.Type == engine.TypeBinder && e.Subtype == "" || e.Type == engine.TypeCatalog)
	if !fromEngine && (refused.Code != 2003 || refused.State != "42S02") {
		return err
	}
	if alter, ok := rec.tree.(*ast.Alter); ok && (alter.Object == "SCHEMA" || alter.Object == "DATABASE") {
		return err // whose name is no object's
	}
	for _, n := range objectNames(rec.tree) {
		full, lost := s.resolveName(n)
		switch {
		case lost != nil || full.Database == catalog.Temp:
		case !s.w.hasDatabase(full.Database):
			return missingDatabase(full)
		case (full.Schema == "INFORMATION_SCHEMA" || full.Schema == catalog.InformationSchema) && lackingViews[full.Table]:
			return refusal.Unsupported("INFORMATION_SCHEMA." + full.Table)
		case full.Schema != "INFORMATION_SCHEMA" && full.Schema != catalog.InformationSchema && ctx.Err() == nil:
			if gone := s.checkSchema(ctx, full.Database, full.Schema); errors.Is(gone, warehouse.ErrNotExist) {
				return refusal.Missing("Schema", full.Database+"."+full.Schema)
			}
		}
	}
	return err
}

// missingDatabase refuses what is in a database that is not there: every account has
// the database SNOWFLAKE, and a warehouse here has not.
func missingDatabase(t catalog.Name) error {
	if t.Database == "SNOWFLAKE" {
		return refusal.Unsupported("SNOWFLAKE." + t.Schema + "." + t.Table)
	}
	return refusal.Missing("Database", t.Database)
}

// lackingViews are the views of Snowflake's INFORMATION_SCHEMA that are not here.
var lackingViews = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields(`APPLICABLE_ROLES CLASSES CLASS_INSTANCES CLASS_INSTANCE_FUNCTIONS CLASS_INSTANCE_PROCEDURES
		CORTEX_SEARCH_SERVICES CURRENT_PACKAGES_POLICY ELEMENTS ENABLED_ROLES EVENT_TABLES EXTERNAL_TABLES FIELDS HYBRID_TABLES INDEXES
		INDEX_COLUMNS KEY_COLUMN_USAGE MODEL_VERSIONS NOTEBOOKS OBJECT_PRIVILEGES PIPES REFERENTIAL_CONSTRAINTS REPLICATION_DATABASES
		REPLICATION_GROUPS SEMANTIC_VIEWS SERVICES SHARES STREAMLITS TABLE_PRIVILEGES TABLE_STORAGE_METRICS TYPES USAGE_PRIVILEGES`) {
		out[name] = true
	}
	return out
}()

// objectNames are the qualified names in a tree that are no functions'.
func objectNames(tree ast.Statement) (out []*ast.Name) {
	functions := map[*ast.Name]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Call:
			functions[n.Name] = true
		case *ast.Name:
			if len(n.Parts) > 1 && !functions[n] {
				out = append(out, n)
			}
		}
		return true
	})
	return out
}
