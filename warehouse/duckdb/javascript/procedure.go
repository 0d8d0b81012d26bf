package javascript

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Database runs the statements of a procedure, one after another.
type Database interface {
	// Execute runs one statement with values for its question marks, each nil,
	// bool, int64, float64, string, []byte or time.Time. Its error may be caught
	// by the code.
	Execute(ctx context.Context, sql string, binds []any) (*Rows, error)
}

// Rows is what a statement gave, all of it.
type Rows struct {
	QueryID string
	Columns []warehouse.Column
	Values  [][]Cell // by row
	Changed int64    // how many rows a change has changed
}

// A Cell is one value: nil, bool, float64, string, []byte, time.Time of a moment,
// or JSON; and as text.
type Cell struct {
	Value any
	Text  string
}

// Run calls a procedure once. Arguments and result are those of [Function.Call].
// When ctx ends, so does the procedure, with that as its error.
func Run(ctx context.Context, p *Program, args []byte, db Database) (result []byte, ok bool, err error) {
	door := &gate{db: db}
	err = apart(ctx.Done(), func() error { door.shut(); return context.Cause(ctx) }, func() error {
		var failed error
		result, ok, failed = run(ctx, p, args, door)
		return failed
	})
	if err != nil {
		return nil, false, err
	}
	return result, ok, nil
}

