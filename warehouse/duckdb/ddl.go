package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// written is an object's name in its definition.
func written(t target, full bool) string {
	if !full {
		return warehouse.QuoteIdent(t.table)
	}
	return warehouse.QuoteIdent(t.database) + "." + warehouse.QuoteIdent(t.schema) + "." + warehouse.QuoteIdent(t.table)
}

// definitionOf is the statement that makes a table, view or sequence.
func definitionOf(ctx context.Context, conn *engine.Conn, o *object, full bool) (string, error) {
	switch o.kind {
	case "VIEW":
		return strings.TrimSuffix(o.meta.Text, ";") + ";", nil
	case "SEQUENCE":
		all, err := objectsOf(ctx, conn)
		for _, q := range all {
			if q.at == o.at {
				o = q
			}
		}
		order := "noorder"
		if o.meta.Ordered {
			order = "order"
		}
		return fmt.Sprintf("create or replace sequence %s start with %d increment by %d %s%s;", written(o.at, full), o.next, o.step, order,
			commentClause(" comment = ", o.meta.Comment)), err
	}
	return tableDDL(ctx, conn, o, full)
}

func commentClause(before, comment string) string {
	if comment == "" {
		return ""
	}
	return before + warehouse.QuoteString(comment)
}

func tableDDL(ctx context.Context, conn *engine.Conn, o *object, full bool) (string, error) {
	columns, err := shownColumns(ctx, conn, []*object{o})
	if err != nil {
		return "", err
	}
	var lines []string
	for _, c := range columns {
		line := warehouse.QuoteIdent(c.name) + " " + c.typ
		if !c.nullable {
			line += " NOT NULL"
		}
		switch {
		case c.identity != "":
			line += " autoincrement " + strings.ToLower(strings.TrimPrefix(c.identity, "IDENTITY "))
		case c.value != "":
			line += " DEFAULT " + c.value
		}
		lines = append(lines, line+commentClause(" COMMENT ", c.comment))
	}
	for _, k := range o.meta.Constraints {
		lines = append(lines, k.ddl())
	}
	for _, x := range o.meta.Indexes {
		lines = append(lines, x.ddl())
	}
	kind := cmp.Or(map[string]string{"TEMPORARY": "TEMPORARY TABLE", "TRANSIENT": "TRANSIENT TABLE"}[o.tableKind()], "TABLE")
	if o.meta.Hybrid {
		kind = "HYBRID TABLE"
	}
	text := "create or replace " + kind + " " + written(o.at.permanent(), full)
	if o.meta.Cluster != "" {
		text += " cluster by " + strings.TrimPrefix(o.meta.Cluster, "LINEAR")
	}
	return text + " (\n\t" + strings.Join(lines, ",\n\t") + "\n)" + commentClause("COMMENT=", o.meta.Comment) + ";", nil
}

// nameList are names in parentheses.
func nameList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = warehouse.QuoteIdent(n)
	}
	return "(" + strings.Join(quoted, ", ") + ")"
}

// ddl is a constraint in a table's definition.
func (k *constraintMeta) ddl() string {
	text := strings.ToLower(k.Kind) + " " + nameList(k.Columns)
	if !strings.HasPrefix(k.Name, "SYS_CONSTRAINT_") {
		text = "constraint " + warehouse.QuoteIdent(k.Name) + " " + text
	}
	if len(k.References) == 3 {
		text += " references " + written(target{k.References[0], k.References[1], k.References[2]}, true)
		if len(k.RefColumns) > 0 {
			text += nameList(k.RefColumns)
		}
	}
	return text
}

// ddl is an index in a table's definition.
func (x *indexMeta) ddl() string {
	text := "index " + warehouse.QuoteIdent(x.Name) + nameList(x.Columns)
	if len(x.Include) > 0 {
		text += " include " + nameList(x.Include)
	}
	return text
}
