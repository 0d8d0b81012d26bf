package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func method(o any, name string) (any, bool) {
	switch x := o.(type) {
	case string:
		if m, ok := strMethods[name]; ok {
			return Func(func(a *Args) (any, error) { return m(x, a) }), true
		}
	case *List:
		if m, ok := listMethods[name]; ok {
			return Func(func(a *Args) (any, error) { return m(x, a) }), true
		}
	case *Dict:
		if m, ok := dictMethods[name]; ok {
			return Func(func(a *Args) (any, error) { return m(x, a) }), true
		}
	case float64:
		if name == "is_integer" {
			return Func(func(a *Args) (any, error) { return x == float64(int64(x)), nil }), true
		}
	}
	return nil, false
}

func all(s string, f func(rune) bool) bool {
	for _, r := range s {
		if !f(r) {
			return false
		}
	}
	return s != ""
}

func need(a *Args, n int, name string) error {
	if len(a.Pos) < n {
		return fmt.Errorf("TypeError: %s() takes at least %d argument(s)", name, n)
	}
	return nil
}

func strs(l []string) *List {
	o := &List{}
	for _, s := range l {
		o.Items = append(o.Items, s)
	}
	return o
}

func anyPrefix(v any, f func(string) bool) bool {
	if l, ok := v.(*List); ok {
		for _, e := range l.Items {
			if f(Str(e)) {
				return true
			}
		}
		return false
	}
	return f(Str(v))
}

var (
	strMethods  map[string]func(s string, a *Args) (any, error)
	listMethods map[string]func(l *List, a *Args) (any, error)
	dictMethods map[string]func(d *Dict, a *Args) (any, error)
)

func init() { strMethods, listMethods, dictMethods = mkStr, mkList, mkDict }

