package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// keptTables are what a database keeps of its own about file formats, stages
// and loads, in the schema of its INFORMATION_SCHEMA: what a transaction does
// to rows and what is kept of it come and go together.
var keptTables = map[string]string{
	keptFormats: `schema_name varchar, name varchar, format varchar, comment varchar, created timestamptz`,
	keptStages:  `schema_name varchar, name varchar, about varchar, created timestamptz`,
	keptAltered: `schema_name varchar, table_name varchar, altered timestamptz`,
	keptLoads: `schema_name varchar, table_name varchar, path varchar, file_name varchar, md5 varchar, file_size bigint, last_modified timestamptz,
		loaded timestamptz, status varchar, row_count bigint, row_parsed bigint, first_error varchar, first_error_line bigint,
		first_error_character bigint, first_error_column varchar, error_count bigint, error_limit bigint, query_id varchar`,
}

const (
	keptFormats = "__FILE_FORMATS"
	keptStages  = "__STAGES"
	keptLoads   = "__LOADS"
	keptAltered = "__ALTERED"
)

// keptViews are the views of INFORMATION_SCHEMA on those. The one verb is the
// database's name as a string literal.
var keptViews = map[string]string{
	"FILE_FORMATS": `select %[1]s as FILE_FORMAT_CATALOG, schema_name as FILE_FORMAT_SCHEMA, name as FILE_FORMAT_NAME, 'SNOWPIT' as FILE_FORMAT_OWNER,
		json_extract_string(format, '$.type') as FILE_FORMAT_TYPE, ` + formatColumns + ` created as CREATED, created as LAST_ALTERED, comment as COMMENT from %[2]s."__FILE_FORMATS"`,
	"STAGES": `select %[1]s as STAGE_CATALOG, schema_name as STAGE_SCHEMA, name as STAGE_NAME, null::varchar as STAGE_URL, null::varchar as STAGE_REGION,
		'Internal Named' as STAGE_TYPE, 'SNOWPIT' as STAGE_OWNER, json_extract_string(about, '$.comment') as COMMENT,
		created as CREATED, created as LAST_ALTERED from %[2]s."__STAGES"`,
	"LOAD_HISTORY": `select schema_name as SCHEMA_NAME, file_name as FILE_NAME, table_name as TABLE_NAME, loaded as LAST_LOAD_TIME,
		status as STATUS, row_count as ROW_COUNT, row_parsed as ROW_PARSED, first_error as FIRST_ERROR_MESSAGE,
		first_error_line as FIRST_ERROR_LINE_NUMBER, first_error_character as FIRST_ERROR_CHARACTER_POSITION,
		first_error_column as FIRST_ERROR_COL_NAME, error_count as ERROR_COUNT, error_limit as ERROR_LIMIT from %[2]s."__LOADS"`,
}

// formatColumns are the options that the view FILE_FORMATS has, with what holds
// where nobody set them.
var formatColumns = func() (columns string) {
	for _, name := range []string{"RECORD_DELIMITER", "FIELD_DELIMITER", "SKIP_HEADER", "DATE_FORMAT", "TIME_FORMAT", "TIMESTAMP_FORMAT", "BINARY_FORMAT",
		"ESCAPE", "ESCAPE_UNENCLOSED_FIELD", "TRIM_SPACE", "FIELD_OPTIONALLY_ENCLOSED_BY", "NULL_IF", "COMPRESSION", "ERROR_ON_COLUMN_COUNT_MISMATCH"} {
		item := "$.set." + name + "[0]"
		if name == "NULL_IF" {
			item = "$.set." + name
		}
		columns += fmt.Sprintf("coalesce(json_extract_string(format, '%s'), %s) as %s, ", item, formatDefaults(name), name)
	}
	return columns
}()

// formatDefaults is an option's default by a format's type, in DuckDB's SQL.
func formatDefaults(name string) string {
	sql := "case json_extract_string(format, '$.type')"
	for _, typ := range []string{"CSV", "JSON", "PARQUET"} {
		f, err := fileformat.New(typ)
		if err != nil {
			panic(err) // it knows these types
		}
		for _, p := range f.Describe() {
			if p.Name == name {
				sql += " when " + ducksql.Text(typ) + " then " + ducksql.Text(p.Default)
			}
		}
	}
	return sql + " end"
}

// kept is the full name of one of the keptTables.
func kept(database, table string) string {
	return ducksql.Name(database) + "." + catalog.InformationSchema + "." + ducksql.Name(table)
}

