package pylib

import (
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// directives are strftime's in Go's layouts.
var directives = map[byte]string{
	'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'y': "06", 'B': "January", 'b': "Jan",
	'A': "Monday", 'a': "Mon", 'j': "002", 'I': "03", 'p': "PM", 'f': ".000000", 'F': "2006-01-02", 'T': "15:04:05",
	'h': "Jan", 'e': "_2", 'D': "01/02/06", 'R': "15:04", 'c': "Mon Jan _2 15:04:05 2006", 'x': "01/02/06", 'X': "15:04:05",
}

// computed are those that Go has no layout for.
var computed = map[byte]func(m *moment) string{
	'w': func(m *moment) string { return fmt.Sprint(int(m.t.Weekday())) },
	'u': func(m *moment) string { return fmt.Sprint(isoWeekday(m.t)) },
	'V': func(m *moment) string { _, week := m.t.ISOWeek(); return fmt.Sprintf("%02d", week) },
	'G': func(m *moment) string { year, _ := m.t.ISOWeek(); return fmt.Sprint(year) },
	'U': func(m *moment) string { return fmt.Sprintf("%02d", (m.t.YearDay()+6-int(m.t.Weekday()))/7) },
	'W': func(m *moment) string { return fmt.Sprintf("%02d", (m.t.YearDay()+7-isoWeekday(m.t))/7) },
	's': func(m *moment) string { return fmt.Sprint(m.t.Unix()) },
	'z': func(m *moment) string { return m.zoned("-0700") },
	'Z': func(m *moment) string { return m.zoned("MST") },
	'n': func(*moment) string { return "\n" },
	't': func(*moment) string { return "\t" },
	'%': func(*moment) string { return "%" },
}

// zoned is a fact about the moment's zone, "" where it knows none.
func (m *moment) zoned(layout string) string {
	if !m.aware {
		return ""
	}
	return m.t.Format(layout)
}

func isoWeekday(t time.Time) int { return int(t.Weekday()+6)%7 + 1 }

func (m *moment) strftime(format string) (any, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		bare := format[i] == '-' && i+1 < len(format) // without zeros in front, as the C library has it
		if bare {
			i++
		}
		text, ok := m.directive(format[i])
		if !ok {
			return nil, fmt.Errorf("strftime directive %%%c is not supported yet", format[i])
		}
		if bare && len(text) > 1 {
			text = strings.TrimLeft(text[:len(text)-1], "0 ") + text[len(text)-1:]
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (m *moment) directive(c byte) (string, bool) {
	if f, ok := computed[c]; ok {
		return f(m), true
	}
	layout, ok := directives[c]
	return strings.TrimPrefix(m.t.Format(layout), "."), ok
}

// parsed are strptime's directives in Go's layouts.
var parsed = strings.NewReplacer("%Y", "2006", "%m", "1", "%d", "2", "%H", "15", "%M", "4", "%S", "5", "%y", "06", "%B", "January", "%b", "Jan",
	"%A", "Monday", "%a", "Mon", "%j", "002", "%I", "3", "%p", "PM", ".%f", ".999999", "%z", "-0700", "%Z", "MST", "%%", "%")

func strptime(a *jinja.Args) (any, error) {
	text, format := a.Str(0, "date_string", ""), a.Str(1, "format", "")
	layout := parsed.Replace(format)
	if strings.Contains(strings.ReplaceAll(format, "%%", ""), "%") && strings.Contains(layout, "%") {
		return nil, fmt.Errorf("strptime format %s is not supported yet", value.Repr(format))
	}
	t, err := time.Parse(layout, text)
	zoned := strings.Contains(format, "%z")
	if err != nil && zoned { // Python takes +0100, +01:00 and Z
		t, err = time.Parse(strings.ReplaceAll(layout, "-0700", "Z07:00"), text)
	}
	if err != nil {
		return nil, fmt.Errorf("ValueError: time data %s does not match format %s", value.Repr(text), value.Repr(format))
	}
	return &moment{t: t, full: true, aware: zoned}, nil
}

// isoDates and isoTimes are the forms that fromisoformat takes, of each part.
var (
	isoDates = []string{"2006-01-02", "20060102"}
	isoTimes = []string{"15:04:05.999999", "15:04", "150405", "1504", "15"}
	isoZones = []string{"", "Z07:00", "-0700", "-07"}
)

func fromISO(class, s string) (any, error) {
	for _, date := range isoDates {
		if t, err := time.Parse(date, s); err == nil {
			return &moment{t: t, full: class == "datetime"}, nil
		}
		if class == "date" || len(s) < len(date)+2 {
			continue
		}
		for _, clock := range isoTimes {
			for _, zone := range isoZones {
				if t, err := time.Parse(date+clock+zone, s[:len(date)]+s[len(date)+1:]); err == nil { // any letter may part them
					return &moment{t: t, full: true, aware: zone != ""}, nil
				}
			}
		}
	}
	return nil, fmt.Errorf("ValueError: Invalid isoformat string: %s", value.Repr(s))
}
