package artifact

import (
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// A Catalog is catalog.json: the relations of a project as the database
// describes them.
type Catalog struct {
	Metadata Header            `json:"metadata"`
	Nodes    map[string]object `json:"nodes"`
	Sources  map[string]object `json:"sources"`
	Errors   []string          `json:"errors"`
}

// NewCatalog makes the catalog of a project's nodes among the relations found.
// Problem, if not nil, is what kept some from being found.
func NewCatalog(p *runner.Project, found map[runner.Relation]*runner.Described, problem error, runID string, start time.Time) Catalog {
	c := Catalog{Metadata: header("catalog/v1", runID, start), Nodes: map[string]object{}, Sources: map[string]object{}}
	if problem != nil {
		c.Errors = []string{problem.Error()}
	}
	for id, n := range p.Nodes {
		d := found[n.Relation]
		switch {
		case d == nil:
		case n.Type == runner.Source:
			c.Sources[id] = described(id, d)
		default:
			c.Nodes[id] = described(id, d)
		}
	}
	return c
}

// described is a relation's entry.
func described(id string, d *runner.Described) object {
	cols := object{}
	for i, col := range d.Columns {
		cols[col.Name] = object{"type": col.Type, "index": i + 1, "name": col.Name, "comment": orNull(col.Comment)}
	}
	stats := object{"has_stats": object{
		"id": "has_stats", "label": "Has Stats?", "value": d.Rows >= 0, "include": false, "description": "Whether there are statistics of this relation",
	}}
	if d.Rows >= 0 {
		stats["row_count"] = object{"id": "row_count", "label": "Row Count", "value": d.Rows, "include": true, "description": "How many rows the relation has"}
	}
	return object{
		"metadata": object{
			"type": d.Kind, "schema": d.Relation.Schema, "name": d.Relation.Identifier, "database": d.Relation.Database,
			"comment": orNull(d.Comment), "owner": orNull(d.Owner),
		},
		"columns": cols, "stats": stats, "unique_id": id,
	}
}

// Write writes catalog.json into a target folder.
func (c Catalog) Write(folder string) error { return write(folder, CatalogFile, c) }
