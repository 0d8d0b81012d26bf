package pylib

import (
	"fmt"
	"time"
	_ "time/tzdata" // the zones, where the system has none

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A zone is a time zone of Python's pytz.
type zone struct{ *time.Location }

func timezone(a *jinja.Args) (any, error) {
	name := a.Str(0, "zone", "")
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("UnknownTimeZoneError: %s", value.Repr(name))
	}
	return &zone{loc}, nil
}

// GetAttr is a fact about the zone or localize, which puts a moment into it.
func (z *zone) GetAttr(name string) (any, bool) {
	switch name {
	case "zone":
		return z.String(), true
	case "localize":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			m, ok := a.Arg(0, "dt", nil).(*moment)
			if !ok || !m.full || m.aware {
				return nil, fmt.Errorf("ValueError: localize() takes a datetime without a zone")
			}
			return &moment{t: in(m.t, z.Location), full: true, aware: true}, nil
		}), true
	}
	return nil, false
}

// TypeName is the Python type.
func (z *zone) TypeName() string { return "pytz.timezone" }

// astimezone is the same moment in another zone.
func (m *moment) astimezone(a *jinja.Args) (any, error) {
	z, ok := a.Arg(0, "tz", nil).(*zone)
	if !ok || !m.full {
		return nil, fmt.Errorf("TypeError: astimezone() takes a zone such as modules.pytz.timezone('Europe/Paris')")
	}
	return &moment{t: m.t.In(z.Location), full: true, aware: true}, nil
}