var mkStr = map[string]func(s string, a *Args) (any, error){
	"upper":      func(s string, a *Args) (any, error) { return strings.ToUpper(s), nil },
	"lower":      func(s string, a *Args) (any, error) { return strings.ToLower(s), nil },
	"casefold":   func(s string, a *Args) (any, error) { return strings.ToLower(s), nil },
	"title":      func(s string, a *Args) (any, error) { return pyTitle(s), nil },
	"capitalize": func(s string, a *Args) (any, error) { return capitalize(s), nil },
	"swapcase": func(s string, a *Args) (any, error) {
		return strings.Map(func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}, s), nil
	},
	"strip": func(s string, a *Args) (any, error) {
		if c := a.Arg(0, "chars", nil); c != nil {
			return strings.Trim(s, Str(c)), nil
		}
		return strings.TrimSpace(s), nil
	},
	"lstrip": func(s string, a *Args) (any, error) {
		if c := a.Arg(0, "chars", nil); c != nil {
			return strings.TrimLeft(s, Str(c)), nil
		}
		return strings.TrimLeftFunc(s, unicode.IsSpace), nil
	},
	"rstrip": func(s string, a *Args) (any, error) {
		if c := a.Arg(0, "chars", nil); c != nil {
			return strings.TrimRight(s, Str(c)), nil
		}
		return strings.TrimRightFunc(s, unicode.IsSpace), nil
	},
	"removeprefix": func(s string, a *Args) (any, error) { return strings.TrimPrefix(s, a.Str(0, "prefix", "")), nil },
	"removesuffix": func(s string, a *Args) (any, error) { return strings.TrimSuffix(s, a.Str(0, "suffix", "")), nil },
	"split": func(s string, a *Args) (any, error) {
		n := a.Int(1, "maxsplit", -1)
		sep := a.Arg(0, "sep", nil)
		if sep == nil {
			if n < 0 {
				return strs(strings.Fields(s)), nil
			}
			var out []string
			rest := strings.TrimLeftFunc(s, unicode.IsSpace)
			for n > 0 && rest != "" {
				i := strings.IndexFunc(rest, unicode.IsSpace)
				if i < 0 {
					break
				}
				out = append(out, rest[:i])
				rest = strings.TrimLeftFunc(rest[i:], unicode.IsSpace)
				n--
			}
			if rest != "" {
				out = append(out, rest)
			}
			return strs(out), nil
		}
		if n >= 0 {
			n++
		}
		return strs(strings.SplitN(s, Str(sep), n)), nil
	},
	"rsplit": func(s string, a *Args) (any, error) {
		n := a.Int(1, "maxsplit", -1)
		sep := a.Str(0, "sep", " ")
		p := strings.Split(s, sep)
		if n >= 0 && len(p) > n+1 {
			k := len(p) - n
			p = append([]string{strings.Join(p[:k], sep)}, p[k:]...)
		}
		return strs(p), nil
	},
	"splitlines": func(s string, a *Args) (any, error) {
		if s == "" {
			return NewList(), nil
		}
		return strs(strings.Split(strings.TrimSuffix(s, "\n"), "\n")), nil
	},
	"partition": func(s string, a *Args) (any, error) {
		x, y, ok := strings.Cut(s, a.Str(0, "sep", ""))
		if !ok {
			return tuple(s, "", ""), nil
		}
		return tuple(x, a.Str(0, "sep", ""), y), nil
	},
	"join": func(s string, a *Args) (any, error) {
		it, err := iterate(a.Arg(0, "iterable", nil))
		if err != nil {
			return nil, err
		}
		p := make([]string, len(it))
		for i, v := range it {
			t, ok := v.(string)
			if !ok {
				return nil, fmt.Errorf("TypeError: sequence item %d: expected str instance, %s found", i, typeName(v))
			}
			p[i] = t
		}
		return strings.Join(p, s), nil
	},
	"replace": func(s string, a *Args) (any, error) {
		if err := need(a, 2, "replace"); err != nil {
			return nil, err
		}
		return strings.Replace(s, Str(a.Pos[0]), Str(a.Pos[1]), a.Int(2, "count", -1)), nil
	},
	"startswith": func(s string, a *Args) (any, error) {
		return anyPrefix(a.Arg(0, "", nil), func(p string) bool { return strings.HasPrefix(s, p) }), nil
	},
	"endswith": func(s string, a *Args) (any, error) {
		return anyPrefix(a.Arg(0, "", nil), func(p string) bool { return strings.HasSuffix(s, p) }), nil
	},
	"find":  func(s string, a *Args) (any, error) { return runeIdx(s, strings.Index(s, a.Str(0, "", ""))), nil },
	"rfind": func(s string, a *Args) (any, error) { return runeIdx(s, strings.LastIndex(s, a.Str(0, "", ""))), nil },
	"index": func(s string, a *Args) (any, error) {
		i := strings.Index(s, a.Str(0, "", ""))
		if i < 0 {
			return nil, fmt.Errorf("ValueError: substring not found")
		}
		return runeIdx(s, i), nil
	},
	"count":     func(s string, a *Args) (any, error) { return int64(strings.Count(s, a.Str(0, "", ""))), nil },
	"isdigit":   func(s string, a *Args) (any, error) { return all(s, unicode.IsDigit), nil },
	"isnumeric": func(s string, a *Args) (any, error) { return all(s, unicode.IsNumber), nil },
	"isdecimal": func(s string, a *Args) (any, error) { return all(s, unicode.IsDigit), nil },
	"isalpha":   func(s string, a *Args) (any, error) { return all(s, unicode.IsLetter), nil },
	"isalnum": func(s string, a *Args) (any, error) {
		return all(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }), nil
	},
	"isspace": func(s string, a *Args) (any, error) { return all(s, unicode.IsSpace), nil },
	"isupper": func(s string, a *Args) (any, error) { return s == strings.ToUpper(s) && s != strings.ToLower(s), nil },
	"islower": func(s string, a *Args) (any, error) { return s == strings.ToLower(s) && s != strings.ToUpper(s), nil },
	"zfill": func(s string, a *Args) (any, error) {
		n := a.Int(0, "width", 0) - utf8.RuneCountInString(s)
		if n <= 0 {
			return s, nil
		}
		if s != "" && (s[0] == '-' || s[0] == '+') {
			return s[:1] + strings.Repeat("0", n) + s[1:], nil
		}
		return strings.Repeat("0", n) + s, nil
	},
	"ljust":  func(s string, a *Args) (any, error) { return pad(s, a, '<'), nil },
	"rjust":  func(s string, a *Args) (any, error) { return pad(s, a, '>'), nil },
	"center": func(s string, a *Args) (any, error) { return pad(s, a, '^'), nil },
	"format": func(s string, a *Args) (any, error) { return strFormat(s, a) },
	"encode": func(s string, a *Args) (any, error) { return s, nil },
}

