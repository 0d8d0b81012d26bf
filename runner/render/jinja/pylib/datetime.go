package pylib

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A class makes values.
type class struct {
	name string
	make jinja.Func
}

// Call makes one.
func (c *class) Call(a *jinja.Args) (any, error) { return c.make(a) }

// GetAttr is a class method.
func (c *class) GetAttr(name string) (any, bool) {
	switch {
	case c.name == "datetime" && (name == "now" || name == "utcnow" || name == "today"):
		return jinja.Func(func(*jinja.Args) (any, error) { return &moment{t: time.Now().UTC(), full: true}, nil }), true
	case c.name == "date" && name == "today":
		return jinja.Func(func(*jinja.Args) (any, error) { return &moment{t: day(time.Now().UTC()), full: false}, nil }), true
	case c.name == "datetime" && name == "strptime":
		return jinja.Func(strptime), true
	case name == "fromisoformat":
		return jinja.Func(func(a *jinja.Args) (any, error) { return fromISO(c.name, a.Str(0, "date_string", "")) }), true
	}
	return nil, false
}

// A moment is a Python date or datetime.
type moment struct {
	t    time.Time
	full bool // has a time of day
	// aware is whether it knows its time zone, t's.
	aware bool
}

// Date is a day as Python's datetime.date.
func Date(t time.Time) any { return &moment{t: day(t)} }

// Datetime is a moment as Python's datetime.datetime, in a zone if one is
// given.
func Datetime(t time.Time, zone *time.Location) any {
	if zone == nil {
		return &moment{t: t.UTC(), full: true}
	}
	return &moment{t: t.In(zone), full: true, aware: true}
}

func day(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }

func newDate(a *jinja.Args) (any, error) {
	y, m, d := a.Int(0, "year", 0), a.Int(1, "month", 0), a.Int(2, "day", 0)
	return checked(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), y, m, d, false)
}

func newDatetime(a *jinja.Args) (any, error) {
	y, m, d := a.Int(0, "year", 0), a.Int(1, "month", 0), a.Int(2, "day", 0)
	h, mi, s, us := a.Int(3, "hour", 0), a.Int(4, "minute", 0), a.Int(5, "second", 0), a.Int(6, "microsecond", 0)
	if h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59 || us < 0 || us > 999_999 {
		return nil, fmt.Errorf("ValueError: time %02d:%02d:%02d is out of range", h, mi, s)
	}
	return checked(time.Date(y, time.Month(m), d, h, mi, s, us*1000, time.UTC), y, m, d, true)
}

func checked(t time.Time, y, m, d int, full bool) (any, error) {
	if t.Year() != y || int(t.Month()) != m || t.Day() != d || y < 1 || y > 9999 {
		return nil, fmt.Errorf("ValueError: there is no day %04d-%02d-%02d", y, m, d)
	}
	return &moment{t: t, full: full}, nil
}

// String is the moment as Python's str has it.
func (m *moment) String() string { return m.iso(" ") }

func (m *moment) iso(sep string) string {
	if !m.full {
		return m.t.Format(time.DateOnly)
	}
	text := m.t.Format("2006-01-02") + sep + m.t.Format("15:04:05")
	if us := m.t.Nanosecond() / 1000; us != 0 {
		text += fmt.Sprintf(".%06d", us)
	}
	if m.aware {
		text += m.t.Format("-07:00")
	}
	return text
}

// HashKey makes moments keys of a dict.
func (m *moment) HashKey() any { return m.String() }

// TypeName is the Python type.
func (m *moment) TypeName() string {
	if m.full {
		return "datetime.datetime"
	}
	return "datetime.date"
}

// Cmp compares moments of one type.
func (m *moment) Cmp(other any) (int, bool) {
	o, ok := other.(*moment)
	if !ok || o.full != m.full || o.aware != m.aware {
		return 0, false
	}
	return m.t.Compare(o.t), true
}

