package jinja

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Values are plain Go: nil (None), bool, int64, *big.Int, float64, string, *List, *Dict,
// *Undefined, Func, and host objects implementing the interfaces below.

const maxRepeat = 1 << 24

type List struct {
	Items []any
	Tuple bool
}
type Dict struct {
	keys []any
	vals []any
	idx  map[any]int
	dead int
}
type Undefined struct {
	Name string
	Hint string
}
type Args struct {
	Pos []any
	Kw  *Dict
	Env *Env

	src *source // of the call; nil for one made from Go
	at  place
}
type Func func(a *Args) (any, error)

type Attrer interface{ GetAttr(name string) (any, bool) }
type Itemer interface{ GetItem(key any) (any, bool) }
type Caller interface{ Call(a *Args) (any, error) }
type Seq interface{ Iterate() []any }
type Hasher interface{ HashKey() any }
type Mapping interface{ IsMapping() bool }

func NewList(v ...any) *List { return &List{Items: v} }
func NewDict() *Dict         { return &Dict{idx: map[any]int{}} }
func DictOf(kv ...any) *Dict {
	d := NewDict()
	for i := 0; i+1 < len(kv); i += 2 {
		d.Set(kv[i], kv[i+1])
	}
	return d
}

type tupKey string

func hashKey(k any) (any, error) {
	switch x := k.(type) {
	case nil, string:
		return x, nil
	case bool:
		if x {
			return int64(1), nil
		}
		return int64(0), nil
	case int64:
		return x, nil
	case int:
		return int64(x), nil
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1e15 {
			return int64(x), nil
		}
		return x, nil
	case *big.Int:
		return tupKey("b" + x.String()), nil
	case *List:
		if !x.Tuple {
			return nil, fmt.Errorf("unhashable type: 'list'")
		}
		var b strings.Builder
		for _, e := range x.Items {
			h, err := hashKey(e)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "%T:%v|", h, h)
		}
		return tupKey(b.String()), nil
	case *Dict:
		return nil, fmt.Errorf("unhashable type: 'dict'")
	case Hasher:
		return x.HashKey(), nil
	}
	return k, nil
}

func (d *Dict) Get(k any) (any, bool) {
	h, err := hashKey(k)
	if err != nil {
		return nil, false
	}
	if i, ok := d.idx[h]; ok {
		return d.vals[i], true
	}
	return nil, false
}
func (d *Dict) Set(k, v any) error {
	h, err := hashKey(k)
	if err != nil {
		return err
	}
	if i, ok := d.idx[h]; ok {
		d.vals[i] = v
		return nil
	}
	d.idx[h] = len(d.keys)
	d.keys = append(d.keys, k)
	d.vals = append(d.vals, v)
	return nil
}
func (d *Dict) Del(k any) (any, bool) {
	h, err := hashKey(k)
	if err != nil {
		return nil, false
	}
	i, ok := d.idx[h]
	if !ok {
		return nil, false
	}
	v := d.vals[i]
	d.keys = append(d.keys[:i:i], d.keys[i+1:]...)
	d.vals = append(d.vals[:i:i], d.vals[i+1:]...)
	delete(d.idx, h)
	for hk, j := range d.idx {
		if j > i {
			d.idx[hk] = j - 1
		}
	}
	return v, true
}
func (d *Dict) Len() int    { return len(d.keys) }
func (d *Dict) Keys() []any { return append([]any{}, d.keys...) }
func (d *Dict) Each(f func(k, v any)) {
	for i := range d.keys {
		f(d.keys[i], d.vals[i])
	}
}
func (d *Dict) Items() []any {
	out := make([]any, len(d.keys))
	for i := range d.keys {
		out[i] = &List{Items: []any{d.keys[i], d.vals[i]}, Tuple: true}
	}
	return out
}
func (d *Dict) copy() *Dict {
	n := NewDict()
	d.Each(func(k, v any) { n.Set(k, v) })
	return n
}