func runeIdx(s string, i int) int64 {
	if i < 0 {
		return -1
	}
	return int64(utf8.RuneCountInString(s[:i]))
}

func pad(s string, a *Args, al byte) string {
	return align(s, a.Int(0, "width", 0), a.Str(1, "fillchar", " "), al)
}
func align(s string, w int, fill string, al byte) string {
	n := w - utf8.RuneCountInString(s)
	if n <= 0 {
		return s
	}
	switch al {
	case '<':
		return s + strings.Repeat(fill, n)
	case '>':
		return strings.Repeat(fill, n) + s
	}
	return strings.Repeat(fill, n/2) + s + strings.Repeat(fill, n-n/2)
}

// strFormat implements str.format with attribute/index access and common format specs.
func strFormat(s string, a *Args) (any, error) {
	var b strings.Builder
	auto := 0
	f := &frame{env: &Env{}}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			if i+1 < len(s) && s[i+1] == '{' {
				b.WriteByte('{')
				i++
				continue
			}
			e := strings.IndexByte(s[i:], '}')
			if e < 0 {
				return nil, fmt.Errorf("ValueError: expected '}' before end of string")
			}
			fld := s[i+1 : i+e]
			i += e
			spec, conv := "", byte(0)
			if k := strings.IndexByte(fld, ':'); k >= 0 {
				fld, spec = fld[:k], fld[k+1:]
			}
			if k := strings.IndexByte(fld, '!'); k >= 0 && k+1 < len(fld) {
				conv = fld[k+1]
				fld = fld[:k]
			}
			head := fld
			rest := ""
			if k := strings.IndexAny(fld, ".["); k >= 0 {
				head, rest = fld[:k], fld[k:]
			}
			var v any
			if head == "" {
				if auto >= len(a.Pos) {
					return nil, fmt.Errorf("IndexError: Replacement index %d out of range for positional args tuple", auto)
				}
				v = a.Pos[auto]
				auto++
			} else if n, err := strconv.Atoi(head); err == nil {
				if n >= len(a.Pos) {
					return nil, fmt.Errorf("IndexError: Replacement index %d out of range for positional args tuple", n)
				}
				v = a.Pos[n]
			} else {
				x, ok := a.Kw.Get(head)
				if !ok {
					return nil, fmt.Errorf("KeyError: '%s'", head)
				}
				v = x
			}
			for rest != "" {
				var err error
				if rest[0] == '.' {
					k := strings.IndexAny(rest[1:], ".[")
					n := rest[1:]
					rest = ""
					if k >= 0 {
						rest = n[k:]
						n = n[:k]
					}
					v, err = f.getAttr(v, n)
				} else {
					k := strings.IndexByte(rest, ']')
					if k < 0 {
						return nil, fmt.Errorf("ValueError: Missing ']' in format string")
					}
					key := rest[1:k]
					rest = rest[k+1:]
					if n, e := strconv.ParseInt(key, 10, 64); e == nil {
						v, err = f.getItem(v, n)
					} else {
						v, err = f.getItem(v, key)
					}
				}
				if err != nil {
					return nil, err
				}
			}
			if conv == 'r' {
				v = Repr(v)
			} else if conv == 's' {
				v = Str(v)
			}
			t, err := formatSpec(v, spec)
			if err != nil {
				return nil, err
			}
			b.WriteString(t)
		case '}':
			if i+1 < len(s) && s[i+1] == '}' {
				i++
			}
			b.WriteByte('}')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}

