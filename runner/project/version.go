package project

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
)

// checkVersion refuses a package that asks for another version of dbt than the
// one whose behaviour this is.
func (l *loader) checkVersion(p *pack) error {
	if l.opts.AnyVersion {
		return nil
	}
	v := p.file.Get("require-dbt-version")
	texts, err := v.Texts("require-dbt-version")
	if err != nil {
		return err
	}
	for _, text := range texts {
		for bound := range strings.SplitSeq(text, ",") {
			ok, err := within(runner.DBTVersion, strings.TrimSpace(bound))
			if err != nil {
				return fmt.Errorf("%s: require-dbt-version: %w", v.Pos, err)
			}
			if !ok {
				return fmt.Errorf("%s: %s asks for dbt %s, and this behaves as dbt %s: change require-dbt-version, or pass --no-version-check",
					v.Pos, p.name, strings.Join(texts, ", "), runner.DBTVersion)
			}
		}
	}
	return nil
}

// within reports whether a version lies within a bound such as ">=1.3.0".
func within(version, bound string) (bool, error) {
	op := strings.TrimRight(bound, "0123456789.abcdefghijklmnopqrstuvwxyz-+ ")
	want, err := numbers(strings.TrimSpace(strings.TrimPrefix(bound, op)))
	if err != nil {
		return false, fmt.Errorf("%q is no version, such as >=1.3.0", bound)
	}
	have, err := numbers(version)
	if err != nil {
		return false, err
	}
	cmp := 0
	for i := range want {
		if have[i] != want[i] {
			cmp = 1
			if have[i] < want[i] {
				cmp = -1
			}
			break
		}
	}
	switch op {
	case ">=":
		return cmp >= 0, nil
	case "<=":
		return cmp <= 0, nil
	case ">":
		return cmp > 0, nil
	case "<":
		return cmp < 0, nil
	case "", "=", "==":
		return cmp == 0, nil
	}
	return false, fmt.Errorf("%q is no version, such as >=1.3.0", bound)
}

// numbers are the three of a version; what stands behind them, as in 1.8.0b1,
// does not count.
func numbers(version string) ([3]int, error) {
	var out [3]int
	parts := strings.SplitN(version, ".", 3)
	for i, part := range parts {
		end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(part)
		}
		n, err := strconv.Atoi(part[:end])
		if err != nil {
			return out, fmt.Errorf("%q is no version", version)
		}
		out[i] = n
	}
	return out, nil
}
