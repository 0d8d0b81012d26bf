package bind

import (
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Load is an INSERT … VALUES with lists of values in another form: rows to be
// loaded into a table, and the statement that inserts from that table.
type Load struct {
	Columns []warehouse.Column
	Rows    array.RecordReader // the caller releases it
	SQL     string
}

// Load is the statement as a load of table, a name as SQL writes it. It is nil
// for a statement that is no INSERT of one row of VALUES.
func (b *Bound) Load(table string) *Load {
	if b.group.to == 0 {
		return nil
	}
	l := &Load{}
	var fields []arrow.Field
	var builders []array.Builder
	columnOf := map[string]string{}
	for _, p := range b.places {
		if columnOf[p.name] != "" {
			continue
		}
		c, f := b.loaded(p.name)
		columnOf[p.name] = c.Name
		l.Columns, fields = append(l.Columns, c), append(fields, f)
		builder := array.NewBuilder(memory.DefaultAllocator, f.Type)
		appendAll(builder, b.columns[p.name], b.rows)
		builders = append(builders, builder)
	}
	schema := arrow.NewSchema(fields, nil)
	arrays := make([]arrow.Array, len(builders))
	for i, builder := range builders {
		arrays[i] = builder.NewArray()
		builder.Release()
	}
	batch := array.NewRecordBatch(schema, arrays, int64(b.rows))
	for _, a := range arrays {
		a.Release()
	}
	l.Rows = warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		one := batch
		batch = nil
		return one, nil
	})
	l.SQL = b.selecting(table, columnOf)
	return l
}

// loaded is the column that a binding is loaded into.
func (b *Bound) loaded(name string) (warehouse.Column, arrow.Field) {
	c := warehouse.Column{Name: "B_" + name, Type: warehouse.Varchar, Nullable: true}
	f := arrow.Field{Name: c.Name, Type: arrow.BinaryTypes.String, Nullable: true}
	for _, v := range b.columns[name] {
		switch v.arg.(type) {
		case nil:
			continue
		case int64:
			c.Type, c.Precision, f.Type = warehouse.Number, 38, arrow.PrimitiveTypes.Int64
		case float64:
			c.Type, f.Type = warehouse.Float, arrow.PrimitiveTypes.Float64
		case bool:
			c.Type, f.Type = warehouse.Boolean, arrow.FixedWidthTypes.Boolean
		case []byte:
			c.Type, f.Type = warehouse.Binary, arrow.BinaryTypes.Binary
		}
		break
	}
	return c, f
}

// appendAll adds a binding's values, its only one for every row if it is no list.
func appendAll(builder array.Builder, values []value, rows int) {
	builder.Reserve(rows)
	for row := range rows {
		v := values[min(row, len(values)-1)].arg
		switch b := builder.(type) {
		case *array.Int64Builder:
			if n, ok := v.(int64); ok {
				b.Append(n)
				continue
			}
		case *array.Float64Builder:
			if n, ok := v.(float64); ok {
				b.Append(n)
				continue
			}
		case *array.BooleanBuilder:
			if t, ok := v.(bool); ok {
				b.Append(t)
				continue
			}
		case *array.BinaryBuilder:
			if raw, ok := v.([]byte); ok {
				b.Append(raw)
				continue
			}
		case *array.StringBuilder:
			switch v := v.(type) {
			case string:
				b.Append(v)
				continue
			case time.Time:
				b.Append(v.Format(stamp))
				continue
			}
		}
		builder.AppendNull()
	}
}

// selecting is the statement with SELECT … FROM table in place of VALUES (…).
func (b *Bound) selecting(table string, columnOf map[string]string) string {
	var w strings.Builder
	w.WriteString(b.sql[:b.values] + "SELECT ")
	at := b.group.from + 1 // behind the parenthesis
	for _, p := range b.places {
		w.WriteString(b.sql[at:p.from])
		at = p.to
		before, after := "", ""
		for _, v := range b.columns[p.name] {
			if v.arg == nil {
				continue
			}
			before, after = v.before, v.after
			if _, ok := v.arg.(time.Time); ok {
				after = "::TIMESTAMP_NTZ"
			}
			break
		}
		w.WriteString(before + table + "." + warehouse.QuoteIdent(columnOf[p.name]) + after)
	}
	w.WriteString(b.sql[at:b.group.to-1] + " FROM " + table)
	return w.String()
}