func formatSpec(v any, spec string) (string, error) {
	if spec == "" {
		return Str(v), nil
	}
	fill, al := " ", byte(0)
	r := []rune(spec)
	if len(r) > 1 && strings.ContainsRune("<>^=", r[1]) {
		fill, al = string(r[0]), byte(r[1])
		r = r[2:]
	} else if len(r) > 0 && strings.ContainsRune("<>^=", r[0]) {
		al = byte(r[0])
		r = r[1:]
	}
	p := string(r)
	sign := ""
	if p != "" && strings.ContainsRune("+- ", rune(p[0])) {
		sign, p = p[:1], p[1:]
	}
	if p != "" && p[0] == '0' {
		fill, al, p = "0", '=', p[1:]
	}
	w := 0
	for p != "" && isDigit(p[0]) {
		w = w*10 + int(p[0]-'0')
		p = p[1:]
	}
	comma := false
	if p != "" && (p[0] == ',' || p[0] == '_') {
		comma = true
		p = p[1:]
	}
	prec := -1
	if p != "" && p[0] == '.' {
		p = p[1:]
		prec = 0
		for p != "" && isDigit(p[0]) {
			prec = prec*10 + int(p[0]-'0')
			p = p[1:]
		}
	}
	fv, iv, isInt, isNum := num(v)
	_, isBool := v.(bool)
	out := ""
	switch {
	case p == "" && isNum && isInt && !isBool && prec < 0 || p == "d":
		if !isNum {
			return "", fmt.Errorf("ValueError: Unknown format code 'd' for object of type '%s'", typeName(v))
		}
		out = strconv.FormatInt(iv, 10)
	case p == "f" || p == "F" || p == "%" || (p == "e" || p == "g") || (p == "" && isNum && !isInt && prec >= 0):
		if prec < 0 {
			prec = 6
		}
		if p == "%" {
			out = strconv.FormatFloat(fv*100, 'f', prec, 64) + "%"
		} else if p == "e" || p == "g" {
			out = strconv.FormatFloat(fv, p[0], prec, 64)
		} else {
			out = strconv.FormatFloat(fv, 'f', prec, 64)
		}
	case p == "x" || p == "X" || p == "b" || p == "o":
		base := map[string]int{"x": 16, "X": 16, "b": 2, "o": 8}[p]
		out = strconv.FormatInt(iv, base)
		if p == "X" {
			out = strings.ToUpper(out)
		}
	default:
		out = Str(v)
		if prec >= 0 && !isNum {
			rs := []rune(out)
			out = string(rs[:min(prec, len(rs))])
		}
	}
	if comma {
		neg := strings.HasPrefix(out, "-")
		t := strings.TrimPrefix(out, "-")
		ip, fp, has := strings.Cut(t, ".")
		var c []string
		for len(ip) > 3 {
			c = append([]string{ip[len(ip)-3:]}, c...)
			ip = ip[:len(ip)-3]
		}
		out = strings.Join(append([]string{ip}, c...), ",")
		if has {
			out += "." + fp
		}
		if neg {
			out = "-" + out
		}
	}
	if sign == "+" && isNum && !strings.HasPrefix(out, "-") {
		out = "+" + out
	}
	if al == '=' {
		s := ""
		if out != "" && (out[0] == '-' || out[0] == '+') {
			s, out = out[:1], out[1:]
		}
		return s + align(out, w-len(s), fill, '>'), nil
	}
	if al == 0 {
		al = '<'
		if isNum {
			al = '>'
		}
	}
	return align(out, w, fill, al), nil
}