// FromGo converts plain Go data into engine values.
func FromGo(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case int32:
		return int64(x)
	case float32:
		return float64(x)
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return n
		}
		if f, err := x.Float64(); err == nil {
			return f
		}
		return string(x)
	case []string:
		l := &List{}
		for _, e := range x {
			l.Items = append(l.Items, e)
		}
		return l
	case []any:
		l := &List{}
		for _, e := range x {
			l.Items = append(l.Items, FromGo(e))
		}
		return l
	case map[string]any:
		ks := make([]string, 0, len(x))
		for k := range x {
			ks = append(ks, k)
		}
		sort.Strings(ks)
		d := NewDict()
		for _, k := range ks {
			d.Set(k, FromGo(x[k]))
		}
		return d
	}
	return v
}

func Truthy(v any) bool {
	switch x := v.(type) {
	case nil, *Undefined:
		return false
	case bool:
		return x
	case int64:
		return x != 0
	case float64:
		return x != 0
	case *big.Int:
		return x.Sign() != 0
	case string:
		return x != ""
	case *List:
		return len(x.Items) > 0
	case *Dict:
		return x.Len() > 0
	case interface{ Truth() bool }:
		return x.Truth()
	}
	return true
}

func typeName(v any) string {
	switch x := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case *List:
		if x.Tuple {
			return "tuple"
		}
		return "list"
	case *Dict:
		return "dict"
	case *Undefined:
		return "Undefined"
	}
	return fmt.Sprintf("%T", v)
}

func fmtFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	}
	a := math.Abs(f)
	if f == 0 || (a >= 1e-4 && a < 1e16) {
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	return s
}

