package javascript_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/javascript"
)

func call(t *testing.T, p javascript.Program, args string) (string, error) {
	t.Helper()
	if p.Zone == "" {
		p.Zone = "UTC"
	}
	p.Name = "F"
	f, err := javascript.Load(p.Encode())
	if err != nil {
		return "", err
	}
	out, err := f.Call([][]byte{[]byte(args)})
	if err != nil {
		return "", err
	}
	if out[0] == nil {
		return "NULL", nil
	}
	return string(out[0]), nil
}

// TestResults converts results to the type that was promised, as JavaScript does.
func TestResults(t *testing.T) {
	for _, c := range []struct {
		result     warehouse.Type
		body, want string
	}{
		{warehouse.Varchar, "return 1.5", "1.5"},
		{warehouse.Varchar, "return {}", "[object Object]"},
		{warehouse.Varchar, "return null", "NULL"},
		{warehouse.Varchar, "", "NULL"},
		{warehouse.Float, "return '2.5'", "2.5"},
		{warehouse.Float, "return 'x'", "nan"},
		{warehouse.Float, "return -1/0", "-Inf"},
		{warehouse.Boolean, "return 'x'", "true"},
		{warehouse.Binary, "return new Uint8Array([0, 255])", "00ff"},
		{warehouse.Variant, "return null", "null"},
		{warehouse.Variant, "return {b: [1, 2.50], a: undefined, c: null}", `{"b":[1,2.5],"c":null}`},
		{warehouse.Array, "return [1, 'x']", `[1,"x"]`},
		{warehouse.TimestampNTZ, "return new Date(2024, 0, 31, 12)", "2024-01-31 12:00:00.000"},
	} {
		if got, err := call(t, javascript.Program{Result: c.result, Body: c.body}, "[]"); err != nil || got != c.want {
			t.Errorf("%s of %s: %q (%v), want %q", c.result, c.body, got, err, c.want)
		}
	}
	for _, c := range []struct {
		result warehouse.Type
		body   string
	}{
		{warehouse.Array, "return {}"}, {warehouse.Object, "return [1]"}, {warehouse.Date, "return 'x'"}, {warehouse.Binary, "return 'x'"},
		{warehouse.Varchar, "return {toString() { throw 'no' }}"}, {warehouse.Date, "return new Date(NaN)"},
	} {
		if got, err := call(t, javascript.Program{Result: c.result, Body: c.body}, "[]"); err == nil {
			t.Errorf("%s of %s: %q, want an error", c.result, c.body, got)
		}
	}
}

// TestDatesAreOfTheSession runs in whatever zone the process is in.
func TestDatesAreOfTheSession(t *testing.T) {
	was := time.Local
	defer func() { time.Local = was }()
	for _, process := range []string{"UTC", "America/New_York", "Asia/Kathmandu"} {
		loc, err := time.LoadLocation(process)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = loc
		for _, c := range []struct{ zone, body, want string }{
			{"UTC", "return D.getHours()", "0"},
			{"America/Los_Angeles", "return D.getDate() + ' ' + D.getHours() + ' ' + D.getTimezoneOffset()", "30 16 480"},
			{"America/Los_Angeles", "return D", "Tue Jan 30 2024 16:00:00 GMT-0800"},
			{"America/Los_Angeles", "return new Date(2024, 6, 1).toISOString()", "2024-07-01T07:00:00.000Z"},
			{"America/Los_Angeles", "return new Date('2024-07-01T00:00:00').toISOString()", "2024-07-01T07:00:00.000Z"},
			{"America/Los_Angeles", "return new Date('2024-07-01').toISOString()", "2024-07-01T00:00:00.000Z"},
			{"America/Los_Angeles", "return new Date('2024-07-01T00:00:00Z').toISOString()", "2024-07-01T00:00:00.000Z"},
			{"America/Los_Angeles", "return new Date('Jul 1, 2024').toISOString()", "2024-07-01T07:00:00.000Z"},
			{"Asia/Tokyo", "D.setHours(3, 30); return D.toISOString()", "2024-01-30T18:30:00.000Z"},
			{"Asia/Tokyo", "D.setMonth(5); return D.toDateString() + (D instanceof Date) + (D.constructor === Date)", "Mon Jul 01 2024truetrue"},
			{"UTC", "class E extends Date { x() { return this.getFullYear() } } return new E(0).x()", "1970"},
			{"UTC", "return new Date(NaN)", "Invalid Date"},
			{"UTC", "return JSON.stringify(new Date(new Date(1)))", `"1970-01-01T00:00:00.001Z"`},
		} {
			p := javascript.Program{Params: []string{"D"}, Types: []warehouse.Type{warehouse.TimestampLTZ}, Result: warehouse.Varchar, Zone: c.zone, Body: c.body}
			if got, err := call(t, p, `["1706659200000"]`); err != nil || got != c.want {
				t.Errorf("in %s, process in %s: %s: %q (%v), want %q", c.zone, process, c.body, got, err, c.want)
			}
		}
	}
}

// TestErrors are what a user reads.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		body string
		code int
		want string
	}{
		{"return 1\n  + nosuch;", 100132, "JavaScript execution error: Uncaught ReferenceError: nosuch is not defined in F at '  + nosuch;' position 4\nstackstrace: \nF line: 2"},
		{"throw 'no'", 100132, "JavaScript execution error: Uncaught no in F at 'throw 'no'' position 0\nstackstrace: \nF line: 1"},
		{"return (", 100131, "JavaScript compilation error: Uncaught SyntaxError: "},
		{"return eval('1')", 100132, "JavaScript execution error: Uncaught EvalError: Code generation from strings disallowed for this context"},
		{"return Function('return 1')()", 100132, "JavaScript execution error: Uncaught EvalError: "},
		{"function f() { return f() } return f()", 100132, "JavaScript execution error: Uncaught RangeError: Maximum call stack size exceeded"},
		{"const f = (x) => [x].map(f); return f(1)", 100132, "JavaScript execution error: Uncaught RangeError: Maximum call stack size exceeded"},
		{"return JSON.parse('['.repeat(10000000))", 100132, "JavaScript execution error: Uncaught RangeError: Maximum call stack size exceeded"},
		{"return " + strings.Repeat(" ", 200000), 100131, "JavaScript compilation error: the code of F has"},
		{"return require('fs')", 100132, "JavaScript execution error: Uncaught ReferenceError: require is not defined"},
	} {
		_, err := call(t, javascript.Program{Result: warehouse.Float, Body: c.body}, "[]")
		var e *javascript.Error
		if !errors.As(err, &e) || e.Code != c.code || !strings.HasPrefix(e.Message, c.want) {
			t.Errorf("%s:\n%v\nwant %d %s", c.body, err, c.code, c.want)
		}
	}
}

// TestInterrupt ends code that would never end.
func TestInterrupt(t *testing.T) {
	for _, body := range []string{"for (;;) try { for (;;); } catch (e) {}", "let a = []; for (let i = 0; i < 60000; i++) a = [a]; return JSON.stringify(a).length"} {
		p := javascript.Program{Name: "F", Result: warehouse.Float, Zone: "UTC", Body: body}
		f, err := javascript.Load(p.Encode())
		if err != nil {
			t.Fatal(err)
		}
		why, began := errors.New("enough"), time.Now()
		time.AfterFunc(50*time.Millisecond, func() { f.Interrupt(why) })
		if _, err := f.Call([][]byte{[]byte("[]")}); !errors.Is(err, why) || time.Since(began) > 20*time.Second {
			t.Errorf("%s: %v after %v, want %v", body, err, time.Since(began), why)
		}
	}
}
