package runner

import (
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Project is a dbt project as it was read: every node, enabled and with its
// needs resolved.
type Project struct {
	Name     string
	Dir      string           // where dbt_project.yml is, as an absolute path
	Target   Target           // where it is built
	Nodes    map[string]*Node // by ID; disabled ones are not in it
	Warnings []Warning        // what dbt would warn of and go on
}

// A Target is the place a project is built: an output of profiles.yml.
type Target struct {
	Profile  string // the profile's name
	Name     string // the output's name, such as "dev"
	Type     string // "duckdb" or "snowflake"
	Database string
	Schema   string
	Role     string
	Compute  string // the virtual warehouse
	Threads  int
	// Settings are the output's other keys as profiles.yml has them, rendered.
	// They may hold secrets: they are never printed.
	Settings map[string]any
}

// A Warning is something in the project that is ignored, and where.
type Warning struct {
	Pos     Pos
	Message string
}

// A Pos is a place in a file of the project.
type Pos struct {
	File string // relative to the project, forward slashes
	Line int    // from 1; 0 where unknown
	Col  int    // from 1; 0 where unknown
}

func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// ResourceType is what kind of node a [Node] is, in dbt's words.
type ResourceType string

// The resource types.
const (
	Model  ResourceType = "model"
	Seed   ResourceType = "seed"
	Test   ResourceType = "test"
	Source ResourceType = "source"
)

// A Node is one thing of a project that can be selected, and, but for a
// source, built.
type Node struct {
	ID       string // dbt's unique id, such as model.formula1.stg_results
	Type     ResourceType
	Package  string
	Name     string
	FQN      []string // package, folders, name
	Pos      Pos      // the file it is defined in
	Raw      string   // a model's or test's text before rendering
	Config   Config
	Relation Relation // zero for a test and an ephemeral model
	Parents  []Edge   // what it needs, in the order named, each once
	Columns  []ColumnDoc
	Doc      string // description

	Seed *SeedFile // for a seed
	Test *TestSpec // for a test
}

// An Edge says that a node needs another, and where it says so.
type Edge struct {
	To  string // the ID of the node needed
	Pos Pos
	Why string // "ref", "source", or "artifact" for one joined by an artifact's path
}

// A ColumnDoc is what YAML says of a column.
type ColumnDoc struct {
	Name, Doc, DataType string
}

// A Relation is a table's or view's full name. A part is as Snowflake stores
// it, upper case unless it is to be quoted.
type Relation struct {
	Database, Schema, Identifier string
}

// String is the relation as SQL names it, quoted where it must be.
func (r Relation) String() string {
	if r == (Relation{}) {
		return ""
	}
	var parts []string
	for _, p := range []string{r.Database, r.Schema, r.Identifier} {
		if p != "" {
			parts = append(parts, warehouse.QuoteIdent(p))
		}
	}
	return strings.Join(parts, ".")
}

// A Materialization is how a model becomes a relation, in dbt's words.
type Materialization string

// The materializations.
const (
	View        Materialization = "view"
	Table       Materialization = "table"
	Ephemeral   Materialization = "ephemeral"
	Incremental Materialization = "incremental"
)

// Config is a node's config after dbt_project.yml, properties and config()
// were put together.
type Config struct {
	Materialized Materialization
	Tags         []string
	UniqueKey    []string // incremental: rows equal in these replace the old ones
	Strategy     string   // incremental_strategy: "append", "merge", "delete+insert" or ""
	OnSchema     string   // on_schema_change, or ""
	FullRefresh  *bool    // full_refresh, when it is set
	Plugin       *PluginConfig
	// All has every key as it was given, those above included. Values are
	// those of encoding/json.
	All map[string]any
	Pos Pos // where the model's file sets it; its file where it does not
}

// PluginConfig is the part of a model's config that names a plugin.
type PluginConfig struct {
	Name     string
	Action   string // "train" or "predict"
	Artifact string // stage location, such as @MODELSTAGE/driver_position_1.0/model.json
	Timeout  time.Duration
}

// A SeedFile is a CSV file to load.
type SeedFile struct {
	Path        string            // on disk, absolute
	Delimiter   rune              // ',' unless the config says otherwise
	NullIf      []string          // values that are null beside the empty one
	ColumnTypes map[string]string // column name (any case) to SQL type
}

// A TestSpec is what a data test does with the rows its query gives.
type TestSpec struct {
	Generic   string // not_null, unique, ...; "" for a singular test
	Column    string // the column tested, or ""
	Attached  string // ID of the node a generic test is declared on, or ""
	Severity  string // "error" or "warn"
	ErrorIf   string // such as "!= 0"
	WarnIf    string
	FailCalc  string // such as "count(*)"
	Where     string
	Limit     int
	StoreRows bool // store_failures
}