// Str is Python's str().
func Str(v any) string {
	switch x := v.(type) {
	case nil:
		return "None"
	case bool:
		if x {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(x, 10)
	case int:
		return strconv.Itoa(x)
	case *big.Int:
		return x.String()
	case float64:
		return fmtFloat(x)
	case string:
		return x
	case *Undefined:
		return ""
	case *List, *Dict:
		return Repr(v)
	case fmt.Stringer:
		return x.String()
	}
	return fmt.Sprintf("%v", v)
}

func reprStr(s string) string {
	q := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, "\"") {
		q = '"'
	}
	var b strings.Builder
	b.WriteByte(q)
	for _, r := range s {
		switch {
		case r == rune(q) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString("\\n")
		case r == '\t':
			b.WriteString("\\t")
		case r == '\r':
			b.WriteString("\\r")
		case r < 32 || r == 127:
			fmt.Fprintf(&b, "\\x%02x", r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte(q)
	return b.String()
}

// Repr is Python's repr().
func Repr(v any) string {
	switch x := v.(type) {
	case string:
		return reprStr(x)
	case *Undefined:
		return "Undefined"
	case *List:
		var b strings.Builder
		o, c := "[", "]"
		if x.Tuple {
			o, c = "(", ")"
		}
		b.WriteString(o)
		for i, e := range x.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(Repr(e))
		}
		if x.Tuple && len(x.Items) == 1 {
			b.WriteString(",")
		}
		b.WriteString(c)
		return b.String()
	case *Dict:
		var b strings.Builder
		b.WriteString("{")
		for i := range x.keys {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(Repr(x.keys[i]) + ": " + Repr(x.vals[i]))
		}
		b.WriteString("}")
		return b.String()
	case interface{ Repr() string }:
		return x.Repr()
	}
	return Str(v)
}

func num(v any) (f float64, i int64, isInt, ok bool) {
	switch x := v.(type) {
	case bool:
		if x {
			return 1, 1, true, true
		}
		return 0, 0, true, true
	case int64:
		return float64(x), x, true, true
	case int:
		return float64(x), int64(x), true, true
	case float64:
		return x, 0, false, true
	}
	return 0, 0, false, false
}

func bigOf(v any) *big.Int {
	switch x := v.(type) {
	case *big.Int:
		return x
	case int64:
		return big.NewInt(x)
	}
	return nil
}

func Equal(a, b any) bool {
	if fa, ia, aInt, ok := num(a); ok {
		if fb, ib, bInt, ok := num(b); ok {
			if aInt && bInt {
				return ia == ib
			}
			return fa == fb
		}
		return false
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		y, ok := b.(string)
		return ok && x == y
	case *Undefined:
		_, ok := b.(*Undefined)
		return ok
	case *big.Int:
		y, ok := b.(*big.Int)
		return ok && x.Cmp(y) == 0
	case *List:
		y, ok := b.(*List)
		if !ok || len(x.Items) != len(y.Items) || x.Tuple != y.Tuple {
			return false
		}
		for i := range x.Items {
			if !Equal(x.Items[i], y.Items[i]) {
				return false
			}
		}
		return true
	case *Dict:
		y, ok := b.(*Dict)
		if !ok || x.Len() != y.Len() {
			return false
		}
		for i, k := range x.keys {
			v, ok := y.Get(k)
			if !ok || !Equal(x.vals[i], v) {
				return false
			}
		}
		return true
	case Hasher:
		if y, ok := b.(Hasher); ok {
			return x.HashKey() == y.HashKey()
		}
		return false
	case Func:
		return false
	}
	defer func() { recover() }()
	return a == b
}

func Compare(a, b any) (int, error) {
	if fa, ia, aInt, ok := num(a); ok {
		if fb, ib, bInt, ok := num(b); ok {
			if aInt && bInt {
				switch {
				case ia < ib:
					return -1, nil
				case ia > ib:
					return 1, nil
				}
				return 0, nil
			}
			switch {
			case fa < fb:
				return -1, nil
			case fa > fb:
				return 1, nil
			}
			return 0, nil
		}
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), nil
		}
	}
	if x, ok := a.(*List); ok {
		if y, ok := b.(*List); ok {
			for i := 0; i < len(x.Items) && i < len(y.Items); i++ {
				if c, err := Compare(x.Items[i], y.Items[i]); err != nil || c != 0 {
					return c, err
				}
			}
			return len(x.Items) - len(y.Items), nil
		}
	}
	if x, y := bigOf(a), bigOf(b); x != nil && y != nil {
		return x.Cmp(y), nil
	}
	if x, ok := a.(interface{ Cmp(any) (int, bool) }); ok {
		if c, ok := x.Cmp(b); ok {
			return c, nil
		}
	}
	return 0, fmt.Errorf("TypeError: '<' not supported between instances of '%s' and '%s'", typeName(a), typeName(b))
}

func iterate(v any) ([]any, error) {
	switch x := v.(type) {
	case *List:
		return x.Items, nil
	case *Dict:
		return x.Keys(), nil
	case string:
		out := make([]any, 0, utf8.RuneCountInString(x))
		for _, r := range x {
			out = append(out, string(r))
		}
		return out, nil
	case *Undefined:
		return nil, nil
	case Seq:
		return x.Iterate(), nil
	}
	return nil, fmt.Errorf("TypeError: '%s' object is not iterable", typeName(v))
}

func length(v any) (int, error) {
	switch x := v.(type) {
	case string:
		return utf8.RuneCountInString(x), nil
	case *List:
		return len(x.Items), nil
	case *Dict:
		return x.Len(), nil
	case *Undefined:
		return 0, nil
	case Seq:
		return len(x.Iterate()), nil
	}
	return 0, fmt.Errorf("TypeError: object of type '%s' has no len()", typeName(v))
}

