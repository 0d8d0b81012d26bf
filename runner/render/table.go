package render

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/pylib"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// An answer is what a statement gave.
type answer struct {
	kind     string
	id       string
	affected int64
	columns  []warehouse.Column
	rows     [][]any
}

// newAnswer reads a result to its end, and keeps the rows if they are fetched.
func newAnswer(res *warehouse.Result, fetch bool) (*answer, error) {
	a := &answer{kind: res.Kind, id: res.QueryID, columns: res.Columns}
	for batch, err := range res.Batches() {
		if err == nil && fetch {
			err = a.take(batch)
		}
		if err != nil {
			return nil, err
		}
	}
	a.affected = res.Affected
	return a, nil
}

// take adds the rows of a batch.
func (a *answer) take(batch arrow.RecordBatch) error {
	n := int(batch.NumRows())
	if err := value.CheckItems(int64((len(a.rows) + n) * len(a.columns))); err != nil {
		return fmt.Errorf("the result is too large for a template: %w", err)
	}
	for i := range n {
		row := make([]any, len(a.columns))
		for j := range row {
			row[j] = cell(a.columns[j], batch.Column(j), i)
		}
		a.rows = append(a.rows, row)
	}
	return nil
}

// seedTable is load_agate_table(): the rows of a seed's file.
func (c *rendering) seedTable(*jinja.Args) (any, error) {
	if c.s.Seed == nil {
		return nil, fmt.Errorf("can only load_agate_table for seeds")
	}
	columns, rows, err := c.s.Seed()
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	a := &answer{columns: columns}
	for rows.Next() {
		if err := a.take(rows.RecordBatch()); err != nil {
			return nil, err
		}
	}
	return a.table(), rows.Err()
}