// ofClock are what a date does not have.
var ofClock = []string{"hour", "minute", "second", "microsecond", "tzinfo", "date", "time", "timestamp", "astimezone"}

// GetAttr is a part of the moment or one of its methods.
func (m *moment) GetAttr(name string) (any, bool) {
	if !m.full && slices.Contains(ofClock, name) {
		return nil, false
	}
	parts := map[string]int{
		"year": m.t.Year(), "month": int(m.t.Month()), "day": m.t.Day(),
		"hour": m.t.Hour(), "minute": m.t.Minute(), "second": m.t.Second(), "microsecond": m.t.Nanosecond() / 1000,
	}
	if v, ok := parts[name]; ok {
		return int64(v), true
	}
	if name == "tzinfo" {
		if m.aware {
			return &zone{m.t.Location()}, true
		}
		return nil, true
	}
	methods := map[string]jinja.Func{
		"isoformat":   func(a *jinja.Args) (any, error) { return m.iso(a.Str(0, "sep", "T")), nil },
		"strftime":    func(a *jinja.Args) (any, error) { return m.strftime(a.Str(0, "format", "")) },
		"date":        func(*jinja.Args) (any, error) { return &moment{t: day(m.t), full: false}, nil },
		"weekday":     func(*jinja.Args) (any, error) { return int64(isoWeekday(m.t) - 1), nil },
		"isoweekday":  func(*jinja.Args) (any, error) { return int64(isoWeekday(m.t)), nil },
		"isocalendar": m.isocalendar,
		"toordinal":   func(*jinja.Args) (any, error) { return (day(m.t).Unix()-dayOne.Unix())/86400 + 1, nil },
		"replace":     m.replace,
		"time":        func(*jinja.Args) (any, error) { return m.t.Format("15:04:05"), nil },
		"timestamp":   func(*jinja.Args) (any, error) { return float64(m.t.UnixMicro()) / 1e6, nil },
		"astimezone":  m.astimezone,
	}
	f, ok := methods[name]
	return f, ok
}

func (m *moment) replace(a *jinja.Args) (any, error) {
	y, mo, d := a.Int(0, "year", m.t.Year()), a.Int(1, "month", int(m.t.Month())), a.Int(2, "day", m.t.Day())
	t := time.Date(y, time.Month(mo), d, a.Int(3, "hour", m.t.Hour()), a.Int(4, "minute", m.t.Minute()),
		a.Int(5, "second", m.t.Second()), a.Int(6, "microsecond", m.t.Nanosecond()/1000)*1000, m.t.Location())
	if _, err := checked(t, y, mo, d, m.full); err != nil {
		return nil, err
	}
	out := &moment{t: t, full: m.full, aware: m.aware}
	if !a.Has(7, "tzinfo") {
		return out, nil
	}
	switch z := a.Arg(7, "tzinfo", nil).(type) {
	case nil:
		return &moment{t: in(t, time.UTC), full: m.full}, nil
	case *zone:
		return &moment{t: in(t, z.Location), full: m.full, aware: true}, nil
	}
	return nil, fmt.Errorf("TypeError: tzinfo argument must be None or of a tzinfo subclass, such as modules.pytz.utc")
}

// in is what a clock shows, in a zone.
func in(t time.Time, loc *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc)
}

// dayOne is the day that Python counts as 1.
var dayOne = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)

func (m *moment) isocalendar(*jinja.Args) (any, error) {
	year, week := m.t.ISOWeek()
	return value.Named([]string{"year", "week", "weekday"}, int64(year), int64(week), int64(isoWeekday(m.t))), nil
}

// BinOp adds and takes away spans of time.
func (m *moment) BinOp(op string, other any) (any, bool) {
	switch o := other.(type) {
	case *span:
		if op == "+" {
			return m.plus(o.d), true
		}
		if op == "-" {
			return m.plus(-o.d), true
		}
	case *moment:
		if op == "-" && o.full == m.full {
			return &span{m.t.Sub(o.t)}, true
		}
	}
	return nil, false
}

