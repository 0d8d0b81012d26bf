package javascript

import (
	_ "embed"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/dop251/goja"
)

// deepest is how deep calls may lie in one another.
const deepest = 5000

//go:embed prelude.js
var preludeJS string

var prelude = sync.OnceValue(func() *goja.Program { return goja.MustCompile("prelude.js", preludeJS, true) })

// A machine is one program in a runtime of its own.
type machine struct {
	*Program
	vm   *goja.Runtime
	code goja.Callable

	date, bytes      goja.Value // their constructors
	parse, stringify goja.Callable
}

// start makes the machine of a program. given are more names that its code sees.
func start(p *Program, given map[string]any) (*machine, error) {
	prg, err := p.compile()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return nil, err
	}
	m := &machine{Program: p, vm: goja.New()}
	m.vm.SetMaxCallStackSize(deepest)
	m.furnish(zone)
	for name, value := range given {
		if err := m.vm.Set(name, value); err != nil {
			return nil, err
		}
	}
	code, err := m.vm.RunProgram(prg)
	if err != nil {
		return nil, p.thrown(err)
	}
	var ok bool
	if m.code, ok = goja.AssertFunction(code); !ok {
		return nil, failure("the code of %s is no function", p.Name)
	}
	return m, nil
}

// furnish makes the language what it is on Snowflake, before any code of a user's
// is there.
func (m *machine) furnish(zone *time.Location) {
	shim, err := m.vm.RunProgram(prelude())
	m.must(err)
	install, _ := goja.AssertFunction(shim)
	_, err = install(goja.Undefined(), m.vm.ToValue(func(ms float64) float64 { return offset(zone, ms) }),
		m.vm.ToValue(func(ms float64) float64 { return toUTC(zone, ms) }))
	m.must(err)
	m.date, m.bytes = m.vm.Get("Date"), m.vm.Get("Uint8Array")
	json := m.vm.Get("JSON").ToObject(m.vm)
	m.parse, _ = goja.AssertFunction(json.Get("parse"))
	m.stringify, _ = goja.AssertFunction(json.Get("stringify"))
}

// must is for what fails only if this package is wrong.
func (m *machine) must(err error) {
	if err != nil {
		panic(err)
	}
}

// offset is how far zone is ahead of UTC at a moment, both in milliseconds.
func offset(zone *time.Location, ms float64) float64 {
	if math.IsNaN(ms) || math.Abs(ms) > 8.64e15 {
		return math.NaN()
	}
	_, seconds := time.UnixMilli(int64(ms)).In(zone).Zone()
	return float64(seconds) * 1000
}

// toUTC is the moment at which clocks in zone show what a UTC clock shows at ms.
func toUTC(zone *time.Location, ms float64) float64 {
	if math.IsNaN(ms) || math.Abs(ms) > 8.64e15 {
		return math.NaN()
	}
	t := time.UnixMilli(int64(ms)).UTC()
	return float64(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone).UnixMilli())
}

// call runs the code once.
func (m *machine) call(args []goja.Value) (goja.Value, error) {
	v, err := m.code(goja.Undefined(), args...)
	if err != nil {
		return nil, m.thrown(err)
	}
	return v, nil
}

// throw ends the code that called into Go with err, which it may catch.
func (m *machine) throw(err error) {
	panic(m.vm.NewGoError(err))
}

var errNoDate = errors.New("no Date")

// moment is the time of a Date.
func (m *machine) moment(v goja.Value) (time.Time, error) {
	if o, ok := v.(*goja.Object); ok && o.ClassName() == "Date" {
		if t, ok := o.Export().(time.Time); ok {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errNoDate
}
