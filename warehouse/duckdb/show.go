package duckdb

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A shown is one row of SHOW, with the name that it goes by.
type shown struct {
	at  catalog.Name // parts that mean nothing to its kind are ""
	row []any
}

// A showing is one kind of SHOW.
type showing struct {
	columns string // their names; one in front of # is a number, of @ a point in time
	terse   string // those that TERSE leaves, if it is not every kind's own
	rows    func(ctx context.Context, s *session, in area) ([]shown, error)
}

// An area is the database and schema that SHOW is about, "" for all, and the
// table or view where it names one.
type area struct {
	database, schema string
	object           *ast.Name
}

// terse is what TERSE leaves of the objects in schemas.
const terse = "created_on@ name kind database_name schema_name"

// showings are the kinds of SHOW that list what there is.
var showings = map[string]showing{
	"TABLES": {columns: `created_on@ name database_name schema_name kind comment cluster_by rows# bytes# owner retention_time automatic_clustering
		change_tracking search_optimization search_optimization_progress search_optimization_bytes# is_external enable_schema_evolution
		owner_role_type is_event budget is_hybrid is_iceberg is_dynamic is_immutable`, terse: terse, rows: showTables},
	"VIEWS": {columns: `created_on@ name reserved database_name schema_name owner comment text is_secure is_materialized owner_role_type change_tracking`,
		terse: terse, rows: showViews},
	"OBJECTS": {columns: `created_on@ name database_name schema_name kind comment cluster_by rows# bytes# owner retention_time owner_role_type budget
		is_hybrid is_iceberg is_dynamic`, terse: terse, rows: showObjects},
	"COLUMNS": {columns: `table_name schema_name column_name data_type null? default kind expression comment database_name autoincrement
		schema_evolution_record`, rows: showColumns},
	"SEQUENCES": {columns: `name database_name schema_name next_value# interval# created_on@ owner comment owner_role_type ordered`,
		terse: terse, rows: showSequences},
	"SCHEMAS": {columns: `created_on@ name is_default is_current database_name owner comment options retention_time owner_role_type budget`,
		terse: terse, rows: showSchemas},
	"DATABASES": {columns: `created_on@ name is_default is_current origin owner comment options retention_time kind budget owner_role_type`,
		terse: terse, rows: showDatabases},
	"USER FUNCTIONS":  {columns: functionColumns, rows: showUserFunctions},
	"FUNCTIONS":       {columns: functionColumns, rows: showFunctions},
	"USER PROCEDURES": {columns: functionColumns, rows: showProcedures},
	"PROCEDURES":      {columns: functionColumns, rows: showProcedures},
	"PRIMARY KEYS":    {columns: keyColumns, rows: showKeys("PRIMARY KEY")},
	"UNIQUE KEYS":     {columns: keyColumns, rows: showKeys("UNIQUE")},
	"IMPORTED KEYS": {columns: `created_on@ pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name fk_table_name
		fk_column_name key_sequence# update_rule delete_rule fk_name pk_name deferrability rely comment`, rows: showImportedKeys},
	"EXPORTED KEYS": {columns: `created_on@ pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name fk_table_name
		fk_column_name key_sequence# update_rule delete_rule fk_name pk_name deferrability rely comment`, rows: showExportedKeys},
	"VARIABLES": {columns: `session_id created_on@ updated_on@ name value type comment`, rows: showVariables},

	// What nobody can make here: there is none of it, and that is the answer.
	"MATERIALIZED VIEWS": {columns: `created_on@ name reserved database_name schema_name cluster_by rows# bytes# source_database_name source_schema_name
		source_table_name refreshed_on compacted_on owner invalid invalid_reason behind_by comment text is_secure automatic_clustering`, terse: terse, rows: none},
	"DYNAMIC TABLES": {columns: `created_on@ name database_name schema_name cluster_by rows# bytes# owner target_lag refresh_mode refresh_mode_reason
		warehouse comment text automatic_clustering scheduling_state last_suspended_on is_clone is_replica is_iceberg data_timestamp owner_role_type`,
		terse: terse, rows: none},
	"EXTERNAL TABLES": {columns: `created_on@ name database_name schema_name invalid invalid_reason owner comment stage location file_format_name
		file_format_type cloud region notification_channel last_refreshed_on table_format last_refresh_details owner_role_type`, terse: terse, rows: none},
	"STREAMS": {columns: `created_on@ name database_name schema_name owner comment table_name source_type base_tables type stale mode stale_after@
		invalid_reason owner_role_type`, terse: terse, rows: none},
	"TASKS": {columns: `created_on@ name id database_name schema_name owner comment warehouse schedule predecessors state definition condition
		allow_overlapping_execution error_integration last_committed_on@ last_suspended_on@ owner_role_type config`, terse: terse, rows: none},
	"PIPES": {columns: `created_on@ name database_name schema_name definition owner notification_channel comment integration pattern error_integration
		owner_role_type invalid_reason kind`, rows: none},
}