// cell is a value as dbt gives it to templates.
func cell(c warehouse.Column, col arrow.Array, i int) any {
	if col.IsNull(i) {
		return nil
	}
	switch col := col.(type) {
	case *array.Int64:
		return col.Value(i)
	case *array.Float64:
		return col.Value(i)
	case *array.Boolean:
		return col.Value(i)
	case *array.String:
		return col.Value(i)
	case *array.Decimal128:
		return decimal(col.Value(i).BigInt(), int(col.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Date32:
		return pylib.Date(col.Value(i).ToTime())
	case *array.Timestamp:
		t := col.Value(i).ToTime(col.DataType().(*arrow.TimestampType).Unit)
		if c.Type == warehouse.TimestampNTZ {
			return pylib.Datetime(t, nil)
		}
		return pylib.Datetime(t, time.UTC)
	case *warehouse.FarArray:
		if t := col.Value(i); c.Type != warehouse.TimestampNTZ {
			return pylib.Datetime(t, t.Location())
		}
		return pylib.Datetime(col.Value(i), nil)
	case *extensions.TimestampWithOffsetArray:
		t := col.Value(i)
		return pylib.Datetime(t, t.Location())
	case *array.Time64:
		t := col.Value(i).ToTime(col.DataType().(*arrow.Time64Type).Unit)
		if t.Nanosecond() == 0 {
			return t.Format("15:04:05")
		}
		return t.Format("15:04:05.000000")
	}
	text := col.ValueStr(i)
	if c.Type == warehouse.Number {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return text
}

// decimal is a NUMBER: an integer where it has no digits behind the point, else
// a float, or a text where a float would be another number.
func decimal(n *big.Int, scale int) any {
	if scale == 0 {
		if n.IsInt64() {
			return n.Int64()
		}
		return n
	}
	exact := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
	f, _ := exact.Float64()
	if shown, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64)); ok && shown.Cmp(exact) == 0 {
		return f
	}
	return exact.FloatString(scale)
}

func (a *answer) table() *table {
	t := &table{}
	for _, c := range a.columns {
		t.names, t.types = append(t.names, c.Name), append(t.types, string(c.Type))
	}
	for _, cells := range a.rows {
		t.rows = append(t.rows, &row{t, cells})
	}
	return t
}

// result is what load_result gives.
func (a *answer) result() *jinja.Dict {
	data := value.NewList()
	for _, cells := range a.rows {
		data.Items = append(data.Items, value.NewTuple(cells...))
	}
	n := a.affected
	switch verb, _, _ := strings.Cut(a.kind, "_"); {
	case len(a.rows) > 0:
		n = int64(len(a.rows))
	case verb == "CREATE" || verb == "ALTER" || verb == "DROP":
		n = 1 // the row that says it was done
	}
	response := &response{value.DictOf("_message", fmt.Sprintf("SUCCESS %d", n), "rows_affected", n, "code", "SUCCESS", "query_id", a.id)}
	return value.DictOf("response", response, "data", data, "table", a.table())
}

// A response is dbt's AdapterResponse.
type response struct{ d *jinja.Dict }

// GetAttr is a fact about the statement.
func (r *response) GetAttr(name string) (any, bool) { return r.d.Get(name) }

// GetItem is the same.
func (r *response) GetItem(key any) (any, bool) { return r.d.Get(key) }

// String is its message.
func (r *response) String() string { m, _ := r.d.Get("_message"); return jinja.Str(m) }

// A table is the rows of a query, as the Python library agate has them.
type table struct {
	names, types []string
	rows         []any // of *row
}

// GetAttr is a part of the table or one of its methods.
func (t *table) GetAttr(name string) (any, bool) {
	switch name {
	case "rows":
		return value.NewTuple(t.rows...), true
	case "columns":
		return &columns{t}, true
	case "column_names":
		names := value.Texts(t.names)
		names.Tuple = true
		return names, true
	case "column_types":
		types := value.Texts(t.types)
		types.Tuple = true
		return types, true
	case "print_table", "print_csv", "print_json":
		return jinja.Func(func(*jinja.Args) (any, error) { return t.String(), nil }), true
	case "select", "exclude":
		return jinja.Func(func(a *jinja.Args) (any, error) { return t.choose(a, name == "select") }), true
	case "rename":
		return jinja.Func(t.rename), true
	case "limit":
		return jinja.Func(t.limit), true
	}
	return nil, false
}

// derived is a table of some rows and of the columns whose numbers are at.
func (t *table) derived(names []string, rows []any, at []int) *table {
	out := &table{names: names, types: make([]string, len(at))}
	for i, j := range at {
		out.types[i] = t.types[j]
	}
	for _, r := range rows {
		cells := make([]any, len(at))
		for i, j := range at {
			cells[i] = r.(*row).cells[j]
		}
		out.rows = append(out.rows, &row{out, cells})
	}
	return out
}

// every is the numbers of all columns.
func (t *table) every() []int {
	at := make([]int, len(t.names))
	for i := range at {
		at[i] = i
	}
	return at
}

// limit is limit(stop) or limit(start, stop, step): the rows of a slice.
func (t *table) limit(a *jinja.Args) (any, error) {
	start, stop := any(nil), a.Arg(0, "start_or_stop", nil)
	if later := a.Arg(1, "stop", nil); later != nil {
		start, stop = stop, later
	}
	rows, err := value.Slice(value.NewList(t.rows...), start, stop, a.Arg(2, "step", nil))
	if err != nil {
		return nil, err
	}
	return t.derived(t.names, rows.(*jinja.List).Items, t.every()), nil
}

// choose is select(names) and exclude(names).
func (t *table) choose(a *jinja.Args, keep bool) (any, error) {
	keys, err := value.Iterate(a.Arg(0, "key", nil))
	if text, ok := a.Arg(0, "key", nil).(string); ok {
		keys = []any{text}
	}
	if err != nil {
		return nil, err
	}
	var names []string
	var at []int
	for i, name := range t.names {
		in, _ := value.Index(keys, name)
		if (in >= 0) == keep {
			names, at = append(names, name), append(at, i)
		}
	}
	return t.derived(names, t.rows, at), nil
}

// rename is rename(column_names=[...] or {old: new}).
func (t *table) rename(a *jinja.Args) (any, error) {
	names := append([]string(nil), t.names...)
	switch to := a.Arg(0, "column_names", nil).(type) {
	case *jinja.Dict:
		for i := range names {
			if v, ok := to.Get(names[i]); ok {
				names[i] = jinja.Str(v)
			}
		}
	case *jinja.List:
		for i := range min(len(names), len(to.Items)) {
			names[i] = jinja.Str(to.Items[i])
		}
	}
	return t.derived(names, t.rows, t.every()), nil
}

// Iterate lists the rows.
func (t *table) Iterate() []any { return t.rows }

// Truth is true of every table, as in Python.
func (t *table) Truth() bool { return true }

// Len is how many rows there are.
func (t *table) Len() int { return len(t.rows) }

// TypeName is the Python type.
func (t *table) TypeName() string { return "Table" }

// String is the table's columns and their types, as agate prints a table.
func (t *table) String() string {
	var b strings.Builder
	b.WriteString("| column | data_type |\n| ------ | --------- |\n")
	for i, name := range t.names {
		fmt.Fprintf(&b, "| %s | %s |\n", name, t.types[i])
	}
	return b.String()
}

func (t *table) index(key any) (int, bool) {
	if name, ok := key.(string); ok {
		for i, n := range t.names {
			if n == name {
				return i, true
			}
		}
		return 0, false
	}
	n, ok := value.Int(key)
	if n < 0 {
		n += int64(len(t.names))
	}
	return int(n), ok && n >= 0 && n < int64(len(t.names))
}

// A row is one row, by column number or name.
type row struct {
	t     *table
	cells []any
}

// GetItem is the value of a column.
func (r *row) GetItem(key any) (any, bool) {
	i, ok := r.t.index(key)
	if !ok {
		return nil, false
	}
	return r.cells[i], true
}

// GetAttr is the value of a column, or a method.
func (r *row) GetAttr(name string) (any, bool) {
	switch name {
	case "values":
		return jinja.Func(func(*jinja.Args) (any, error) { return value.NewTuple(r.cells...), nil }), true
	case "keys":
		return jinja.Func(func(*jinja.Args) (any, error) { return value.Texts(r.t.names), nil }), true
	case "items", "dict", "get":
		d := value.NewDict()
		for i, n := range r.t.names {
			d.Set(n, r.cells[i]) // a string can be a key
		}
		return jinja.Func(func(a *jinja.Args) (any, error) {
			switch name {
			case "items":
				return value.NewList(d.Pairs()...), nil
			case "get":
				if v, ok := d.Get(a.Arg(0, "key", nil)); ok {
					return v, nil
				}
				return a.Arg(1, "default", nil), nil
			}
			return d, nil
		}), true
	}
	return r.GetItem(name)
}

// Iterate lists the values.
func (r *row) Iterate() []any { return r.cells }

// Len is how many there are.
func (r *row) Len() int { return len(r.cells) }

// TypeName is the Python type.
func (r *row) TypeName() string { return "Row" }

// String is how agate prints a row.
func (r *row) String() string { return "<agate.Row: " + value.Str(value.NewTuple(r.cells...)) + ">" }

// columns are a table's, by number or name.
type columns struct{ t *table }

func (c *columns) all() []any {
	out := make([]any, len(c.t.names))
	for i := range out {
		out[i] = &series{c.t, i}
	}
	return out
}

// GetItem is a column.
func (c *columns) GetItem(key any) (any, bool) {
	i, ok := c.t.index(key)
	if !ok {
		return nil, false
	}
	return &series{c.t, i}, true
}

// GetAttr is a method, or a column.
func (c *columns) GetAttr(name string) (any, bool) {
	switch name {
	case "values":
		return jinja.Func(func(*jinja.Args) (any, error) { return value.NewTuple(c.all()...), nil }), true
	case "keys":
		return jinja.Func(func(*jinja.Args) (any, error) { return value.Texts(c.t.names), nil }), true
	case "items":
		return jinja.Func(func(*jinja.Args) (any, error) {
			l := value.NewList()
			for i, n := range c.t.names {
				l.Items = append(l.Items, value.NewTuple(n, &series{c.t, i}))
			}
			return l, nil
		}), true
	}
	return c.GetItem(name)
}

// Iterate lists the columns.
func (c *columns) Iterate() []any { return c.all() }

// Len is how many there are.
func (c *columns) Len() int { return len(c.t.names) }

// TypeName is the Python type.
func (c *columns) TypeName() string { return "MappedSequence" }

// A series is one column's values.
type series struct {
	t *table
	i int
}

func (s *series) values() []any {
	out := make([]any, len(s.t.rows))
	for i, r := range s.t.rows {
		out[i] = r.(*row).cells[s.i]
	}
	return out
}

// GetAttr is the name, the type, or a method.
func (s *series) GetAttr(name string) (any, bool) {
	switch name {
	case "name":
		return s.t.names[s.i], true
	case "index":
		return int64(s.i), true
	case "data_type":
		return s.t.types[s.i], true
	case "values", "values_without_nulls", "values_distinct":
		return jinja.Func(func(*jinja.Args) (any, error) {
			l := value.NewTuple()
			for _, v := range s.values() {
				seen, _ := value.Index(l.Items, v)
				if name == "values" || name == "values_without_nulls" && v != nil || name == "values_distinct" && seen < 0 {
					l.Items = append(l.Items, v)
				}
			}
			return l, nil
		}), true
	}
	return nil, false
}

// GetItem is the value of a row.
func (s *series) GetItem(key any) (any, bool) {
	return value.Item(value.NewTuple(s.values()...), key)
}

// Iterate lists the values.
func (s *series) Iterate() []any { return s.values() }

// Len is how many there are.
func (s *series) Len() int { return len(s.t.rows) }

// TypeName is the Python type.
func (s *series) TypeName() string { return "Column" }
