package dialecttest

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// known says why a case does not hold yet.
type known struct {
	columns bool // only the columns differ
	why     string
}

var knownLine = regexp.MustCompile(`^(\S+?)( columns)?: (.+)$`)

// readKnown reads lists of the cases that do not hold on some warehouse, a
// line each, "CASE: REASON", or "CASE columns: REASON" where the rows are right
// and only names or types of columns differ. Lines that begin with # and empty
// ones are passed over.
func readKnown(paths ...string) (map[string]known, error) {
	list := map[string]known{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("the list of what is known to differ: %w", err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			if line == "" || line[0] == '#' {
				continue
			}
			m := knownLine.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("%s:%d: %q is not CASE: REASON", path, n+1, line)
			}
			if _, twice := list[m[1]]; twice {
				return nil, fmt.Errorf("%s:%d: %s stands there twice", path, n+1, m[1])
			}
			list[m[1]] = known{columns: m[2] != "", why: m[3]}
		}
	}
	return list, nil
}

// writeKnown writes a list back, sorted, without the names in gone and with
// the comments above it.
func writeKnown(path string, gone map[string]bool) error {
	list, err := readKnown(path)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("the list of what is known to differ: %w", err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		b.WriteString(line)
	}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if gone[name] {
			continue
		}
		columns := map[bool]string{true: " columns"}[list[name].columns]
		fmt.Fprintf(&b, "%s%s: %s\n", name, columns, list[name].why)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		return fmt.Errorf("the list of what is known to differ: %w", err)
	}
	return nil
}

// verdict is what the list makes of a finding: nil, or what is wrong. healed
// reports an entry that is no longer true.
func verdict(f Finding, list map[string]known) (err error, healed bool) {
	k, listed := list[f.Case.Name]
	switch {
	case listed && f.Holds():
		return fmt.Errorf("holds now; delete it from the known list (%s)", k.why), true
	case listed && k.columns && f.Rows != nil:
		return fmt.Errorf("its rows were right and are not: %w", f.Rows), false
	case listed && !k.columns && f.Rows == nil:
		return fmt.Errorf("only its columns differ now; write 'columns' behind its name in the known list (%w)", f.Columns), false
	case listed, f.Holds():
		return nil, false
	case f.Rows != nil && f.Columns != nil:
		return fmt.Errorf("%w\n%w", f.Columns, f.Rows), false
	case f.Rows != nil:
		return f.Rows, false
	}
	return f.Columns, false
}
