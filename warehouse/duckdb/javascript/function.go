package javascript

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/dop251/goja"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

// A Function is a program that is called row by row, by one goroutine at a time.
// What its code keeps in global variables stays from call to call.
type Function struct {
	program *Program
	m       *machine // nil before the first call
	once    sync.Once
	ended   chan struct{}
	why     error // set when ended is closed
}

// Load makes a function of what [Program.Encode] wrote.
func Load(text string) (*Function, error) {
	f := &Function{program: &Program{}, ended: make(chan struct{})}
	if err := json.Unmarshal([]byte(text), f.program); err != nil {
		return nil, fmt.Errorf("a function in JavaScript: %w", err)
	}
	return f, nil
}

// Interrupt ends what runs with why as its error, and all that would run later. It
// may be called at any time, by anybody and more than once.
func (f *Function) Interrupt(why error) {
	f.once.Do(func() {
		f.why = why
		close(f.ended)
	})
}

// Call runs the function for rows, until one fails, and gives a result for each.
// A row's arguments are a JSON array of texts and nulls, as [Program.Types] say: a
// number, true or false, hexadecimal digits, milliseconds since 1970, JSON, or the
// text itself. So is a result, but that a Date is written as a timestamp in UTC; one
// that is nil is a null. Code that cannot be read, and what it threw, is an
// [*Error].
func (f *Function) Call(rows [][]byte) (results [][]byte, err error) {
	err = apart(f.ended, func() error { return f.why }, func() (err error) {
		results, err = f.callAll(rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (f *Function) callAll(rows [][]byte) (results [][]byte, err error) {
	if f.m == nil {
		if f.m, err = start(f.program); err != nil {
			return nil, err
		}
	}
	listening := make(chan struct{})
	defer close(listening)
	go func(m *machine) {
		select {
		case <-f.ended:
			m.vm.Interrupt(f.why)
		case <-listening:
		}
	}(f.m)
	results = make([][]byte, len(rows))
	for i, args := range rows {
		out, ok, err := f.m.run([]byte{}, args)
		if err != nil {
			return nil, err
		}
		if ok {
			results[i] = out
		}
	}
	return results, nil
}

// run calls the code with arguments that are text, and appends its result.
func (m *machine) run(dst, args []byte) (out []byte, ok bool, err error) {
	var texts []*string
	if err := json.Unmarshal(args, &texts); err != nil {
		return nil, false, fmt.Errorf("arguments of %s: %w", m.Name, err)
	}
	values := make([]goja.Value, len(texts))
	for i, t := range texts {
		if t == nil && m.Strict {
			return nil, false, nil
		}
		if values[i], err = m.argument(m.Types[i], t); err != nil {
			return nil, false, err
		}
	}
	v, err := m.call(values)
	if err != nil {
		return nil, false, err
	}
	return m.result(dst, v)
}

// argument is a value as the code gets it; a null of SQL is undefined.
func (m *machine) argument(t warehouse.Type, text *string) (goja.Value, error) {
	if text == nil {
		return goja.Undefined(), nil
	}
	switch t {
	case warehouse.Float:
		x, err := strconv.ParseFloat(*text, 64)
		return m.vm.ToValue(x), err
	case warehouse.Boolean:
		return m.vm.ToValue(*text == "true"), nil
	case warehouse.Binary:
		data, err := hex.DecodeString(*text)
		if err != nil {
			return nil, err
		}
		return m.vm.New(m.bytes, m.vm.ToValue(m.vm.NewArrayBuffer(data)))
	case warehouse.Variant, warehouse.Object, warehouse.Array:
		v, err := m.parse(goja.Undefined(), m.vm.ToValue(string(variant.JSON(nil, []byte(*text)))))
		if err != nil {
			return nil, m.thrown(err)
		}
		return v, nil
	}
	if IsTime(t) {
		ms, err := strconv.ParseFloat(*text, 64)
		if err != nil {
			return nil, err
		}
		return m.vm.New(m.date, m.vm.ToValue(ms))
	}
	return m.vm.ToValue(*text), nil
}

// result is a value that the code gave, as text of the type that was promised: it
// is converted as JavaScript converts it, and may throw meanwhile.
func (m *machine) result(dst []byte, v goja.Value) (out []byte, ok bool, err error) {
	if goja.IsUndefined(v) || goja.IsNull(v) && m.Result != warehouse.Variant {
		return nil, false, nil
	}
	err = m.guarded(func() error {
		out, ok, err = m.converted(dst, v)
		return err
	})
	return out, ok, err
}

// guarded runs what may run the code's own conversions.
func (m *machine) guarded(do func() error) (err error) {
	if thrown := m.vm.Try(func() { err = do() }); thrown != nil {
		return m.thrown(thrown)
	}
	return err
}

func (m *machine) converted(dst []byte, v goja.Value) ([]byte, bool, error) {
	switch m.Result {
	case warehouse.Varchar:
		return append(dst, v.String()...), true, nil
	case warehouse.Float:
		return appendFloat(dst, v.ToFloat()), true, nil
	case warehouse.Boolean:
		return strconv.AppendBool(dst, v.ToBoolean()), true, nil
	case warehouse.Binary:
		if data, ok := v.Export().([]byte); ok && v.ExportType() != nil {
			return hex.AppendEncode(dst, data), true, nil
		}
	case warehouse.Variant, warehouse.Object, warehouse.Array:
		return m.json(dst, v)
	default:
		if t, err := m.moment(v); err == nil {
			return t.AppendFormat(dst, "2006-01-02 15:04:05.000"), true, nil
		}
	}
	return nil, false, m.misfit(v)
}

// misfit refuses a value that is of no use as the result.
func (m *machine) misfit(v goja.Value) error {
	shown := v.String()
	if len(shown) > 200 {
		shown = strings.ToValidUTF8(shown[:200], "") + "…"
	}
	return failure("%s returned '%s', which is no %s", m.Name, shown, m.Result)
}

func appendFloat(dst []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(dst, "nan"...)
	case math.IsInf(x, 0):
		return append(dst, strings.TrimPrefix(strconv.FormatFloat(x, 'g', -1, 64), "+")...)
	}
	return strconv.AppendFloat(dst, x, 'g', -1, 64)
}

// json is a semi-structured result. Members that are undefined are left out.
func (m *machine) json(dst []byte, v goja.Value) ([]byte, bool, error) {
	o, isObject := v.(*goja.Object)
	if m.Result == warehouse.Array && !(isObject && o.ClassName() == "Array") || m.Result == warehouse.Object && !(isObject && o.ClassName() == "Object") {
		return nil, false, m.misfit(v)
	}
	text, err := m.stringify(goja.Undefined(), v)
	if err != nil {
		return nil, false, m.thrown(err)
	}
	if goja.IsUndefined(text) { // of a function, say
		return nil, false, nil
	}
	out, err := variant.Canonical(dst, []byte(text.String()))
	return out, err == nil, err
}
