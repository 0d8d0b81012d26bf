package numbermodel

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrModel is a text that is no format model.
	ErrModel = errors.New("invalid format model")
	// ErrUnsupported is a model with an element that this package lacks.
	ErrUnsupported = errors.New("format model with an element that is not supported")
	// ErrMatch is a text that is no number of the model's form.
	ErrMatch = errors.New("not a number of that format")
)

// A Model is a format model. It does not change.
type Model struct {
	elements []element
	compact  bool // FM: no spaces in the place of what is left out
	dollar   bool
	blank    bool // B: a zero before the point is left out
	hex      bool
	lower    bool // hexadecimal digits are lower-case letters
	sign     kind // signFloat, minus or 0
	minimal  string
}

// kind says what an element stands for.
type kind int

const (
	literal   kind = iota + 1
	digit          // 9 or X: a leading or trailing zero is blank
	zero           // 0: a digit that is always written
	point          // . or D
	group          // , or G
	plusMinus      // S
	minus          // MI
	minimal        // TM, TM9, TME
)

type element struct {
	kind kind
	text string // of a literal
}

// New reads a model. Its error is an [ErrModel] or an [ErrUnsupported].
func New(text string) (*Model, error) {
	m := &Model{}
	for rest := text; rest != ""; {
		n, err := m.element(rest)
		if err != nil {
			return nil, fmt.Errorf("'%s': %w", text, err)
		}
		rest = rest[n:]
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("'%s': %w", text, err)
	}
	return m, nil
}

// element reads the element at the front of rest and says how long it is.
func (m *Model) element(rest string) (int, error) {
	upper := strings.ToUpper(rest[:min(len(rest), len("AUTO"))])
	switch {
	case rest[0] == '"':
		return m.quoted(rest)
	case strings.HasPrefix(upper, "TM9"), strings.HasPrefix(upper, "TME"):
		m.minimal = rest[:3]
		m.add(minimal, "")
		return 3, nil
	case strings.HasPrefix(upper, "TM"):
		m.minimal = rest[:2]
		m.add(minimal, "")
		return 2, nil
	case strings.HasPrefix(upper, "MI"):
		return 2, m.signed(minus)
	case strings.HasPrefix(upper, "FM"):
		m.compact = !m.compact
		return 2, nil
	case strings.HasPrefix(upper, "FX"), strings.HasPrefix(upper, "EE"), strings.HasPrefix(upper, "AUTO"):
		return 0, fmt.Errorf("%w: %s", ErrUnsupported, rest[:2])
	}
	return 1, m.single(rest[0])
}

// single reads an element of one character.
func (m *Model) single(c byte) error {
	switch c {
	case '0':
		m.add(zero, "")
	case '9':
		m.add(digit, "")
	case 'X', 'x':
		m.hex, m.lower = true, c == 'x'
		m.add(digit, "")
	case '.', 'D', 'd':
		if c == '.' && !m.behindDigit() {
			m.add(literal, ".")
			break
		}
		m.add(point, "")
	case ',', 'G', 'g':
		if c == ',' && !m.behindDigit() {
			m.add(literal, ",")
			break
		}
		m.add(group, "")
	case '$':
		m.dollar = true
	case 'B', 'b':
		m.blank = true
	case 'S', 's':
		return m.signed(plusMinus)
	case ';', ':', '-', '=', '/', '(', ')', ' ':
		m.add(literal, string(c))
	case '_':
	case '|', '%':
		return fmt.Errorf("%w: %c", ErrUnsupported, c)
	default:
		return fmt.Errorf("%w: %q is no element", ErrModel, c)
	}
	return nil
}

// quoted reads a literal in double quotes.
func (m *Model) quoted(rest string) (int, error) {
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] != '"':
			b.WriteByte(rest[i])
		case i+1 < len(rest) && rest[i+1] == '"':
			b.WriteByte('"')
			i++
		default:
			m.add(literal, b.String())
			return i + 1, nil
		}
	}
	return 0, fmt.Errorf("%w: a literal has no end", ErrModel)
}

func (m *Model) signed(k kind) error {
	if m.sign != 0 {
		return fmt.Errorf("%w: it has two signs", ErrModel)
	}
	m.sign = k
	m.add(k, "")
	return nil
}

func (m *Model) add(k kind, text string) { m.elements = append(m.elements, element{k, text}) }

// behindDigit reports whether a digit's place stands right before, so that a
// point or a comma belongs to the number.
func (m *Model) behindDigit() bool {
	if len(m.elements) == 0 {
		return false
	}
	k := m.elements[len(m.elements)-1].kind
	return k == digit || k == zero
}

// check refuses what is read but makes no model.
func (m *Model) check() error {
	points, digits, minimals := m.count(point), m.count(digit)+m.count(zero), m.count(minimal)
	switch {
	case digits == 0 && minimals == 0:
		return fmt.Errorf("%w: it has no digit", ErrModel)
	case points > 1 || minimals > 1 || minimals == 1 && digits > 0:
		return fmt.Errorf("%w: it has two numbers", ErrModel)
	case m.hex && points > 0:
		return fmt.Errorf("%w: hexadecimal fractions", ErrUnsupported)
	}
	return nil
}

func (m *Model) count(k kind) (n int) {
	for _, e := range m.elements {
		if e.kind == k {
			n++
		}
	}
	return n
}

// pointAt is the element that is the point, or how many elements there are.
func (m *Model) pointAt() int {
	for i, e := range m.elements {
		if e.kind == point {
			return i
		}
	}
	return len(m.elements)
}

// places counts the digits before and behind the point.
func (m *Model) places() (whole, fraction int) {
	at := m.pointAt()
	for i, e := range m.elements {
		switch {
		case e.kind != digit && e.kind != zero:
		case i < at:
			whole++
		default:
			fraction++
		}
	}
	return whole, fraction
}
