package jinja

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Arg returns positional argument i or keyword name, else def.
func (a *Args) Arg(i int, name string, def any) any {
	if i < len(a.Pos) {
		return a.Pos[i]
	}
	if a.Kw != nil {
		if v, ok := a.Kw.Get(name); ok {
			return v
		}
	}
	return def
}
func (a *Args) Has(i int, name string) bool {
	if i < len(a.Pos) {
		return true
	}
	if a.Kw != nil {
		_, ok := a.Kw.Get(name)
		return ok
	}
	return false
}
func (a *Args) Str(i int, name, def string) string {
	v := a.Arg(i, name, nil)
	if v == nil {
		return def
	}
	return Str(v)
}
func (a *Args) Int(i int, name string, def int) int {
	_, n, ok, _ := num(a.Arg(i, name, nil))
	if !ok {
		return def
	}
	return int(n)
}

func tuple(v ...any) *List { return &List{Items: v, Tuple: true} }

func attrPath(v any, path any) any {
	f := &frame{env: &Env{}}
	if n, ok := path.(int64); ok {
		r, _ := f.getItem(v, n)
		return r
	}
	for _, p := range strings.Split(Str(path), ".") {
		var r any
		var err error
		if n, e := strconv.ParseInt(p, 10, 64); e == nil {
			r, err = f.getItem(v, n)
		} else {
			r, err = f.getItem(v, p)
			if u, ok := r.(*Undefined); ok || err != nil {
				_ = u
				r, err = f.getAttr(v, p)
			}
		}
		if err != nil {
			return &Undefined{Name: p}
		}
		v = r
	}
	return v
}

func sub(a *Args, n int) *Args {
	if n >= len(a.Pos) {
		return &Args{Kw: a.Kw, Env: a.Env}
	}
	return &Args{Pos: a.Pos[n:], Kw: a.Kw, Env: a.Env}
}

func (e *Env) filter(name string, v any, a *Args) (any, error) {
	fn, ok := e.Filters[name]
	if !ok {
		if fn, ok = stdFilters[name]; !ok {
			return nil, fmt.Errorf("No filter named '%s'", name)
		}
	}
	return fn(e, v, a)
}

func selector(attr, want bool) FilterFn {
	return func(e *Env, in any, a *Args) (any, error) {
		items, err := iterate(in)
		if err != nil {
			return nil, err
		}
		out := &List{}
		k := 0
		if attr {
			k = 1
		}
		for _, it := range items {
			v := it
			if attr {
				v = attrPath(it, a.Pos[0])
			}
			ok := Truthy(v)
			if len(a.Pos) > k {
				if ok, err = e.test(Str(a.Pos[k]), v, sub(a, k+1)); err != nil {
					return nil, err
				}
			}
			if ok == want {
				out.Items = append(out.Items, it)
			}
		}
		return out, nil
	}
}

func sortItems(items []any, attr any, cs, rev bool) ([]any, error) {
	keyed := make([]any, len(items))
	for i, it := range items {
		k := it
		if attr != nil {
			if s, ok := attr.(string); ok && strings.Contains(s, ",") {
				l := &List{}
				for _, p := range strings.Split(s, ",") {
					l.Items = append(l.Items, attrPath(it, strings.TrimSpace(p)))
				}
				k = l
			} else {
				k = attrPath(it, attr)
			}
		}
		if s, ok := k.(string); ok && !cs {
			k = strings.ToLower(s)
		}
		keyed[i] = k
	}
	ix := make([]int, len(items))
	for i := range ix {
		ix[i] = i
	}
	var serr error
	sort.SliceStable(ix, func(x, y int) bool {
		c, err := Compare(keyed[ix[x]], keyed[ix[y]])
		if err != nil && serr == nil {
			serr = err
		}
		if rev {
			return c > 0
		}
		return c < 0
	})
	out := make([]any, len(items))
	for i, j := range ix {
		out[i] = items[j]
	}
	return out, serr
}

func titleCase(s string) string {
	var b strings.Builder
	up := true
	for _, r := range s {
		if up {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
		up = !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'')
	}
	return b.String()
}
func pyTitle(s string) string {
	var b strings.Builder
	prev := false
	for _, r := range s {
		if unicode.IsLetter(r) {
			if prev {
				b.WriteRune(unicode.ToLower(r))
			} else {
				b.WriteRune(unicode.ToUpper(r))
			}
			prev = true
		} else {
			b.WriteRune(r)
			prev = false
		}
	}
	return b.String()
}
func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.ToLower(s[n:])
}

