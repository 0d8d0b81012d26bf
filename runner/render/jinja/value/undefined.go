package value

import "fmt"

// Undefined stands for a name, attribute or item that is not there. It prints
// nothing and loops over nothing; most other uses are an error.
type Undefined struct {
	Name string          // what was asked for
	Hint string          // what is wrong, where it is more than that
	Near func() []string // the names there are, for a suggestion; or nil
}

// Err is what a use of the value is refused with.
func (u *Undefined) Err() error {
	msg := u.Hint
	if msg == "" {
		msg = fmt.Sprintf("'%s' is undefined", u.Name)
	}
	if u.Near != nil {
		if near := Nearest(u.Name, u.Near()); near != "" {
			msg += "; did you mean '" + near + "'?"
		}
	}
	return &UndefinedError{msg}
}

// An UndefinedError is the use of something that is not defined.
type UndefinedError struct{ Msg string }

func (e *UndefinedError) Error() string { return e.Msg }

// Nearest is the candidate that name is most likely a misspelling of, or "".
func Nearest(name string, candidates []string) string {
	best, least := "", max(1, len(name)/3)+1
	for _, c := range candidates {
		if d := distance(name, c, least); c != name && (d < least || d == least && best != "" && c < best) {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to add, drop, change or swap to get from a to
// b; a result above limit may be too low.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
