package report

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// Formats are the ways to print a result.
var Formats = []string{"table", "csv", "json"}

// Rows prints a result's rows in a format, at most limit of them (0 for all),
// and reports how many there were printed. CSV and JSON are written as the
// rows come; a table is held until its columns' widths are known.
func Rows(w io.Writer, format string, res *warehouse.Result, limit int) (int, error) {
	var p printer
	switch format {
	case "csv":
		p = &csvPrinter{w: csv.NewWriter(w)}
	case "json":
		p = &jsonPrinter{w: w}
	default:
		p = &tablePrinter{w: w}
	}
	return rows(p, res, limit)
}

// Shown prints rows as dbt show --output json does: an object with the node's
// name, where there is one, and the rows under show.
func Shown(w io.Writer, name string, res *warehouse.Result, limit int) (int, error) {
	head := "{"
	if name != "" {
		text, err := json.Marshal(name)
		if err != nil {
			return 0, err
		}
		head += `"node": ` + string(text) + ", "
	}
	if _, err := io.WriteString(w, head+`"show": `); err != nil {
		return 0, err
	}
	return rows(&jsonPrinter{w: w, after: "}"}, res, limit)
}

// rows prints with p.
func rows(p printer, res *warehouse.Result, limit int) (int, error) {
	if err := p.begin(res.Columns); err != nil {
		return 0, err
	}
	n := 0
	for batch, err := range res.Batches() {
		if err != nil {
			return n, err
		}
		for i := range int(batch.NumRows()) {
			if limit > 0 && n == limit {
				return n, p.end()
			}
			if err := p.row(res.Columns, batch, i); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, p.end()
}

// A printer writes one format.
type printer interface {
	begin(cols []warehouse.Column) error
	row(cols []warehouse.Column, batch arrow.RecordBatch, i int) error
	end() error
}

type csvPrinter struct {
	w      *csv.Writer
	record []string
}

func (p *csvPrinter) begin(cols []warehouse.Column) error {
	for _, c := range cols {
		p.record = append(p.record, c.Name)
	}
	return p.w.Write(p.record)
}

func (p *csvPrinter) row(cols []warehouse.Column, batch arrow.RecordBatch, i int) error {
	for j := range cols {
		p.record[j], _ = Text(cols[j], batch.Column(j), i)
	}
	return p.w.Write(p.record)
}

func (p *csvPrinter) end() error {
	p.w.Flush()
	return p.w.Error()
}

type jsonPrinter struct {
	w     io.Writer
	after string // what comes behind the rows
	rows  int
	buf   bytes.Buffer
}

func (p *jsonPrinter) begin([]warehouse.Column) error {
	_, err := io.WriteString(p.w, "[")
	return err
}

func (p *jsonPrinter) row(cols []warehouse.Column, batch arrow.RecordBatch, i int) error {
	p.buf.Reset()
	if p.rows++; p.rows > 1 {
		p.buf.WriteByte(',')
	}
	p.buf.WriteString("\n  {")
	for j, c := range cols {
		if j > 0 {
			p.buf.WriteString(", ")
		}
		name, err := json.Marshal(c.Name)
		if err != nil {
			return err
		}
		p.buf.Write(name)
		p.buf.WriteString(": ")
		p.buf.Write(jsonCell(c, batch.Column(j), i))
	}
	p.buf.WriteByte('}')
	_, err := p.w.Write(p.buf.Bytes())
	return err
}

func (p *jsonPrinter) end() error {
	_, err := io.WriteString(p.w, "\n]"+p.after+"\n")
	return err
}

// jsonCell is a value as JSON: numbers as they are, JSON as itself, the rest as
// text.
func jsonCell(c warehouse.Column, col arrow.Array, i int) []byte {
	s, null := Text(c, col, i)
	switch {
	case null:
		return []byte("null")
	case c.Type == warehouse.Number:
		return []byte(s)
	case c.Type == warehouse.Float:
		if f := col.(*array.Float64).Value(i); math.IsNaN(f) || math.IsInf(f, 0) {
			return []byte(strconv.Quote(s))
		}
		return []byte(s)
	case c.Type == warehouse.Boolean:
		return []byte(map[bool]string{true: "true", false: "false"}[s == "TRUE"])
	case (c.Type == warehouse.Variant || c.Type == warehouse.Object || c.Type == warehouse.Array) && json.Valid([]byte(s)):
		return []byte(s)
	}
	text, err := json.Marshal(s)
	if err != nil {
		return []byte("null")
	}
	return text
}

type tablePrinter struct {
	w    io.Writer
	t    table.Writer
	rows int
}

// maxCell is the widest a table's cell gets before it is cut.
const maxCell = 60

func (p *tablePrinter) begin(cols []warehouse.Column) error {
	p.t = table.NewWriter()
	p.t.SetStyle(table.StyleLight)
	p.t.Style().Format.Header = text.FormatDefault
	var head table.Row
	var configs []table.ColumnConfig
	for i, c := range cols {
		head = append(head, Clean(c.Name))
		align := text.AlignLeft
		if c.Type == warehouse.Number || c.Type == warehouse.Float {
			align = text.AlignRight
		}
		configs = append(configs, table.ColumnConfig{Number: i + 1, Align: align, AlignHeader: align})
	}
	p.t.AppendHeader(head)
	p.t.SetColumnConfigs(configs)
	return nil
}

func (p *tablePrinter) row(cols []warehouse.Column, batch arrow.RecordBatch, i int) error {
	var row table.Row
	for j := range cols {
		s, null := Text(cols[j], batch.Column(j), i)
		if null {
			s = "NULL"
		}
		if r := []rune(Clean(s)); len(r) > maxCell {
			s = string(r[:maxCell-1]) + "…"
		} else {
			s = string(r)
		}
		row = append(row, s)
	}
	p.t.AppendRow(row)
	p.rows++
	return nil
}

func (p *tablePrinter) end() error {
	_, err := fmt.Fprintln(p.w, p.t.Render())
	return err
}

// Text is a value as Snowflake prints it by default, and whether it is null.
func Text(c warehouse.Column, col arrow.Array, i int) (s string, null bool) {
	if col.IsNull(i) {
		return "", true
	}
	switch col := col.(type) {
	case *array.Float64:
		return strconv.FormatFloat(col.Value(i), 'g', -1, 64), false
	case *array.Boolean:
		return map[bool]string{true: "TRUE", false: "FALSE"}[col.Value(i)], false
	case *array.Decimal128:
		return col.Value(i).ToString(int32(col.DataType().(*arrow.Decimal128Type).Scale)), false
	case *array.Binary:
		return strings.ToUpper(hex.EncodeToString(col.Value(i))), false
	case *array.Date32:
		return col.Value(i).ToTime().Format(time.DateOnly), false
	case *array.Time64:
		return col.Value(i).ToTime(col.DataType().(*arrow.Time64Type).Unit).Format("15:04:05"), false
	case *array.Timestamp:
		t := col.Value(i).ToTime(col.DataType().(*arrow.TimestampType).Unit)
		layout := "2006-01-02 15:04:05.000"
		if c.Type != warehouse.TimestampNTZ {
			layout += " -0700"
		}
		return t.Format(layout), false
	case *extensions.TimestampWithOffsetArray:
		return col.Value(i).Format("2006-01-02 15:04:05.000 -0700"), false
	case *array.String:
		return col.Value(i), false
	}
	return col.ValueStr(i), false
}