func (m *moment) plus(d time.Duration) *moment {
	if !m.full {
		d = d.Truncate(24 * time.Hour)
	}
	return &moment{t: m.t.Add(d), full: m.full, aware: m.aware}
}

// A span is a Python timedelta.
type span struct{ d time.Duration }

func newTimedelta(a *jinja.Args) (any, error) {
	units := []struct {
		name string
		unit time.Duration
	}{
		{"days", 24 * time.Hour}, {"seconds", time.Second}, {"microseconds", time.Microsecond},
		{"milliseconds", time.Millisecond}, {"minutes", time.Minute}, {"hours", time.Hour}, {"weeks", 7 * 24 * time.Hour},
	}
	total := 0.0
	for i, u := range units {
		f, ok := value.Float(a.Arg(i, u.name, int64(0)))
		if !ok {
			return nil, fmt.Errorf("TypeError: timedelta %s must be a number", u.name)
		}
		total += f * float64(u.unit)
	}
	if total > 1<<62 || total < -1<<62 {
		return nil, fmt.Errorf("OverflowError: timedelta of over 146 years")
	}
	return &span{time.Duration(total)}, nil
}

// String is the span as Python's str has it.
func (s *span) String() string {
	days := int64(s.d / (24 * time.Hour))
	rest := s.d % (24 * time.Hour)
	if rest < 0 {
		days, rest = days-1, rest+24*time.Hour
	}
	text := fmt.Sprintf("%d:%02d:%02d", int(rest.Hours()), int(rest.Minutes())%60, int(rest.Seconds())%60)
	if us := rest % time.Second / time.Microsecond; us != 0 {
		text += fmt.Sprintf(".%06d", us)
	}
	switch days {
	case 0:
		return text
	case 1, -1:
		return fmt.Sprintf("%d day, %s", days, text)
	}
	return fmt.Sprintf("%d days, %s", days, text)
}

// TypeName is the Python type.
func (s *span) TypeName() string { return "datetime.timedelta" }

// Cmp compares spans.
func (s *span) Cmp(other any) (int, bool) {
	o, ok := other.(*span)
	if !ok {
		return 0, false
	}
	return cmp.Compare(s.d, o.d), true
}

// HashKey makes spans keys of a dict.
func (s *span) HashKey() any { return s.d }

// GetAttr is a part of the span.
func (s *span) GetAttr(name string) (any, bool) {
	switch name {
	case "days":
		days := s.d / (24 * time.Hour)
		if s.d%(24*time.Hour) < 0 {
			days--
		}
		return int64(days), true
	case "seconds":
		return int64((s.d%(24*time.Hour) + 24*time.Hour) % (24 * time.Hour) / time.Second), true
	case "microseconds":
		return int64((s.d%time.Second + time.Second) % time.Second / time.Microsecond), true
	case "total_seconds":
		return jinja.Func(func(*jinja.Args) (any, error) { return s.d.Seconds(), nil }), true
	}
	return nil, false
}

// BinOp adds spans, and multiplies and divides them.
func (s *span) BinOp(op string, other any) (any, bool) {
	switch o := other.(type) {
	case *span:
		switch {
		case op == "+":
			return &span{s.d + o.d}, true
		case op == "-":
			return &span{s.d - o.d}, true
		case op == "/" && o.d != 0:
			return float64(s.d) / float64(o.d), true
		}
	case *moment:
		if op == "+" {
			return o.plus(s.d), true
		}
	}
	f, ok := value.Float(other)
	switch {
	case !ok:
	case op == "*" && math.Abs(f*float64(s.d)) < 1<<62:
		return &span{time.Duration(f * float64(s.d))}, true
	case op == "/" && f != 0:
		return &span{time.Duration(float64(s.d) / f)}, true
	}
	return nil, false
}