const (
	functionColumns = `created_on@ name schema_name is_builtin is_aggregate is_ansi min_num_arguments# max_num_arguments# arguments description
		catalog_name is_table_function valid_for_clustering is_secure secrets external_access_integrations is_external_function language is_memoizable
		is_data_metric`
	keyColumns = `created_on@ database_name schema_name table_name column_name key_sequence# constraint_name rely comment`
)

func none(context.Context, *session, area) ([]shown, error) { return nil, nil }

// showList answers SHOW of a kind that lists.
func (s *session) showList(ctx context.Context, rec *record, stmt *ast.Show, kind showing) (*warehouse.Result, error) {
	in, err := s.showPlace(ctx, stmt)
	if err != nil {
		return nil, err
	}
	all, err := kind.rows(ctx, s, in)
	if err != nil {
		return nil, err
	}
	return rec.shown(stmt, kind, all), nil
}

// shown is the result of SHOW with the rows that its clauses leave.
func (rec *record) shown(stmt *ast.Show, kind showing, all []shown) *warehouse.Result {
	matches := func(string) bool { return true }
	if stmt.Like != nil {
		matches = likePattern(stmt.Like.Value)
	}
	limit := -1
	if n, ok := stmt.Limit.(*ast.Number); ok {
		limit, _ = strconv.Atoi(n.Text)
	}
	slices.SortStableFunc(all, func(a, b shown) int {
		order := cmp.Or(cmp.Compare(a.at.Database, b.at.Database), cmp.Compare(a.at.Schema, b.at.Schema))
		if stmt.Object == "COLUMNS" || strings.HasSuffix(stmt.Object, "KEYS") {
			return order // and theirs within a table
		}
		return cmp.Or(order, cmp.Compare(a.at.Table, b.at.Table))
	})
	var rows [][]any
	for _, r := range all {
		name := r.at.Table
		if len(rows) == limit {
			break
		}
		if !matches(name) || stmt.Starts != nil && !strings.HasPrefix(name, stmt.Starts.Value) || stmt.From != nil && name <= stmt.From.Value {
			continue
		}
		rows = append(rows, r.row)
	}
	columns := listing.Columns(kind.columns)
	if stmt.History {
		columns = append(columns, warehouse.Column{Name: "dropped_on", Type: warehouse.TimestampLTZ})
		for i := range rows {
			rows[i] = append(rows[i], nil)
		}
	}
	if stmt.Terse && kind.terse != "" {
		columns, rows = terseRows(columns, rows, listing.Columns(kind.terse), stmt.Object)
	}
	return rec.table(columns, rows)
}

// terseRows leaves some columns. A kind that is no column is the object's.
func terseRows(columns []warehouse.Column, rows [][]any, left []warehouse.Column, object string) ([]warehouse.Column, [][]any) {
	var out [][]any
	for _, row := range rows {
		short := make([]any, len(left))
		for i, l := range left {
			j := slices.IndexFunc(columns, func(c warehouse.Column) bool { return c.Name == l.Name })
			switch {
			case l.Name == "kind" && object != "TABLES" && object != "OBJECTS":
				short[i] = map[string]any{"VIEWS": "VIEW", "SEQUENCES": "SEQUENCE", "DATABASES": "STANDARD"}[object]
			case j >= 0:
				short[i] = row[j]
			}
		}
		out = append(out, short)
	}
	return left, out
}

