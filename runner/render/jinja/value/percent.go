package value

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Percent is Python's format % args, with the arguments as a tuple, a dict or
// one value.
func Percent(format string, args any) (string, error) {
	p := &percent{rest: format}
	switch x := args.(type) {
	case *List:
		p.args, p.single = []any{x}, true
		if x.Tuple {
			p.args, p.single = x.Items, false
		}
	case *Undefined:
		p.args, p.single = []any{x}, true
	case *Dict:
		p.named, p.args, p.single = x, []any{x}, true
	default:
		p.args = []any{args}
	}
	for p.rest != "" {
		if err := p.next(); err != nil {
			return "", err
		}
		if err := CheckText(int64(p.b.Len())); err != nil {
			return "", err
		}
	}
	if len(p.args) > 0 && !p.single {
		return "", fmt.Errorf("TypeError: not all arguments converted during string formatting")
	}
	return p.b.String(), nil
}

// A percent is a format that is being filled in.
type percent struct {
	b      strings.Builder
	rest   string
	args   []any // that are left
	named  *Dict
	single bool // the one argument need not be used
}

// next writes text up to a percent sign, and what stands behind that.
func (p *percent) next() error {
	text, rest, ok := strings.Cut(p.rest, "%")
	p.b.WriteString(text)
	p.rest = rest
	if !ok {
		return nil
	}
	var key *string
	if strings.HasPrefix(p.rest, "(") {
		name, rest, ok := strings.Cut(p.rest[1:], ")")
		if !ok {
			return fmt.Errorf("ValueError: incomplete format key")
		}
		key, p.rest = &name, rest
	}
	s, err := p.spec()
	if err != nil {
		return err
	}
	if s.typ == '%' {
		p.b.WriteByte('%')
		return nil
	}
	v, err := p.argument(key)
	if err != nil {
		return err
	}
	out, err := s.percent(v)
	p.b.WriteString(out)
	return err
}

// spec reads flags, width, precision and type.
func (p *percent) spec() (spec, error) {
	s := spec{fill: " ", align: '>', precision: -1}
	for {
		var flag byte
		if flag, p.rest = oneOf(p.rest, "-+ #0"); flag == 0 {
			break
		}
		switch flag {
		case '-':
			s.align, s.fill = '<', " "
		case '0':
			if s.align != '<' {
				s.align, s.fill = '=', "0"
			}
		case '#':
			s.alt = true
		default:
			if s.sign != '+' {
				s.sign = flag
			}
		}
	}
	if err := p.number(&s.width, 0); err != nil {
		return s, err
	}
	if rest, ok := strings.CutPrefix(p.rest, "."); ok {
		p.rest = rest
		if err := p.number(&s.precision, 0); err != nil {
			return s, err
		}
	}
	_, p.rest = oneOf(p.rest, "hlL") // lengths of C, without a meaning
	if p.rest == "" {
		return s, fmt.Errorf("ValueError: incomplete format")
	}
	s.typ, p.rest = p.rest[0], p.rest[1:]
	return s, nil
}

// number reads a width or a precision; a star takes it from the arguments.
func (p *percent) number(n *int, none int) (err error) {
	if rest, ok := strings.CutPrefix(p.rest, "*"); ok {
		p.rest = rest
		v, err := p.argument(nil)
		i, ok := Int(v)
		if err != nil || !ok || i < 0 || i > 1_000_000 {
			return fmt.Errorf("TypeError: * wants int")
		}
		*n = int(i)
		return nil
	}
	*n, p.rest, err = digits(p.rest, none)
	return err
}

func (p *percent) argument(key *string) (any, error) {
	if key != nil {
		if p.named == nil {
			return nil, fmt.Errorf("TypeError: format requires a mapping")
		}
		v, ok := p.named.Get(*key)
		if !ok {
			return nil, fmt.Errorf("KeyError: %s", Repr(*key))
		}
		return v, nil
	}
	if len(p.args) == 0 {
		return nil, fmt.Errorf("TypeError: not enough arguments for format string")
	}
	v := p.args[0]
	p.args = p.args[1:]
	return v, nil
}

// percent writes one value.
func (s spec) percent(v any) (string, error) {
	switch s.typ {
	case 's':
		text, err := Text(v)
		return s.padded(text), err
	case 'r', 'a':
		text, err := ReprText(v)
		return s.padded(text), err
	case 'c':
		return s.character(v)
	case 'd', 'i', 'u', 'x', 'X', 'o':
		return s.wholeNumber(v)
	case 'f', 'F', 'e', 'E', 'g', 'G':
		if !isNumber(v) {
			return "", fmt.Errorf("TypeError: must be real number, not %s", TypeName(v))
		}
		return s.number(v)
	}
	return "", fmt.Errorf("ValueError: unsupported format character '%c' (0x%x)", s.typ, s.typ)
}

func (s spec) character(v any) (string, error) {
	if text, ok := v.(string); ok && utf8.RuneCountInString(text) == 1 {
		return s.padded(text), nil
	}
	n, ok := Big(v)
	if !ok {
		return "", fmt.Errorf("TypeError: %%c requires int or char")
	}
	text, err := character(n)
	return s.padded(text), err
}

func (s spec) padded(text string) string {
	s.fill = " "
	if s.align == '=' {
		s.align = '>'
	}
	return s.text(text)
}

func (s spec) wholeNumber(v any) (string, error) {
	n, ok := truncated(v)
	if _, isFloat := v.(float64); !ok || isFloat && s.typ != 'd' && s.typ != 'i' && s.typ != 'u' {
		want := "a real number"
		if s.typ != 'd' && s.typ != 'i' && s.typ != 'u' {
			want = "an integer"
		}
		return "", fmt.Errorf("TypeError: %%%c format: %s is required, not %s", s.typ, want, TypeName(v))
	}
	if s.typ == 'i' || s.typ == 'u' {
		s.typ = 'd'
	}
	least := s.precision
	s.precision = -1
	body, err := s.integer(Norm(n))
	if err != nil {
		return "", err
	}
	if least > 0 {
		sign, digits := "", body
		if strings.HasPrefix(body, "-") {
			sign, digits = "-", body[1:]
		}
		body = sign + Pad(digits, least, "0", '>')
	}
	return s.signed(body), nil
}
