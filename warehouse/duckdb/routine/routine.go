package routine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// JavaScript is the one language besides SQL that routines may be in.
const JavaScript = "JAVASCRIPT"

// A Routine is a function or a procedure that a user made. The body of a function
// in SQL goes into the statements that call it, with the arguments in the place of
// its parameters; one in JavaScript is run for each row.
type Routine struct {
	Database   string               `json:"database"`
	Schema     string               `json:"schema"`
	Name       string               `json:"name"`
	Params     []Parameter          `json:"params,omitempty"`
	Returns    string               `json:"returns,omitempty"` // a scalar's type
	Table      []catalog.ColumnMeta `json:"table,omitempty"`   // a table's columns
	Procedure  bool                 `json:"procedure,omitempty"`
	Language   string               `json:"language,omitempty"` // "" for SQL
	Body       string               `json:"body"`
	Text       string               `json:"text"` // the definition as it was sent
	Comment    string               `json:"comment,omitempty"`
	Secure     bool                 `json:"secure,omitempty"`
	Memoizable bool                 `json:"memoizable,omitempty"`
	Properties []string             `json:"properties,omitempty"`
	Created    time.Time            `json:"created"`
	Temporary  bool                 `json:"-"`
}

// A Parameter is one of a routine's.
type Parameter struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default,omitempty"` // in Snowflake's SQL; "" without one
}

// Kind is FUNCTION or PROCEDURE.
func (r *Routine) Kind() string {
	if r.Procedure {
		return "PROCEDURE"
	}
	return "FUNCTION"
}

// At is the routine's full name.
func (r *Routine) At() catalog.Name { return catalog.NameOf(r.Database, r.Schema, r.Name) }

// KeptAs is the name that its database keeps it by.
func (r *Routine) KeptAs() string { return r.Schema + "." + r.Signature() }

// Signature is what tells the routine from others of its name.
func (r *Routine) Signature() string {
	types := make([]string, len(r.Params))
	for i, p := range r.Params {
		types[i] = p.Type
	}
	return Signature(r.Name, types)
}

// Signature is that of a routine with parameters of some types. It leaves out what
// does not tell routines apart: how long a type is.
func Signature(name string, types []string) string {
	short := make([]string, len(types))
	for i, t := range types {
		short[i] = withoutLength(t)
	}
	return name + "(" + strings.Join(short, ", ") + ")"
}

func withoutLength(typ string) string {
	short, _, _ := strings.Cut(typ, "(")
	return short
}

// Arguments is the signature with the result, as SHOW FUNCTIONS has it.
func (r *Routine) Arguments() string {
	returns := withoutLength(r.Returns)
	if r.Table != nil {
		returns = r.columns(func(c catalog.ColumnMeta) string { return c.Name + " " + withoutLength(c.Type) })
	}
	return r.Signature() + " RETURN " + returns
}

// columns are the result's, each as write writes it.
func (r *Routine) columns(write func(catalog.ColumnMeta) string) string {
	columns := make([]string, len(r.Table))
	for i, c := range r.Table {
		columns[i] = write(c)
	}
	return "TABLE (" + strings.Join(columns, ", ") + ")"
}

// Required is how many arguments have no default.
func (r *Routine) Required() int {
	n := 0
	for _, p := range r.Params {
		if p.Default == "" {
			n++
		}
	}
	return n
}

// LanguageName is what the routine is in.
func (r *Routine) LanguageName() string {
	if r.Language == "" {
		return "SQL"
	}
	return r.Language
}

// Strict reports a routine that gives a null for a null, and does not run.
func (r *Routine) Strict() bool {
	return slices.Contains(r.Properties, "STRICT") || slices.Contains(r.Properties, "RETURNS NULL ON NULL INPUT")
}

func (r *Routine) nullHandling() string {
	if r.Strict() {
		return "RETURNS NULL ON NULL INPUT"
	}
	return "CALLED ON NULL INPUT"
}

func (r *Routine) volatility() string {
	if slices.Contains(r.Properties, "IMMUTABLE") {
		return "IMMUTABLE"
	}
	return "VOLATILE"
}

// ExecuteAs is whose rights a procedure has: CALLER or OWNER.
func (r *Routine) ExecuteAs() string {
	if slices.Contains(r.Properties, "EXECUTE AS CALLER") {
		return "CALLER"
	}
	return "OWNER"
}

// Describe are the properties and values that DESCRIBE gives.
func (r *Routine) Describe() [][]any {
	params := make([]string, len(r.Params))
	for i, p := range r.Params {
		params[i] = p.Name + " " + withoutLength(p.Type)
	}
	returns := r.Returns
	if r.Table != nil {
		returns = r.columns(func(c catalog.ColumnMeta) string { return c.Name + " " + c.Type })
	}
	rows := [][]any{{"signature", "(" + strings.Join(params, ", ") + ")"}, {"returns", returns}, {"language", r.LanguageName()}}
	if r.Language != "" {
		rows = append(rows, []any{"null handling", r.nullHandling()}, []any{"volatility", r.volatility()})
	}
	if r.Procedure {
		rows = append(rows, []any{"execute as", r.ExecuteAs()})
	}
	return append(rows, []any{"body", r.Body})
}

// Definition is the statement that makes the routine, its name in full or not.
func (r *Routine) Definition(full bool) string {
	params := make([]string, len(r.Params))
	for i, p := range r.Params {
		params[i] = warehouse.QuoteIdent(p.Name) + " " + p.Type
		if p.Default != "" {
			params[i] += " DEFAULT " + p.Default
		}
	}
	returns := r.Returns
	if r.Table != nil {
		returns = r.columns(func(c catalog.ColumnMeta) string { return warehouse.QuoteIdent(c.Name) + " " + c.Type })
	}
	secure := map[bool]string{true: "SECURE "}[r.Secure]
	language := r.LanguageName()
	if r.Strict() {
		language += "\nSTRICT"
	}
	if r.Procedure {
		language += "\nEXECUTE AS " + r.ExecuteAs()
	}
	return fmt.Sprintf("CREATE OR REPLACE %s%s %s(%s)\nRETURNS %s\nLANGUAGE %s%s\nAS %s;", secure, r.Kind(), catalog.Written(r.At(), full),
		strings.Join(params, ", "), returns, language, catalog.CommentClause("\nCOMMENT=", r.Comment), warehouse.QuoteString(r.Body))
}
