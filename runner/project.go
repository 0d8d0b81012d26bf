package runner

import (
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// DBTVersion is the version of dbt that a project is read and run as: what
// require-dbt-version is held against, and whose artifacts are written.
const DBTVersion = "1.10.23"

// A Project is a dbt project as it was read: every node, enabled and with its
// needs resolved.
type Project struct {
	Name     string
	Dir      string           // where dbt_project.yml is, as an absolute path
	Target   Target           // where it is built
	Nodes    map[string]*Node // by ID; disabled ones are not in it
	Disabled []*Node          // those that were switched off
	Warnings []Warning        // what dbt would warn of and go on

	OnRunStart, OnRunEnd []Hook // statements around a run, templates unrendered

	// What manifest.json has beside the nodes.
	Macros []MacroInfo
	Docs   []DocBlock
	Groups []Group
}

// A Hook is a statement that runs before or after something, with its
// templates unrendered.
type Hook struct {
	SQL  string
	Name string // of a hook of a run: on-run-start.0 and so on; else ""
	// Outside is dbt's transaction=false: run apart from the node's own
	// transaction.
	Outside bool
	Package string // whose names its template sees; "" for the project or the node's own
	Pos     Pos
	Node    *Node // of a hook of a run, the node that stands for it
}

// A MacroInfo is what is known of a macro without calling it.
type MacroInfo struct {
	ID      string // such as macro.formula1.convert_laptime
	Name    string
	Package string
	Pos     Pos
	SQL     string // its text, from its opening tag to its closing one
	Doc     string
	Needs   []string // IDs of the macros it calls
}

// A DocBlock is a named piece of text for descriptions.
type DocBlock struct {
	ID       string // such as doc.formula1.driver_id
	Name     string
	Package  string
	Pos      Pos
	Contents string
}

// A Group is a set of nodes with an owner.
type Group struct {
	ID      string // such as group.formula1.finance
	Name    string
	Package string
	Pos     Pos
	Owner   map[string]any // name, email, ...
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
	Name    string // dbt's name of such a warning, such as NoNodeForYamlKey
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
	Model    ResourceType = "model"
	Seed     ResourceType = "seed"
	Snapshot ResourceType = "snapshot"
	Test     ResourceType = "test" // a data test
	UnitTest ResourceType = "unit_test"
	Source   ResourceType = "source"
	Exposure ResourceType = "exposure"
	Analysis ResourceType = "analysis"
	// Operation is a hook of a run, on-run-start or on-run-end.
	Operation ResourceType = "operation"
)

// A Node is one thing of a project that can be selected, and, but for a
// source, an exposure and an analysis, built.
type Node struct {
	ID       string // dbt's unique id, such as model.formula1.stg_results
	Type     ResourceType
	Package  string
	Name     string
	FQN      []string // package, folders, name
	Pos      Pos      // the file it is defined in
	Patch    string   // the YAML file with its properties, or ""
	Raw      string   // a model's or test's text before rendering
	Sum      string   // of a snapshot and a hook of a run: SHA-256 of its file without the space around it, in hex digits
	Python   bool     // whether that text is Python
	Config   Config
	Relation Relation // zero for what becomes no table or view
	Spelling Relation // its parts as the project spells them; "" for as they are stored
	Parents  []Edge   // what it needs, in the order named, each once
	Macros   []string // IDs of the macros it calls, as far as known
	Columns  []ColumnDoc
	Doc      string // description
	Group    string // the group it belongs to, or ""
	Access   string // of a model: private, protected (or "") or public
	Version  string // of a versioned model, else ""
	Latest   string // the latest version of its model

	Hook string // of an operation: on-run-start.0 and so on

	// Of a model, for the manifest: what its properties say and nothing acts on.
	Constraints []map[string]any
	TimeSpine   map[string]any
	Deprecated  string // a date, or ""

	Seed     *SeedFile     // for a seed
	Snapshot *SnapshotSpec // for a snapshot
	Test     *TestSpec     // for a test
	UnitTest *UnitTestSpec // for a unit test
	Source   *SourceSpec   // for a source
	Exposure *ExposureSpec // for an exposure
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
	Quote               bool // whether its name stands in SQL as it is spelt
	Tags                []string
	Meta                any
	Constraints         []map[string]any
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

// RelationName is the node's relation as its project spells it, "" where there is none.
func (n *Node) RelationName() string { return n.Relation.Spelt(n.Spelling) }

// Spelt is the relation as SQL names it, with each part as the project spells
// it in spelt where that names the same.
func (r Relation) Spelt(spelt Relation) string {
	stored, written := []string{r.Database, r.Schema, r.Identifier}, []string{spelt.Database, spelt.Schema, spelt.Identifier}
	var parts []string
	for i, p := range stored {
		if p != "" {
			parts = append(parts, SpeltPart(p, written[i]))
		}
	}
	return strings.Join(parts, ".")
}

// ParseRelation reads a relation as SQL names it, with up to three parts: what
// stands in quotes is kept, and the rest is stored in upper case.
func ParseRelation(sql string) Relation {
	parts := []string{"", ""} // for those that are not named
	quoted := false
	for i, last := 0, 0; i <= len(sql); i++ {
		switch {
		case i < len(sql) && sql[i] == '"':
			quoted = !quoted
		case i == len(sql) || sql[i] == '.' && !quoted:
			parts = append(parts, warehouse.FoldIdent(sql[last:i]))
			last = i + 1
		}
	}
	n := len(parts)
	return Relation{Database: parts[n-3], Schema: parts[n-2], Identifier: parts[n-1]}
}

// Spelt has the parts as the project spells them, and as they are stored where
// it does not say.
func (n *Node) Spelt() Relation { return n.Relation.Written(n.Spelling) }

// Written is r with the parts that spelt has as they are there.
func (r Relation) Written(spelt Relation) Relation {
	for _, x := range []struct {
		to    *string
		spelt string
	}{{&r.Database, spelt.Database}, {&r.Schema, spelt.Schema}, {&r.Identifier, spelt.Identifier}} {
		if x.spelt != "" && *x.to != "" {
			*x.to = x.spelt
		}
	}
	return r
}

// SpeltPart is a part of a name as SQL has it: as it is spelt, if that names
// the same without quotes.
func SpeltPart(stored, spelt string) string {
	sql := warehouse.QuoteIdent(stored)
	if sql == stored && strings.EqualFold(spelt, stored) {
		return spelt
	}
	return sql
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
	Custom       string // the macro of a materialization of the project's own or a package's, or ""
	Tags         []string
	UniqueKey    []string // incremental: rows equal in these replace the old ones
	Strategy     string   // incremental_strategy: "append", "merge", "delete+insert" or ""
	OnSchema     string   // on_schema_change, or ""
	FullRefresh  *bool    // full_refresh, when it is set
	MergeUpdate  []string // merge_update_columns: the only columns a merge updates
	MergeExclude []string // merge_exclude_columns: those it does not
	Predicates   []string // incremental_predicates: further conditions of a match
	Transient    *bool    // transient, when it is set
	Secure       bool     // of a view
	CopyGrants   bool
	ClusterBy    []string // expressions that a table is ordered and clustered by
	Recluster    bool     // automatic_clustering
	Compute      string   // snowflake_warehouse: the virtual warehouse that the node is built on
	PersistDocs  PersistDocs
	PreHooks     []Hook
	PostHooks    []Hook
	Plugin       *PluginConfig
	// All has every key as it was given, those above included. Values are
	// those of encoding/json.
	All map[string]any
	Pos Pos // where the model's file sets it; its file where it does not
}

// PersistDocs says which descriptions become comments in the database.
type PersistDocs struct{ Relation, Columns bool }

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
	Quoted      bool              // quote_columns: names stay as the file spells them
}

// A SnapshotSpec is how a snapshot tells that a row has changed, and what it
// calls the columns it adds.
type SnapshotSpec struct {
	Strategy    string // "timestamp" or "check"
	UniqueKey   []string
	UpdatedAt   string   // timestamp: the column, or an expression
	CheckCols   []string // check: the columns; nil for all of them
	HardDeletes string   // "ignore" (or ""), "invalidate" or "new_record"
	// CurrentTo is dbt_valid_to_current: what the column of a row that holds
	// has, as SQL; "" for null.
	CurrentTo string
	// Names are snapshot_meta_column_names: dbt's name of a column to the
	// project's own, for those that differ.
	Names map[string]string
}

// A SourceSpec is what a source says of itself beside its table's name.
type SourceSpec struct {
	Name          string // of the source; the node's Name is the table's
	Doc           string // of the source; the node's Doc is the table's
	Loader        string
	LoadedAt      string // loaded_at_field: a column, or an expression
	LoadedAtQuery string // loaded_at_query: instead of the field
	Filter        string // of the freshness query, or ""
	WarnAfter     Age    // zero for none
	ErrorAfter    Age
	Meta          any
	External      map[string]any // of an external table, as packages read it
}

// An Age is how old the newest row of a source may be. The zero value is no
// bound.
type Age struct {
	Count  int
	Period string // minute, hour or day
}

// An ExposureSpec is what an exposure says of itself.
type ExposureSpec struct {
	Kind     string // type: dashboard, notebook, analysis, ml, application
	Label    string
	URL      string
	Maturity string
	Owner    map[string]any // name, email
	Meta     any
}

// A UnitTestSpec is a model's SQL to run on made-up rows, and the rows it must
// give.
type UnitTestSpec struct {
	Model     string // ID of the model tested
	Version   string // of that model, where it has versions
	Given     []Fixture
	Expect    Fixture
	Overrides Overrides
}

// A Fixture is made-up rows that stand in for a relation, or that are
// expected.
type Fixture struct {
	Input string           // such as ref('stg_results') or this; "" for what is expected
	Node  string           // ID of the node the input names; "" for this
	Rows  []map[string]any // for format dict and csv, as encoding/json has them
	SQL   string           // for format sql: a query
	// Columns are those that the rows name, in order of their first naming.
	Columns []string
	Format  string // dict, csv or sql
	Pos     Pos
}

// Overrides are what a unit test sets in place of what templates would get.
type Overrides struct {
	Macros, Vars, Env map[string]any
}

// A TestSpec is what a data test does with the rows its query gives.
type TestSpec struct {
	Generic   string // not_null, unique, ...; "" for a singular test
	Column    string // the column tested, or ""
	File      string // of a generic test, the name of its compiled file without .sql
	Attached  string // ID of the node a generic test is declared on, or ""
	Target    string // that node as a template names it, such as ref('stg_results')
	Severity  string // "error" or "warn"
	ErrorIf   string // such as "!= 0"
	WarnIf    string
	FailCalc  string // such as "count(*)"
	Where     string
	Limit     int
	StoreRows bool   // store_failures
	StoreAs   string // store_failures_as: "table" (or ""), "view" or "ephemeral"
	// Kept is where the rows that the test finds are kept, and Spelling how the
	// project spells it.
	Kept, Spelling Relation
	// Args are a generic test's arguments, as encoding/json has them.
	Args map[string]any
	// Namespace is the package of a generic test's macro, or "".
	Namespace string
}