// showPlace is where SHOW looks: in the current schema if it does not say.
func (s *session) showPlace(ctx context.Context, stmt *ast.Show) (in area, err error) {
	in = area{database: s.database, schema: s.schema}
	if stmt.Object == "SCHEMAS" || strings.HasSuffix(stmt.Object, "FUNCTIONS") || strings.HasSuffix(stmt.Object, "PROCEDURES") {
		in.schema = ""
	}
	if stmt.Object == "DATABASES" || stmt.Where == nil {
		return in, nil
	}
	name := parts(stmt.Where.Name)
	switch object := stmt.Where.Object; {
	case object == "ACCOUNT":
		return area{}, nil
	case object == "TABLE" || object == "VIEW" || object == "" && stmt.Object == "COLUMNS" || strings.HasSuffix(stmt.Object, "KEYS") && object == "":
		in.object = stmt.Where.Name
		return in, nil
	case object == "DATABASE" || object == "" && stmt.Object == "SCHEMAS" || object == "SCHEMA" && stmt.Object == "SCHEMAS":
		in.schema = ""
		if len(name) > 0 {
			in.database = name[len(name)-1]
		}
		if !s.w.hasDatabase(in.database) {
			return in, refusal.NotUsable(in.database)
		}
		return in, nil
	case object == "SCHEMA" || object == "":
		return s.schemaPlace(ctx, in, stmt, name)
	}
	return in, refusal.Unsupported("SHOW " + stmt.Object + " " + stmt.Where.Preposition + " " + stmt.Where.Object)
}

func (s *session) schemaPlace(ctx context.Context, in area, stmt *ast.Show, name []string) (area, error) {
	switch len(name) {
	case 0:
		in.schema = s.schema
		return in, nil
	case 1:
		in.schema = name[0]
	case 2:
		in.database, in.schema = name[0], name[1]
	default:
		return in, refusal.Unsupported("SHOW " + stmt.Object + " in such a place")
	}
	if in.schema == "INFORMATION_SCHEMA" {
		in.schema = catalog.InformationSchema
	}
	return in, s.checkSchema(ctx, in.database, in.schema)
}

// has says whether a name is in the place.
func (in area) has(t catalog.Name) bool {
	return (in.database == "" || strings.EqualFold(t.Database, in.database)) && (in.schema == "" || strings.EqualFold(t.Schema, in.schema))
}

func showVariables(_ context.Context, s *session, _ area) (all []shown, _ error) {
	var names []string
	for name := range s.variables {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value, typ := variableText(s.variables[name])
		all = append(all, shown{catalog.NameOf("", "", name), []any{s.id, s.variableTimes[name], s.variableTimes[name], name, value, typ, ""}})
	}
	return all, nil
}

// variableText is a variable's value and its type as SHOW VARIABLES has them.
func variableText(x ast.Expr) (value any, typ string) {
	switch x := x.(type) {
	case *ast.String:
		return x.Value, "text"
	case *ast.Number:
		return x.Text, "fixed"
	case *ast.Bool:
		return strconv.FormatBool(x.Value), "boolean"
	case *ast.Parens:
		return variableText(x.X)
	case *ast.Unary:
		value, typ = variableText(x.X)
		if text, ok := value.(string); ok {
			value = x.Op + text
		}
		return value, typ
	case *ast.Cast:
		value, _ = variableText(x.X)
		return value, strings.ToLower(x.Type.Name)
	}
	return nil, "text"
}

// show runs SHOW of what can be shown, and refuses the others by name.
func (s *session) show(ctx context.Context, rec *record, stmt *ast.Show) (*warehouse.Result, error) {
	if kind, ok := showings[stmt.Object]; ok {
		return s.showList(ctx, rec, stmt, kind)
	}
	if kind, ok := accountShowings[stmt.Object]; ok {
		return s.showList(ctx, rec, stmt, kind)
	}
	switch stmt.Object {
	case "PARAMETERS":
		return s.showParameters(rec, stmt)
	case "GRANTS", "FUTURE GRANTS":
		return s.showGrants(ctx, rec, stmt)
	case "TRANSACTIONS":
		return s.showTransactions(rec), nil
	case "STAGES":
		return s.showStages(ctx, rec, stmt)
	case "FILE FORMATS":
		return s.showFormats(ctx, rec, stmt)
	}
	return nil, refusal.Unsupported("SHOW " + stmt.Object)
}

// likePattern matches as SHOW … LIKE does: % and _ in any case.
func likePattern(pattern string) func(string) bool {
	quoted := strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile("(?is)^(?:" + quoted + ")$").MatchString
}
