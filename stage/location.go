package stage

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxName is how many bytes an object's name may have, as in S3.
const maxName = 1024

// CheckName reports why name cannot name an object, as an error wrapping
// [ErrName], or nil.
func CheckName(name string) error {
	why := ""
	switch {
	case name == "":
		why = "it is empty"
	case len(name) > maxName:
		why = fmt.Sprintf("it has %d bytes, and %d is the most", len(name), maxName)
	case !utf8.ValidString(name):
		why = "it is not UTF-8"
	case strings.ContainsAny(name, "\x00\\"):
		why = "it has a NUL or a backslash"
	case strings.HasPrefix(name, "/"):
		why = "it is absolute"
	case strings.HasSuffix(name, "/"):
		why = "it ends in a slash"
	}
	if why == "" {
		for part := range strings.SplitSeq(name, "/") {
			if part == "" || part == "." || part == ".." {
				why = fmt.Sprintf("it has the part %q", part)
			}
		}
	}
	if why == "" {
		return nil
	}
	return fmt.Errorf("%.80q: %w: %s", name, ErrName, why)
}

// A Location is a place on a stage, as SQL writes it.
type Location struct {
	Name
	Path string // the object, or the prefix of several, or "" for the whole stage
}

// String is the location with its @.
func (l Location) String() string {
	if l.Path == "" {
		return "@" + l.Name.String()
	}
	return "@" + l.Name.String() + "/" + l.Path
}

// ParseLocation reads @stage, @schema.stage/path or @database.schema.stage/path,
// the parts it lacks taken from base. Unquoted parts fold to upper case; the
// path keeps its case. User stages (@~) and table stages (@%t) are named in
// the error as not there yet.
func ParseLocation(text string, base Name) (Location, error) {
	rest, ok := strings.CutPrefix(text, "@")
	if !ok {
		return Location{}, fmt.Errorf("stage location %q: it must begin with @", text)
	}
	if strings.HasPrefix(rest, "~") {
		return Location{}, fmt.Errorf("stage location %q: user stages are not supported, only named stages such as @MODELSTAGE/path", text)
	}
	parts, rest, err := identifiers(rest)
	if err != nil {
		return Location{}, fmt.Errorf("stage location %q: %w", text, err)
	}
	if rest != "" && rest[0] != '/' {
		return Location{}, fmt.Errorf("stage location %q: unexpected %q after the stage's name", text, rest)
	}
	loc := Location{Name: base, Path: strings.TrimPrefix(rest, "/")}
	switch len(parts) {
	case 3:
		loc.Database, loc.Schema, loc.Stage = parts[0], parts[1], parts[2]
	case 2:
		loc.Schema, loc.Stage = parts[0], parts[1]
	case 1:
		loc.Stage = parts[0]
	default:
		return Location{}, fmt.Errorf("stage location %q: a name has at most three parts", text)
	}
	return loc, nil
}

// identifiers reads dotted identifiers off the front of s.
func identifiers(s string) (parts []string, rest string, err error) {
	for {
		var part string
		if part, s, err = identifier(s); err != nil {
			return nil, "", err
		}
		parts = append(parts, part)
		var more bool
		if s, more = strings.CutPrefix(s, "."); !more {
			return parts, s, nil
		}
	}
}

// identifier reads one identifier off the front of s, as Snowflake stores it.
func identifier(s string) (name, rest string, err error) {
	if quoted, ok := strings.CutPrefix(s, `"`); ok {
		var b strings.Builder
		for {
			i := strings.IndexByte(quoted, '"')
			if i < 0 {
				return "", "", errors.New("a quoted name is not closed")
			}
			b.WriteString(quoted[:i])
			quoted = quoted[i+1:]
			if !strings.HasPrefix(quoted, `"`) {
				break
			}
			b.WriteByte('"')
			quoted = quoted[1:]
		}
		if b.Len() == 0 {
			return "", "", errors.New("a quoted name is empty")
		}
		return b.String(), quoted, nil
	}
	n := 0
	for n < len(s) && isIdent(s[n], n == 0) {
		n++
	}
	switch {
	case n > 0:
	case s == "":
		return "", "", errors.New("a name is missing at the end")
	case s[0] == '%':
		return "", "", errors.New("table stages are not supported, only named stages such as @MODELSTAGE/path")
	default:
		return "", "", fmt.Errorf("a name is missing before %q", s)
	}
	return strings.ToUpper(s[:n]), s[n:], nil
}

func isIdent(c byte, first bool) bool {
	switch {
	case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return true
	case c == '$' || c >= '0' && c <= '9':
		return !first
	}
	return false
}

// quote writes an identifier so that SQL reads it back as it is.
func quote(name string) string {
	plain := name != ""
	for i := range len(name) {
		c := name[i]
		plain = plain && isIdent(c, i == 0) && (c < 'a' || c > 'z')
	}
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