func contains(c, v any) (bool, error) {
	switch x := c.(type) {
	case string:
		s, ok := v.(string)
		if !ok {
			return false, fmt.Errorf("TypeError: 'in <string>' requires string as left operand, not %s", typeName(v))
		}
		return strings.Contains(x, s), nil
	case *Dict:
		_, ok := x.Get(v)
		return ok, nil
	case *Undefined:
		return false, nil
	}
	it, err := iterate(c)
	if err != nil {
		return false, err
	}
	for _, e := range it {
		if Equal(e, v) {
			return true, nil
		}
	}
	return false, nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func normInt(b *big.Int) any {
	if b.IsInt64() {
		return b.Int64()
	}
	return b
}

func binop(op string, a, b any) (any, error) {
	bad := func() (any, error) {
		return nil, fmt.Errorf("TypeError: unsupported operand type(s) for %s: '%s' and '%s'", op, typeName(a), typeName(b))
	}
	if u, ok := a.(*Undefined); ok {
		return nil, u.err()
	}
	if u, ok := b.(*Undefined); ok && op != "%" {
		return nil, u.err()
	}
	if s, ok := a.(string); ok {
		switch op {
		case "+":
			if t, ok := b.(string); ok {
				return s + t, nil
			}
			return bad()
		case "*":
			if n, ok := b.(int64); ok {
				if n > 0 && len(s) > maxRepeat/int(min(n, maxRepeat)) {
					return nil, fmt.Errorf("MemoryError: repeated string too long")
				}
				return strings.Repeat(s, int(max(n, 0))), nil
			}
		case "%":
			return percentFormat(s, b)
		}
		return bad()
	}
	if l, ok := a.(*List); ok {
		switch op {
		case "+":
			if m, ok := b.(*List); ok && m.Tuple == l.Tuple {
				return &List{Items: append(append([]any{}, l.Items...), m.Items...), Tuple: l.Tuple}, nil
			}
		case "*":
			if n, ok := b.(int64); ok {
				r := &List{Tuple: l.Tuple}
				if n > 0 && len(l.Items) > maxRepeat/int(min(n, maxRepeat)) {
					return nil, fmt.Errorf("MemoryError: repeated list too long")
				}
				for ; n > 0; n-- {
					r.Items = append(r.Items, l.Items...)
				}
				return r, nil
			}
		}
		return bad()
	}
	if x, ok := a.(interface {
		BinOp(op string, b any) (any, bool)
	}); ok {
		if v, ok := x.BinOp(op, b); ok {
			return v, nil
		}
		return bad()
	}
	fa, ia, aInt, ok1 := num(a)
	fb, ib, bInt, ok2 := num(b)
	if !ok1 || !ok2 {
		if x, y := bigOf(a), bigOf(b); x != nil && y != nil {
			r := new(big.Int)
			switch op {
			case "+":
				return normInt(r.Add(x, y)), nil
			case "-":
				return normInt(r.Sub(x, y)), nil
			case "*":
				return normInt(r.Mul(x, y)), nil
			}
		}
		if n, ok := a.(int64); ok && op == "*" {
			if _, isS := b.(string); isS {
				return binop("*", b, n)
			}
			if _, isL := b.(*List); isL {
				return binop("*", b, n)
			}
		}
		return bad()
	}
	if aInt && bInt {
		switch op {
		case "+", "-", "*":
			r := new(big.Int)
			switch op {
			case "+":
				r.Add(big.NewInt(ia), big.NewInt(ib))
			case "-":
				r.Sub(big.NewInt(ia), big.NewInt(ib))
			case "*":
				r.Mul(big.NewInt(ia), big.NewInt(ib))
			}
			return normInt(r), nil
		case "/":
			if ib == 0 {
				return nil, fmt.Errorf("ZeroDivisionError: division by zero")
			}
			return fa / fb, nil
		case "//":
			if ib == 0 {
				return nil, fmt.Errorf("ZeroDivisionError: integer division or modulo by zero")
			}
			return floorDiv(ia, ib), nil
		case "%":
			if ib == 0 {
				return nil, fmt.Errorf("ZeroDivisionError: integer division or modulo by zero")
			}
			return ia - floorDiv(ia, ib)*ib, nil
		case "**":
			if ib >= 0 {
				if ib > 1000 {
					return nil, fmt.Errorf("OverflowError: exponent too large")
				}
				return normInt(new(big.Int).Exp(big.NewInt(ia), big.NewInt(ib), nil)), nil
			}
			return math.Pow(fa, fb), nil
		}
	}
	switch op {
	case "+":
		return fa + fb, nil
	case "-":
		return fa - fb, nil
	case "*":
		return fa * fb, nil
	case "/", "//", "%":
		if fb == 0 {
			return nil, fmt.Errorf("ZeroDivisionError: float division by zero")
		}
		switch op {
		case "/":
			return fa / fb, nil
		case "//":
			return math.Floor(fa / fb), nil
		}
		return fa - math.Floor(fa/fb)*fb, nil
	case "**":
		return math.Pow(fa, fb), nil
	}
	return bad()
}

func (u *Undefined) err() error {
	if u.Hint != "" {
		return &UndefinedError{u.Hint}
	}
	return &UndefinedError{fmt.Sprintf("'%s' is undefined", u.Name)}
}

type UndefinedError struct{ Msg string }

func (e *UndefinedError) Error() string { return e.Msg }

// percentFormat implements the printf-style % operator.
func percentFormat(f string, arg any) (any, error) {
	var args []any
	var named *Dict
	switch x := arg.(type) {
	case *List:
		if x.Tuple {
			args = x.Items
		} else {
			args = []any{x}
		}
	case *Dict:
		named = x
		args = []any{x}
	default:
		args = []any{arg}
	}
	var b strings.Builder
	n := 0
	for i := 0; i < len(f); i++ {
		if f[i] != '%' {
			b.WriteByte(f[i])
			continue
		}
		i++
		if i >= len(f) {
			return nil, fmt.Errorf("ValueError: incomplete format")
		}
		if f[i] == '%' {
			b.WriteByte('%')
			continue
		}
		var val any
		has := false
		if f[i] == '(' && named != nil {
			e := strings.IndexByte(f[i:], ')')
			if e < 0 {
				return nil, fmt.Errorf("ValueError: incomplete format key")
			}
			val, has = named.Get(f[i+1 : i+e])
			i += e + 1
		}
		st := i
		for i < len(f) && strings.IndexByte("-+ #0123456789.", f[i]) >= 0 {
			i++
		}
		spec := "%" + f[st:i]
		if i >= len(f) {
			return nil, fmt.Errorf("ValueError: incomplete format")
		}
		if !has {
			if n >= len(args) {
				return nil, fmt.Errorf("TypeError: not enough arguments for format string")
			}
			val = args[n]
			n++
		}
		switch f[i] {
		case 's':
			fmt.Fprintf(&b, spec+"s", Str(val))
		case 'r':
			fmt.Fprintf(&b, spec+"s", Repr(val))
		case 'd', 'i':
			fv, iv, isInt, ok := num(val)
			if !ok {
				return nil, fmt.Errorf("TypeError: %%d format: a real number is required, not %s", typeName(val))
			}
			if !isInt {
				iv = int64(fv)
			}
			fmt.Fprintf(&b, spec+"d", iv)
		case 'x', 'X', 'o':
			_, iv, _, _ := num(val)
			fmt.Fprintf(&b, spec+string(f[i]), iv)
		case 'f', 'F', 'e', 'E', 'g', 'G':
			fv, _, _, ok := num(val)
			if !ok {
				return nil, fmt.Errorf("TypeError: must be real number, not %s", typeName(val))
			}
			fmt.Fprintf(&b, spec+string(f[i]), fv)
		default:
			return nil, fmt.Errorf("ValueError: unsupported format character '%c'", f[i])
		}
	}
	return b.String(), nil
}