// keeping are the statements that make the keptTables and the keptViews.
func keeping(database string) (steps []string) {
	for _, table := range slices.Sorted(maps.Keys(keptTables)) {
		steps = append(steps, "create table if not exists "+kept(database, table)+" ("+keptTables[table]+")")
	}
	for _, view := range slices.Sorted(maps.Keys(keptViews)) {
		steps = append(steps, fmt.Sprintf("create or replace view %s as ", kept(database, view))+
			fmt.Sprintf(keptViews[view], ducksql.Text(database), ducksql.Name(database)+"."+catalog.InformationSchema))
	}
	return steps
}

// findFormat is a named file format, nil if there is none.
func (s *session) findFormat(ctx context.Context, name stage.Name) (*fileformat.Format, error) {
	if f := s.tempFormats[name]; f != nil {
		return f.Clone(), nil
	}
	if !s.w.hasDatabase(name.Database) {
		return nil, nil
	}
	found, err := s.conn.Texts(ctx, "select format from "+kept(name.Database, keptFormats)+" where schema_name = ? and name = ?", name.Schema, name.Stage)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	f := new(fileformat.Format)
	if err := f.UnmarshalText([]byte(found[0][0])); err != nil {
		return nil, fmt.Errorf("file format %s: %w", name, err)
	}
	return f, nil
}

// aboutStage is what a stage was told when it was created or altered.
type aboutStage struct {
	Format      *fileformat.Format `json:"format,omitempty"`      // written out
	FormatName  *stage.Name        `json:"format_name,omitempty"` // or by name
	Directory   bool               `json:"directory,omitempty"`
	URL         string             `json:"url,omitempty"`         // of an external one
	Credentials bool               `json:"credentials,omitempty"` // were given for it; they are not kept
	Integration string             `json:"integration,omitempty"`
	Comment     string             `json:"comment,omitempty"`
}

// kind is a stage's type, as SHOW STAGES has it.
func (a aboutStage) kind(temporary bool) string {
	kind := "INTERNAL"
	if a.URL != "" {
		kind = "EXTERNAL"
	}
	if temporary {
		kind += " TEMPORARY"
	}
	return kind
}

// cloud is where an external stage is, nil for another.
func (a aboutStage) cloud() any {
	u, ok := stage.ParseURL(a.URL)
	switch {
	case !ok:
		return nil
	case u.Scheme == "gcs":
		return "GCP"
	case u.Scheme == "azure":
		return "AZURE"
	}
	return "AWS"
}

// integration is the storage integration of an external stage, nil without one.
func (a aboutStage) integration() any {
	if a.Integration == "" {
		return nil
	}
	return a.Integration
}

// findStage is what is kept of a stage; the zero value for one that was told
// nothing.
func (s *session) findStage(ctx context.Context, name stage.Name) (a aboutStage, err error) {
	if temp := s.tempAbout[name]; temp != nil {
		return *temp, nil
	}
	switch {
	case name == stage.UserStage(), !s.w.hasDatabase(name.Database):
		return a, nil
	case name.Implied():
		return s.findTableStage(ctx, name)
	}
	found, err := s.conn.Texts(ctx, "select about from "+kept(name.Database, keptStages)+" where schema_name = ? and name = ?", name.Schema, name.Stage)
	if err != nil || len(found) == 0 {
		return a, err
	}
	if err := json.Unmarshal([]byte(found[0][0]), &a); err != nil {
		return a, fmt.Errorf("stage %s: %w", name, err)
	}
	return a, nil
}

// StageURL is where the files of an external stage are.
func (s *session) StageURL(ctx context.Context, database, schema, name string) (string, error) {
	a, err := s.findStage(ctx, stage.Name{Database: database, Schema: schema, Stage: name})
	return a.URL, err
}

// stageFormat is the file format that a stage's files have where a statement
// names none.
func (s *session) stageFormat(ctx context.Context, name stage.Name) (*fileformat.Format, error) {
	about, err := s.findStage(ctx, name)
	if err != nil {
		return nil, err
	}
	switch {
	case about.Format != nil:
		return about.Format, nil
	case about.FormatName != nil:
		f, err := s.findFormat(ctx, *about.FormatName)
		if err == nil && f == nil {
			err = refusal.Missing("File format", about.FormatName.String())
		}
		return f, err
	}
	return fileformat.New("CSV")
}

// execute runs a statement of DuckDB's that has arguments and gives no rows.
func (s *session) execute(ctx context.Context, sql string, args ...any) error {
	cur, err := s.conn.Run(ctx, sql, args)
	if err != nil {
		return err
	}
	cur.Close()
	return nil
}

// inOneTransaction runs do in the transaction that is open, or in one of its own.
func (s *session) inOneTransaction(ctx context.Context, do func() error) error {
	if s.inTx {
		return do()
	}
	if err := s.begin(ctx, newID()); err != nil {
		return err
	}
	if err := do(); err != nil {
		return errors.Join(err, s.rollback(ctx))
	}
	return s.commit(ctx)
}
