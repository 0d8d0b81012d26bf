package javascript

import (
	_ "embed"
	"errors"
	"fmt"
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
	zone *time.Location

	date, bytes      goja.Value // their constructors
	parse, stringify goja.Callable
}

// start makes the machine of a program.
func start(p *Program) (*machine, error) {
	prg, err := p.compile()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return nil, err
	}
	m := &machine{Program: p, vm: goja.New(), zone: zone}
	m.vm.SetMaxCallStackSize(deepest)
	m.furnish()
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
func (m *machine) furnish() {
	shim, err := m.vm.RunProgram(prelude())
	m.must(err)
	install, _ := goja.AssertFunction(shim)
	_, err = install(goja.Undefined(), m.vm.ToValue(func(ms float64) float64 { return offset(m.zone, ms) }),
		m.vm.ToValue(func(ms float64) float64 { return toUTC(m.zone, ms) }), m.vm.ToValue(tooDeep))
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

// tooDeep reports JSON whose brackets lie deeper than calls may.
func tooDeep(json string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(json); i++ {
		switch c := json[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		}
		if depth > deepest {
			return true
		}
	}
	return false
}

// patience is how long code may go on that is to end: what it calls of the engine
// may be long, and does not listen.
const patience = 2 * time.Second

// apart does something on a goroutine of its own, and waits no longer for it than
// patience once the code was told to end. What is left behind then ends by itself.
func apart(ended <-chan struct{}, why func() error, do func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- fmt.Errorf("JavaScript engine: %v", v)
			}
		}()
		done <- do()
	}()
	select {
	case err := <-done:
		return err
	case <-ended:
	}
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		return why()
	}
}

// call runs the code once.
func (m *machine) call(args []goja.Value) (goja.Value, error) {
	v, err := m.code(goja.Undefined(), args...)
	if err != nil {
		return nil, m.thrown(err)
	}
	return v, nil
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