var mkList = map[string]func(l *List, a *Args) (any, error){
	"append": func(l *List, a *Args) (any, error) {
		if err := need(a, 1, "append"); err != nil {
			return nil, err
		}
		l.Items = append(l.Items, a.Pos[0])
		return nil, nil
	},
	"extend": func(l *List, a *Args) (any, error) {
		it, err := iterate(a.Arg(0, "", nil))
		l.Items = append(l.Items, it...)
		return nil, err
	},
	"insert": func(l *List, a *Args) (any, error) {
		i := a.Int(0, "", 0)
		if i < 0 {
			i = max(0, i+len(l.Items))
		}
		i = min(i, len(l.Items))
		l.Items = append(l.Items[:i], append([]any{a.Arg(1, "", nil)}, l.Items[i:]...)...)
		return nil, nil
	},
	"pop": func(l *List, a *Args) (any, error) {
		i := a.Int(0, "", len(l.Items)-1)
		if i < 0 {
			i += len(l.Items)
		}
		if i < 0 || i >= len(l.Items) {
			return nil, fmt.Errorf("IndexError: pop from empty list")
		}
		v := l.Items[i]
		l.Items = append(l.Items[:i], l.Items[i+1:]...)
		return v, nil
	},
	"remove": func(l *List, a *Args) (any, error) {
		for i, v := range l.Items {
			if Equal(v, a.Arg(0, "", nil)) {
				l.Items = append(l.Items[:i], l.Items[i+1:]...)
				return nil, nil
			}
		}
		return nil, fmt.Errorf("ValueError: list.remove(x): x not in list")
	},
	"index": func(l *List, a *Args) (any, error) {
		for i, v := range l.Items {
			if Equal(v, a.Arg(0, "", nil)) {
				return int64(i), nil
			}
		}
		return nil, fmt.Errorf("ValueError: %s is not in list", Repr(a.Arg(0, "", nil)))
	},
	"count": func(l *List, a *Args) (any, error) {
		n := int64(0)
		for _, v := range l.Items {
			if Equal(v, a.Arg(0, "", nil)) {
				n++
			}
		}
		return n, nil
	},
	"reverse": func(l *List, a *Args) (any, error) {
		for i, j := 0, len(l.Items)-1; i < j; i, j = i+1, j-1 {
			l.Items[i], l.Items[j] = l.Items[j], l.Items[i]
		}
		return nil, nil
	},
	"sort": func(l *List, a *Args) (any, error) {
		s, err := sortItems(l.Items, nil, true, Truthy(a.Arg(9, "reverse", false)))
		if err == nil {
			l.Items = s
		}
		return nil, err
	},
	"copy":  func(l *List, a *Args) (any, error) { return NewList(append([]any{}, l.Items...)...), nil },
	"clear": func(l *List, a *Args) (any, error) { l.Items = nil; return nil, nil },
}

var mkDict = map[string]func(d *Dict, a *Args) (any, error){
	"items":  func(d *Dict, a *Args) (any, error) { return &List{Items: d.Items()}, nil },
	"keys":   func(d *Dict, a *Args) (any, error) { return &List{Items: d.Keys()}, nil },
	"values": func(d *Dict, a *Args) (any, error) { return &List{Items: append([]any{}, d.vals...)}, nil },
	"get": func(d *Dict, a *Args) (any, error) {
		if v, ok := d.Get(a.Arg(0, "key", nil)); ok {
			return v, nil
		}
		return a.Arg(1, "default", nil), nil
	},
	"update": func(d *Dict, a *Args) (any, error) {
		if len(a.Pos) > 0 {
			if s, ok := a.Pos[0].(*Dict); ok {
				s.Each(func(k, v any) { d.Set(k, v) })
			} else {
				it, err := iterate(a.Pos[0])
				if err != nil {
					return nil, err
				}
				for _, p := range it {
					kv, err := iterate(p)
					if err != nil || len(kv) != 2 {
						return nil, fmt.Errorf("ValueError: dictionary update sequence element has wrong length")
					}
					d.Set(kv[0], kv[1])
				}
			}
		}
		a.Kw.Each(func(k, v any) { d.Set(k, v) })
		return nil, nil
	},
	"setdefault": func(d *Dict, a *Args) (any, error) {
		if v, ok := d.Get(a.Arg(0, "", nil)); ok {
			return v, nil
		}
		v := a.Arg(1, "default", nil)
		return v, d.Set(a.Arg(0, "", nil), v)
	},
	"pop": func(d *Dict, a *Args) (any, error) {
		if v, ok := d.Del(a.Arg(0, "", nil)); ok {
			return v, nil
		}
		if a.Has(1, "default") {
			return a.Arg(1, "default", nil), nil
		}
		return nil, fmt.Errorf("KeyError: %s", Repr(a.Arg(0, "", nil)))
	},
	"copy":  func(d *Dict, a *Args) (any, error) { return d.copy(), nil },
	"clear": func(d *Dict, a *Args) (any, error) { *d = *NewDict(); return nil, nil },
}