func strFn(fn func(string) string) FilterFn {
	return func(e *Env, in any, a *Args) (any, error) { return fn(Str(in)), nil }
}
func id(e *Env, in any, a *Args) (any, error) { return in, nil }

func toFloat(v any) (float64, bool) {
	if s, ok := v.(string); ok {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		return f, err == nil
	}
	f, _, _, ok := num(v)
	return f, ok
}

var stdFilters map[string]FilterFn
var stdTests map[string]TestFn
var stdGlobals map[string]any

// ToJSON writes a value the way Python's json.dumps does (", " and ": " separators).
func ToJSON(v any, sortKeys, htmlSafe bool) (string, error) {
	var b strings.Builder
	var w func(v any) error
	str := func(s string) {
		j, _ := json.Marshal(s)
		t := string(j)
		t = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(t)
		var o strings.Builder
		for _, r := range t {
			if r > 126 {
				if r > 0xffff {
					r -= 0x10000
					fmt.Fprintf(&o, "\\u%04x\\u%04x", 0xd800+(r>>10), 0xdc00+(r&0x3ff))
				} else {
					fmt.Fprintf(&o, "\\u%04x", r)
				}
			} else {
				o.WriteRune(r)
			}
		}
		b.WriteString(o.String())
	}
	w = func(v any) error {
		switch x := v.(type) {
		case nil, *Undefined:
			b.WriteString("null")
		case bool:
			fmt.Fprintf(&b, "%v", x)
		case string:
			str(x)
		case int64, float64, int:
			b.WriteString(Str(x))
		case *List:
			b.WriteString("[")
			for i, e := range x.Items {
				if i > 0 {
					b.WriteString(", ")
				}
				if err := w(e); err != nil {
					return err
				}
			}
			b.WriteString("]")
		case *Dict:
			b.WriteString("{")
			ix := make([]int, x.Len())
			for i := range ix {
				ix[i] = i
			}
			if sortKeys {
				sort.Slice(ix, func(a, c int) bool { return Str(x.keys[ix[a]]) < Str(x.keys[ix[c]]) })
			}
			for n, i := range ix {
				if n > 0 {
					b.WriteString(", ")
				}
				str(Str(x.keys[i]))
				b.WriteString(": ")
				if err := w(x.vals[i]); err != nil {
					return err
				}
			}
			b.WriteString("}")
		default:
			if s, ok := v.(fmt.Stringer); ok {
				str(s.String())
				return nil
			}
			return fmt.Errorf("TypeError: Object of type %s is not JSON serializable", typeName(v))
		}
		return nil
	}
	if err := w(v); err != nil {
		return "", err
	}
	s := b.String()
	if htmlSafe {
		s = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`).Replace(s)
	}
	return s, nil
}

func listFilter(fn func(items []any, a *Args) (any, error)) FilterFn {
	return func(e *Env, in any, a *Args) (any, error) {
		it, err := iterate(in)
		if err != nil {
			return nil, err
		}
		return fn(it, a)
	}
}

func init() {
	def := func(e *Env, in any, a *Args) (any, error) {
		_, u := in.(*Undefined)
		if u || (Truthy(a.Arg(1, "boolean", false)) && !Truthy(in)) {
			return a.Arg(0, "default_value", ""), nil
		}
		return in, nil
	}
	ln := func(e *Env, in any, a *Args) (any, error) { n, err := length(in); return int64(n), err }
	join := func(e *Env, in any, a *Args) (any, error) {
		it, err := iterate(in)
		if err != nil {
			return nil, err
		}
		at := a.Arg(1, "attribute", nil)
		p := make([]string, len(it))
		for i, v := range it {
			if at != nil {
				v = attrPath(v, at)
			}
			p[i] = Str(v)
		}
		return strings.Join(p, a.Str(0, "d", "")), nil
	}
	minmax := func(sign int) FilterFn {
		return listFilter(func(it []any, a *Args) (any, error) {
			if len(it) == 0 {
				return &Undefined{Name: "min/max", Hint: "No aggregated item, sequence was empty."}, nil
			}
			s, err := sortItems(it, a.Arg(1, "attribute", nil), Truthy(a.Arg(0, "case_sensitive", false)), sign < 0)
			if err != nil {
				return nil, err
			}
			return s[0], nil
		})
	}
	esc := strFn(func(s string) string {
		return strings.NewReplacer("&#34;", "&#34;", "&quot;", "&#34;").Replace(html.EscapeString(s))
	})
	stdFilters = map[string]FilterFn{
		"as_text": id, "as_bool": id, "as_native": id, "as_number": id, "safe": id,
		"is_list": func(e *Env, in any, a *Args) (any, error) { l, ok := in.(*List); return ok && !l.Tuple, nil },
		"default": def, "d": def, "length": ln, "count": ln, "join": join,
		"upper": strFn(strings.ToUpper), "lower": strFn(strings.ToLower), "capitalize": strFn(capitalize), "title": strFn(titleCase),
		"string": strFn(func(s string) string { return s }), "e": esc, "escape": esc, "forceescape": esc,
		"trim": func(e *Env, in any, a *Args) (any, error) {
			if c := a.Arg(0, "chars", nil); c != nil {
				return strings.Trim(Str(in), Str(c)), nil
			}
			return strings.TrimSpace(Str(in)), nil
		},
		"replace": func(e *Env, in any, a *Args) (any, error) {
			return strings.Replace(Str(in), a.Str(0, "old", ""), a.Str(1, "new", ""), a.Int(2, "count", -1)), nil
		},
		"list": listFilter(func(it []any, a *Args) (any, error) { return &List{Items: append([]any{}, it...)}, nil }),
		"first": listFilter(func(it []any, a *Args) (any, error) {
			if len(it) == 0 {
				return &Undefined{Name: "first", Hint: "No first item, sequence was empty."}, nil
			}
			return it[0], nil
		}),
		"last": listFilter(func(it []any, a *Args) (any, error) {
			if len(it) == 0 {
				return &Undefined{Name: "last", Hint: "No last item, sequence was empty."}, nil
			}
			return it[len(it)-1], nil
		}),
		"map": func(e *Env, in any, a *Args) (any, error) {
			it, err := iterate(in)
			if err != nil {
				return nil, err
			}
			out := &List{}
			at, has := any(nil), false
			if a.Kw != nil {
				at, has = a.Kw.Get("attribute")
			}
			for _, v := range it {
				if has {
					r := attrPath(v, at)
					if _, u := r.(*Undefined); u && a.Has(99, "default") {
						r = a.Arg(99, "default", nil)
					}
					out.Items = append(out.Items, r)
					continue
				}
				if len(a.Pos) == 0 {
					return nil, fmt.Errorf("FilterArgumentError: map requires a filter argument")
				}
				r, err := e.filter(Str(a.Pos[0]), v, sub(a, 1))
				if err != nil {
					return nil, err
				}
				out.Items = append(out.Items, r)
			}
			return out, nil
		},
		"select": selector(false, true), "reject": selector(false, false), "selectattr": selector(true, true), "rejectattr": selector(true, false),
		"sort": listFilter(func(it []any, a *Args) (any, error) {
			s, err := sortItems(it, a.Arg(2, "attribute", nil), Truthy(a.Arg(1, "case_sensitive", false)), Truthy(a.Arg(0, "reverse", false)))
			return &List{Items: s}, err
		}),
		"unique": listFilter(func(it []any, a *Args) (any, error) {
			seen := NewDict()
			out := &List{}
			for _, v := range it {
				k := v
				if at := a.Arg(1, "attribute", nil); at != nil {
					k = attrPath(v, at)
				}
				if s, ok := k.(string); ok && !Truthy(a.Arg(0, "case_sensitive", false)) {
					k = strings.ToLower(s)
				}
				if _, ok := seen.Get(k); ok {
					continue
				}
				if err := seen.Set(k, true); err != nil {
					return nil, err
				}
				out.Items = append(out.Items, v)
			}
			return out, nil
		}),
		"min": minmax(1), "max": minmax(-1),
		"sum": listFilter(func(it []any, a *Args) (any, error) {
			acc := a.Arg(1, "start", int64(0))
			var err error
			for _, v := range it {
				if at := a.Arg(0, "attribute", nil); at != nil {
					v = attrPath(v, at)
				}
				if acc, err = binop("+", acc, v); err != nil {
					return nil, err
				}
			}
			return acc, nil
		}),
		"reverse": func(e *Env, in any, a *Args) (any, error) {
			it, err := iterate(in)
			if err != nil {
				return nil, err
			}
			out := make([]any, len(it))
			for i, v := range it {
				out[len(it)-1-i] = v
			}
			if _, ok := in.(string); ok {
				var b strings.Builder
				for _, c := range out {
					b.WriteString(c.(string))
				}
				return b.String(), nil
			}
			return &List{Items: out}, nil
		},
		"batch": listFilter(func(it []any, a *Args) (any, error) {
			n := a.Int(0, "linecount", 1)
			fill := a.Arg(1, "fill_with", nil)
			out := &List{}
			for i := 0; i < len(it); i += n {
				c := &List{Items: append([]any{}, it[i:min(i+n, len(it))]...)}
				for fill != nil && len(c.Items) < n {
					c.Items = append(c.Items, fill)
				}
				out.Items = append(out.Items, c)
			}
			return out, nil
		}),
		"slice": listFilter(func(it []any, a *Args) (any, error) {
			n := a.Int(0, "slices", 1)
			per, extra, off := len(it)/n, len(it)%n, 0
			out := &List{}
			for i := 0; i < n; i++ {
				s := off + i*per
				if i < extra {
					off++
				}
				e := off + (i+1)*per
				c := &List{Items: append([]any{}, it[s:e]...)}
				if f := a.Arg(1, "fill_with", nil); f != nil && i >= extra {
					c.Items = append(c.Items, f)
				}
				out.Items = append(out.Items, c)
			}
			return out, nil
		}),
		"groupby": listFilter(func(it []any, a *Args) (any, error) {
			at := a.Arg(0, "attribute", nil)
			s, err := sortItems(it, at, false, false)
			if err != nil {
				return nil, err
			}
			out := &List{}
			var cur *List
			var ck any
			for _, v := range s {
				k := attrPath(v, at)
				if cur == nil || !Equal(k, ck) {
					cur, ck = &List{}, k
					out.Items = append(out.Items, tuple(k, cur))
				}
				cur.Items = append(cur.Items, v)
			}
			return out, nil
		}),
		"dictsort": func(e *Env, in any, a *Args) (any, error) {
			d, ok := in.(*Dict)
			if !ok {
				return nil, fmt.Errorf("TypeError: dictsort needs a dict")
			}
			at := int64(0)
			if a.Str(1, "by", "key") == "value" {
				at = 1
			}
			s, err := sortItems(d.Items(), at, Truthy(a.Arg(0, "case_sensitive", false)), Truthy(a.Arg(2, "reverse", false)))
			return &List{Items: s}, err
		},
		"items": func(e *Env, in any, a *Args) (any, error) {
			if d, ok := in.(*Dict); ok {
				return &List{Items: d.Items()}, nil
			}
			return NewList(), nil
		},
		"int": func(e *Env, in any, a *Args) (any, error) {
			if s, ok := in.(string); ok {
				t := strings.ReplaceAll(strings.TrimSpace(s), "_", "")
				if n, err := strconv.ParseInt(t, a.Int(1, "base", 10), 64); err == nil {
					return n, nil
				}
			}
			if f, ok := toFloat(in); ok {
				return int64(f), nil
			}
			return a.Arg(0, "default", int64(0)), nil
		},
		"float": func(e *Env, in any, a *Args) (any, error) {
			if f, ok := toFloat(in); ok {
				return f, nil
			}
			return a.Arg(0, "default", 0.0), nil
		},
		"round": func(e *Env, in any, a *Args) (any, error) {
			f, ok := toFloat(in)
			if !ok {
				return nil, fmt.Errorf("TypeError: round needs a number")
			}
			p := math.Pow(10, float64(a.Int(0, "precision", 0)))
			switch a.Str(1, "method", "common") {
			case "ceil":
				return math.Ceil(f*p) / p, nil
			case "floor":
				return math.Floor(f*p) / p, nil
			}
			r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', max(a.Int(0, "precision", 0), 0), 64), 64)
			return r, nil
		},
		"abs": func(e *Env, in any, a *Args) (any, error) {
			if f, ok := in.(float64); ok {
				return math.Abs(f), nil
			}
			_, n, ok, _ := num(in)
			if !ok {
				return nil, fmt.Errorf("TypeError: bad operand type for abs()")
			}
			if n < 0 {
				n = -n
			}
			return n, nil
		},
		"tojson": func(e *Env, in any, a *Args) (any, error) { return ToJSON(in, true, true) },
		"indent": func(e *Env, in any, a *Args) (any, error) {
			w := a.Arg(0, "width", int64(4))
			pad := ""
			if s, ok := w.(string); ok {
				pad = s
			} else {
				pad = strings.Repeat(" ", a.Int(0, "width", 4))
			}
			lines := strings.Split(Str(in), "\n")
			for i := range lines {
				if (i > 0 || Truthy(a.Arg(1, "first", false))) && (lines[i] != "" || Truthy(a.Arg(2, "blank", false))) {
					lines[i] = pad + lines[i]
				}
			}
			return strings.Join(lines, "\n"), nil
		},
		"format": func(e *Env, in any, a *Args) (any, error) {
			if a.Kw != nil && a.Kw.Len() > 0 {
				return percentFormat(Str(in), a.Kw)
			}
			return percentFormat(Str(in), &List{Items: a.Pos, Tuple: true})
		},
		"attr": func(e *Env, in any, a *Args) (any, error) {
			if at, ok := in.(Attrer); ok {
				if v, ok := at.GetAttr(a.Str(0, "name", "")); ok {
					return v, nil
				}
			}
			if m, ok := method(in, a.Str(0, "name", "")); ok {
				return m, nil
			}
			return &Undefined{Name: a.Str(0, "name", "")}, nil
		},
		"center": func(e *Env, in any, a *Args) (any, error) {
			s := Str(in)
			n := a.Int(0, "width", 80) - utf8.RuneCountInString(s)
			if n <= 0 {
				return s, nil
			}
			return strings.Repeat(" ", n/2) + s + strings.Repeat(" ", n-n/2), nil
		},
		"wordcount": func(e *Env, in any, a *Args) (any, error) { return int64(len(strings.Fields(Str(in)))), nil },
		"pprint":    func(e *Env, in any, a *Args) (any, error) { return Repr(in), nil },
		"urlencode": strFn(func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }),
		"truncate": func(e *Env, in any, a *Args) (any, error) {
			s := []rune(Str(in))
			n := a.Int(0, "length", 255)
			end := a.Str(2, "end", "...")
			if len(s) <= n+a.Int(3, "leeway", 5) {
				return string(s), nil
			}
			r := string(s[:n-utf8.RuneCountInString(end)])
			if !Truthy(a.Arg(1, "killwords", false)) {
				if i := strings.LastIndex(r, " "); i >= 0 {
					r = r[:i]
				}
			}
			return r + end, nil
		},
	}
	is := func(fn func(v any) bool) TestFn {
		return func(e *Env, v any, a *Args) (bool, error) { return fn(v), nil }
	}
	cmp := func(op string) TestFn {
		return func(e *Env, v any, a *Args) (bool, error) { return cmpOp(op, v, a.Arg(0, "other", nil)) }
	}
	isNum := func(v any) bool { _, _, _, ok := num(v); return ok || bigOf(v) != nil }
	mapping := func(v any) bool {
		if m, ok := v.(Mapping); ok {
			return m.IsMapping()
		}
		_, ok := v.(*Dict)
		return ok
	}
	iterable := func(v any) bool {
		if _, ok := v.(*Undefined); ok {
			return true
		}
		_, err := iterate(v)
		return err == nil || mapping(v)
	}
	stdTests = map[string]TestFn{
		"defined":   is(func(v any) bool { _, u := v.(*Undefined); return !u }),
		"undefined": is(func(v any) bool { _, u := v.(*Undefined); return u }),
		"none":      is(func(v any) bool { return v == nil }),
		"string":    is(func(v any) bool { _, ok := v.(string); return ok }),
		"number":    is(isNum),
		"integer":   is(func(v any) bool { _, ok := v.(int64); return ok || bigOf(v) != nil }),
		"float":     is(func(v any) bool { _, ok := v.(float64); return ok }),
		"boolean":   is(func(v any) bool { _, ok := v.(bool); return ok }),
		"true":      is(func(v any) bool { b, ok := v.(bool); return ok && b }),
		"false":     is(func(v any) bool { b, ok := v.(bool); return ok && !b }),
		"mapping":   is(mapping), "iterable": is(iterable),
		"sequence": is(func(v any) bool { _, e := length(v); return e == nil || mapping(v) }),
		"callable": is(func(v any) bool {
			switch v.(type) {
			case Func, Caller:
				return true
			}
			return false
		}),
		"even": is(func(v any) bool { n, _ := v.(int64); return n%2 == 0 }),
		"odd":  is(func(v any) bool { n, _ := v.(int64); return n%2 != 0 }),
		"divisibleby": func(e *Env, v any, a *Args) (bool, error) {
			r, err := binop("%", v, a.Arg(0, "num", nil))
			return err == nil && !Truthy(r), err
		},
		"eq": cmp("=="), "equalto": cmp("=="), "==": cmp("=="), "ne": cmp("!="), "!=": cmp("!="), "lt": cmp("<"), "lessthan": cmp("<"), "<": cmp("<"),
		"le": cmp("<="), "<=": cmp("<="), "gt": cmp(">"), "greaterthan": cmp(">"), ">": cmp(">"), "ge": cmp(">="), ">=": cmp(">="),
		"in": func(e *Env, v any, a *Args) (bool, error) { return contains(a.Arg(0, "seq", nil), v) },
		"sameas": func(e *Env, v any, a *Args) (bool, error) {
			o := a.Arg(0, "other", nil)
			if typeName(v) != typeName(o) {
				return false, nil
			}
			switch v.(type) {
			case *List, *Dict:
				return v == o, nil
			}
			return Equal(v, o), nil
		},
		"upper": is(func(v any) bool { s := Str(v); return strings.ToUpper(s) == s && strings.ToLower(s) != s }),
		"lower": is(func(v any) bool { s := Str(v); return strings.ToLower(s) == s && strings.ToUpper(s) != s }),
		"filter": func(e *Env, v any, a *Args) (bool, error) {
			_, ok := e.Filters[Str(v)]
			_, ok2 := stdFilters[Str(v)]
			return ok || ok2, nil
		},
		"test": func(e *Env, v any, a *Args) (bool, error) {
			_, ok := stdTests[Str(v)]
			return ok, nil
		},
	}
	stdGlobals = map[string]any{
		"range": Func(func(a *Args) (any, error) {
			lo, hi, st := 0, 0, 1
			switch len(a.Pos) {
			case 1:
				hi = a.Int(0, "", 0)
			case 2, 3:
				lo, hi, st = a.Int(0, "", 0), a.Int(1, "", 0), a.Int(2, "", 1)
			}
			if st == 0 {
				return nil, fmt.Errorf("ValueError: range() arg 3 must not be zero")
			}
			if (hi-lo)/st > 100000 {
				return nil, fmt.Errorf("OverflowError: range too big")
			}
			l := &List{}
			for i := lo; (st > 0 && i < hi) || (st < 0 && i > hi); i += st {
				l.Items = append(l.Items, int64(i))
			}
			return l, nil
		}),
		"dict": Func(func(a *Args) (any, error) {
			d := NewDict()
			if len(a.Pos) > 0 {
				if s, ok := a.Pos[0].(*Dict); ok {
					d = s.copy()
				} else {
					it, err := iterate(a.Pos[0])
					if err != nil {
						return nil, err
					}
					for _, p := range it {
						kv, _ := iterate(p)
						if len(kv) == 2 {
							d.Set(kv[0], kv[1])
						}
					}
				}
			}
			if a.Kw != nil {
				a.Kw.Each(func(k, v any) { d.Set(k, v) })
			}
			return d, nil
		}),
		"namespace": Func(func(a *Args) (any, error) {
			d := NewDict()
			if len(a.Pos) > 0 {
				if s, ok := a.Pos[0].(*Dict); ok {
					d = s.copy()
				}
			}
			if a.Kw != nil {
				a.Kw.Each(func(k, v any) { d.Set(k, v) })
			}
			return &Namespace{d}, nil
		}),
		"cycler": Func(func(a *Args) (any, error) { return &cycler{items: a.Pos}, nil }),
		"joiner": Func(func(a *Args) (any, error) {
			used := false
			sep := a.Str(0, "sep", ", ")
			return Func(func(*Args) (any, error) {
				if !used {
					used = true
					return "", nil
				}
				return sep, nil
			}), nil
		}),
	}
}

type cycler struct {
	items []any
	i     int
}

func (c *cycler) GetAttr(n string) (any, bool) {
	switch n {
	case "next":
		return Func(func(*Args) (any, error) { v := c.items[c.i%len(c.items)]; c.i++; return v, nil }), true
	case "current":
		return c.items[c.i%len(c.items)], true
	case "reset":
		return Func(func(*Args) (any, error) { c.i = 0; return nil, nil }), true
	}
	return nil, false
}
