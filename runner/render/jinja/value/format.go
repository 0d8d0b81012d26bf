package value

import (
	"fmt"
	"strconv"
	"strings"
)

// A Getter is x.name, or x[key] where key is not nil.
type Getter func(x any, name string, key any) (any, error)

// FormatFields is Python's format.format(*args, **kwargs).
func FormatFields(format string, args []any, kwargs *Dict, get Getter) (string, error) {
	f := &fields{args: args, kwargs: kwargs, get: get}
	return f.fill(format, 0)
}

// fields are what a format is filled in with.
type fields struct {
	args   []any
	kwargs *Dict
	get    Getter
	next   int // the argument for {}
}

func (f *fields) fill(format string, depth int) (string, error) {
	var b strings.Builder
	for format != "" {
		i := strings.IndexAny(format, "{}")
		if i < 0 {
			b.WriteString(format)
			break
		}
		b.WriteString(format[:i])
		c := format[i]
		format = format[i+1:]
		if format != "" && format[0] == c {
			b.WriteByte(c)
			format = format[1:]
			continue
		}
		if c == '}' {
			return "", fmt.Errorf("ValueError: Single '}' encountered in format string")
		}
		end := closing(format)
		if end < 0 || depth > 1 {
			return "", fmt.Errorf("ValueError: expected '}' before end of string")
		}
		text, err := f.field(format[:end], depth)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		if err := CheckText(int64(b.Len())); err != nil {
			return "", err
		}
		format = format[end+1:]
	}
	return b.String(), nil
}

// closing is where the brace that closes a field stands, or -1.
func closing(s string) int {
	open := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			open++
		case '}':
			if open == 0 {
				return i
			}
			open--
		}
	}
	return -1
}

// field fills in name!conversion:spec.
func (f *fields) field(text string, depth int) (string, error) {
	name, spec, _ := strings.Cut(text, ":")
	name, conversion, _ := strings.Cut(name, "!")
	v, err := f.value(name)
	if err != nil {
		return "", err
	}
	switch conversion {
	case "":
	case "s":
		v, err = Text(v)
	case "r", "a":
		v, err = ReprText(v)
	default:
		err = fmt.Errorf("ValueError: Unknown conversion specifier %s", conversion)
	}
	if err != nil {
		return "", err
	}
	if strings.Contains(spec, "{") {
		if spec, err = f.fill(spec, depth+1); err != nil {
			return "", err
		}
	}
	return Format(v, spec)
}

// value finds what a field names, such as 0.name[key].
func (f *fields) value(name string) (any, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	v, err := f.first(name[:end])
	for rest := name[end:]; err == nil && rest != ""; {
		if key, ok := strings.CutPrefix(rest, "["); ok {
			key, after, ok := strings.Cut(key, "]")
			if !ok {
				return nil, fmt.Errorf("ValueError: Missing ']' in format string")
			}
			rest = after
			v, err = f.item(v, key)
			continue
		}
		rest = rest[1:]
		n := strings.IndexAny(rest, ".[")
		if n < 0 {
			n = len(rest)
		}
		v, err = f.get(v, rest[:n], nil)
		rest = rest[n:]
	}
	return v, err
}

func (f *fields) item(v any, key string) (any, error) {
	if n, err := strconv.ParseInt(key, 10, 64); err == nil {
		return f.get(v, key, n)
	}
	return f.get(v, key, key)
}

func (f *fields) first(name string) (any, error) {
	i := f.next
	if name == "" {
		f.next++
	} else if n, err := strconv.Atoi(name); err == nil {
		i = n
	} else if v, ok := f.kwargs.Get(name); ok {
		return v, nil
	} else {
		return nil, fmt.Errorf("KeyError: %s", Repr(name))
	}
	if i < 0 || i >= len(f.args) {
		return nil, fmt.Errorf("IndexError: Replacement index %d out of range for positional args tuple", i)
	}
	return f.args[i], nil
}