// A gate is a database until it is shut, which waits for the statement that runs:
// code that nobody waits for any more must not come to it.
type gate struct {
	mu     sync.Mutex
	db     Database
	closed bool
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

func (g *gate) Execute(ctx context.Context, sql string, binds []any) (*Rows, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return g.db.Execute(ctx, sql, binds)
}

func run(ctx context.Context, p *Program, args []byte, db Database) (result []byte, ok bool, err error) {
	m, err := start(p)
	if err != nil {
		return nil, false, err
	}
	h := &host{machine: m, ctx: ctx, db: db}
	unheard := func(goja.FunctionCall) goja.Value { return goja.Undefined() } // as in an account without an event table
	m.must(m.vm.Set("snowflake", h.object(map[string]any{"execute": h.execute, "createStatement": h.createStatement,
		"log": unheard, "addEvent": unheard, "setSpanAttribute": unheard})))
	defer context.AfterFunc(ctx, func() { m.vm.Interrupt(context.Cause(ctx)) })()
	result, ok, err = m.run(nil, args)
	if ctx.Err() != nil {
		return nil, false, context.Cause(ctx)
	}
	return result, ok, h.uncaught(err)
}

// A host is what the object snowflake is to a procedure.
type host struct {
	*machine
	ctx    context.Context
	db     Database
	failed *goja.Object // what was thrown for the last statement that failed
	why    *Error       // that it ends the procedure with if nobody catches it
}

// object is an object with members.
func (h *host) object(members map[string]any) *goja.Object {
	o := h.vm.NewObject()
	for name, value := range members {
		h.must(o.Set(name, value))
	}
	return o
}

// throw throws an Error of a message.
func (h *host) throw(format string, args ...any) {
	panic(h.error(fmt.Sprintf(format, args...)))
}

func (h *host) error(message string) *goja.Object {
	o, err := h.vm.New(h.vm.Get("Error"), h.vm.ToValue(message))
	h.must(err)
	return o
}

// fail throws the error of a statement, as Snowflake shows it to a procedure.
func (h *host) fail(call string, err error) {
	message := err.Error()
	var e *warehouse.Error
	if errors.As(err, &e) {
		message = e.Message
	}
	trace := call + ", " + h.line()
	h.failed = h.error(message)
	h.why = &Error{Code: 100183, Message: fmt.Sprintf("Execution error in store procedure %s:\n%s\nAt %s", h.Name, message, trace)}
	for name, value := range map[string]any{"code": h.why.Code, "state": "P0000", "stackTraceTxt": trace} {
		h.must(h.failed.Set(name, value))
	}
	panic(h.failed)
}

// line is where in the code the host was called: at the name of the function, of
// which the engine tells the parenthesis behind it.
func (h *host) line() string {
	lines := strings.Split(h.Body, "\n")
	for _, f := range h.vm.CaptureCallStack(0, nil) {
		at := f.Position()
		if f.SrcName() != h.Name || at.Line < 2 || at.Line-1 > len(lines) {
			continue
		}
		line := []rune(lines[at.Line-2])
		before := string(line[:min(len(line), max(0, at.Column-1))])
		before = strings.TrimRightFunc(before, func(r rune) bool { return r == '_' || unicode.IsLetter(r) })
		return fmt.Sprintf("line %d position %d", at.Line-1, utf8.RuneCountInString(before))
	}
	return "line 0 position 0"
}

// uncaught is err, or what a statement failed with where that is why.
func (h *host) uncaught(err error) error {
	var e *Error
	if errors.As(err, &e) && e.thrown != nil && h.failed != nil && e.thrown.SameAs(h.failed) {
		return h.why
	}
	return err
}

// execute is snowflake.execute({sqlText, binds}).
func (h *host) execute(call goja.FunctionCall) goja.Value {
	sql, binds := h.asked("execute", call.Argument(0))
	return h.results(h.query("Snowflake.execute", sql, binds))
}

func (h *host) query(call, sql string, binds []any) *Rows {
	rows, err := h.db.Execute(h.ctx, sql, binds)
	if err != nil {
		h.fail(call, err)
	}
	return rows
}

// asked reads {sqlText, binds}.
func (h *host) asked(what string, v goja.Value) (sql string, binds []any) {
	o, ok := v.(*goja.Object)
	if !ok || o.Get("sqlText") == nil || goja.IsUndefined(o.Get("sqlText")) {
		h.throw("%s takes an object with the member sqlText", what)
	}
	sql = o.Get("sqlText").String()
	list, ok := o.Get("binds").(*goja.Object)
	if !ok {
		return sql, nil
	}
	for i := range int(list.Get("length").ToInteger()) {
		binds = append(binds, h.bind(i, list.Get(fmt.Sprint(i))))
	}
	return sql, binds
}

// bind is a value for a question mark.
func (h *host) bind(i int, v goja.Value) any {
	if v == nil || goja.IsNull(v) {
		return nil
	}
	if t, err := h.moment(v); err == nil {
		return t
	}
	switch x := v.Export().(type) {
	case bool, int64, string:
		return x
	case float64:
		if n := int64(x); float64(n) == x && n > -1<<53 && n < 1<<53 {
			return n
		}
		return x
	case []byte:
		return x
	}
	h.throw("Invalid binds argument %s. Error: Unsupported type for binding argument %d", text(v), i+1)
	return nil
}

// createStatement is snowflake.createStatement({sqlText, binds}).
func (h *host) createStatement(call goja.FunctionCall) goja.Value {
	sql, binds := h.asked("createStatement", call.Argument(0))
	var rows *Rows
	done := func() *Rows {
		if rows == nil {
			h.throw("The statement has not been executed yet.")
		}
		return rows
	}
	members := h.described(done)
	members["execute"] = func() goja.Value {
		rows = h.query("Statement.execute", sql, binds)
		return h.results(rows)
	}
	members["getSqlText"] = func() string { return sql }
	return h.object(members)
}

// described are the members that tell of a statement that has run.
func (h *host) described(of func() *Rows) map[string]any {
	changed := func() int64 { return of().Changed }
	members := map[string]any{
		"getQueryId":         func() string { return of().QueryID },
		"getRowCount":        func() int { return len(of().Values) },
		"getColumnCount":     func() int { return len(of().Columns) },
		"getNumRowsAffected": changed,
		"getColumnName":      func(i int) string { return h.column(of(), i).Name },
		"getColumnScale":     func(i int) int { return h.column(of(), i).Scale },
		"getColumnSqlType":   func(i int) string { return h.column(of(), i).SQL() },
		"getColumnType":      func(i int) string { return strings.ToLower(string(h.column(of(), i).Type)) },
		"isColumnNullable":   func(i int) bool { return h.column(of(), i).Nullable },
	}
	for name, t := range map[string]warehouse.Type{"Number": warehouse.Number, "Text": warehouse.Varchar, "Boolean": warehouse.Boolean, "Binary": warehouse.Binary,
		"Date": warehouse.Date, "Time": warehouse.Time, "Variant": warehouse.Variant, "Object": warehouse.Object, "Array": warehouse.Array} {
		members["isColumn"+name] = func(i int) bool { return h.column(of(), i).Type == t }
	}
	members["isColumnTimestamp"] = func(i int) bool { t := h.column(of(), i).Type; return IsTime(t) && t != warehouse.Date }
	return members
}

// column is the one of a number from 1.
func (h *host) column(rows *Rows, i int) warehouse.Column {
	if i < 1 || i > len(rows.Columns) {
		h.throw("Given column name/index does not exist: %d", i)
	}
	return rows.Columns[i-1]
}

// results is a ResultSet.
func (h *host) results(rows *Rows) goja.Value {
	members := h.described(func() *Rows { return rows })
	at := -1
	cell := func(which goja.Value) (Cell, warehouse.Column) {
		if at < 0 || at >= len(rows.Values) {
			h.throw("There is no current row; call next() first, and go on as long as it is true.")
		}
		i := h.which(rows, which)
		return rows.Values[at][i], rows.Columns[i]
	}
	members["next"] = func() bool {
		at = min(at+1, len(rows.Values))
		return at < len(rows.Values)
	}
	members["getColumnValue"] = func(which goja.Value) goja.Value { return h.value(cell(which)) }
	members["getColumnValueAsString"] = func(which goja.Value) goja.Value {
		c, column := cell(which)
		if c.Value != nil && column.Type != warehouse.Number && IsTime(column.Type) {
			return h.vm.ToValue(h.value(c, column).String())
		}
		if c.Value == nil {
			return goja.Null()
		}
		return h.vm.ToValue(c.Text)
	}
	return h.object(members)
}

// which is the place of a column by its number from 1 or its name.
func (h *host) which(rows *Rows, v goja.Value) int {
	if v != nil {
		if name, ok := v.Export().(string); ok {
			for i, c := range rows.Columns {
				if c.Name == name {
					return i
				}
			}
			h.throw("Given column name/index does not exist: %s", name)
		}
	}
	h.column(rows, int(v.ToInteger()))
	return int(v.ToInteger()) - 1
}

// value is a column's value as the code gets it.
func (h *host) value(c Cell, column warehouse.Column) goja.Value {
	switch v := c.Value.(type) {
	case nil:
		return goja.Null()
	case []byte:
		o, err := h.vm.New(h.bytes, h.vm.ToValue(h.vm.NewArrayBuffer(v)))
		h.must(err)
		return o
	case time.Time:
		return h.sfDate(v, column)
	case string:
		if t := column.Type; t == warehouse.Variant || t == warehouse.Object || t == warehouse.Array {
			parsed, err := h.parse(goja.Undefined(), h.vm.ToValue(v))
			h.must(err)
			return parsed
		}
	}
	return h.vm.ToValue(c.Value)
}

// sfDate is a Date, and for a timestamp with what an SfDate has besides.
func (h *host) sfDate(t time.Time, column warehouse.Column) goja.Value {
	if column.Type == warehouse.Date || column.Type == warehouse.TimestampNTZ { // what a clock shows
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), h.zone)
	}
	o, err := h.vm.New(h.date, h.vm.ToValue(t.UnixMilli()))
	h.must(err)
	if column.Type == warehouse.Date {
		return o
	}
	_, ahead := t.Zone()
	for name, member := range map[string]any{
		"getEpochSeconds": func() int64 { return t.Unix() }, "getNanoSeconds": func() int { return t.Nanosecond() },
		"getScale": func() int { return column.Precision }, "getTimezone": func() int { return ahead / 60 },
	} {
		h.must(o.DefineDataProperty(name, h.vm.ToValue(member), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	}
	return o
}
