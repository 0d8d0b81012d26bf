package catalog

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// Written is an object's name in its definition.
func Written(t Name, full bool) string {
	if !full {
		return warehouse.QuoteIdent(t.Table)
	}
	return warehouse.QuoteIdent(t.Database) + "." + warehouse.QuoteIdent(t.Schema) + "." + warehouse.QuoteIdent(t.Table)
}

// Definition is the statement that makes a table, view or sequence.
func Definition(ctx context.Context, conn *engine.Conn, o *Object, full bool) (string, error) {
	switch o.Kind {
	case "VIEW":
		return strings.TrimSuffix(o.Meta.Text, ";") + ";", nil
	case "SEQUENCE":
		all, err := Objects(ctx, conn)
		for _, q := range all {
			if q.At == o.At {
				o = q
			}
		}
		order := "noorder"
		if o.Meta.Ordered {
			order = "order"
		}
		return fmt.Sprintf("create or replace sequence %s start with %d increment by %d %s%s;", Written(o.At, full), o.Next, o.Step, order,
			CommentClause(" comment = ", o.Meta.Comment)), err
	}
	return tableDDL(ctx, conn, o, full)
}

// CommentClause is a comment in a definition, behind what stands before it, or
// nothing.
func CommentClause(before, comment string) string {
	if comment == "" {
		return ""
	}
	return before + warehouse.QuoteString(comment)
}

// tableDDL is the statement that makes a table.
func tableDDL(ctx context.Context, conn *engine.Conn, o *Object, full bool) (string, error) {
	columns, err := Columns(ctx, conn, []*Object{o})
	if err != nil {
		return "", err
	}
	var lines []string
	for _, c := range columns {
		line := warehouse.QuoteIdent(c.Name) + " " + c.Type
		if !c.Nullable {
			line += " NOT NULL"
		}
		switch {
		case c.Identity != "":
			line += " autoincrement " + strings.ToLower(strings.TrimPrefix(c.Identity, "IDENTITY "))
		case c.Default != "":
			line += " DEFAULT " + c.Default
		}
		lines = append(lines, line+CommentClause(" COMMENT ", c.Comment))
	}
	for _, k := range o.Meta.Constraints {
		lines = append(lines, k.ddl())
	}
	for _, x := range o.Meta.Indexes {
		lines = append(lines, x.ddl())
	}
	kind := cmp.Or(map[string]string{"TEMPORARY": "TEMPORARY TABLE", "TRANSIENT": "TRANSIENT TABLE"}[o.TableKind()], "TABLE")
	if o.Meta.Hybrid {
		kind = "HYBRID TABLE"
	}
	text := "create or replace " + kind + " " + Written(o.At.Permanent(), full)
	if o.Meta.Cluster != "" {
		text += " cluster by " + strings.TrimPrefix(o.Meta.Cluster, "LINEAR")
	}
	return text + " (\n\t" + strings.Join(lines, ",\n\t") + "\n)" + CommentClause("COMMENT=", o.Meta.Comment) + ";", nil
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
func (k *ConstraintMeta) ddl() string {
	text := strings.ToLower(k.Kind) + " " + nameList(k.Columns)
	if !strings.HasPrefix(k.Name, "SYS_CONSTRAINT_") {
		text = "constraint " + warehouse.QuoteIdent(k.Name) + " " + text
	}
	if len(k.References) == 3 {
		text += " references " + Written(NameOf(k.References[0], k.References[1], k.References[2]), true)
		if len(k.RefColumns) > 0 {
			text += nameList(k.RefColumns)
		}
	}
	return text
}

// ddl is an index in a table's definition.
func (x *IndexMeta) ddl() string {
	text := "index " + warehouse.QuoteIdent(x.Name) + nameList(x.Columns)
	if len(x.Include) > 0 {
		text += " include " + nameList(x.Include)
	}
	return text
}
