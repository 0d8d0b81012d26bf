package project

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/snowpit-dev/snowpit/runner"
)

// sourceSpec reads what a source and one of its tables say beside names. What
// the table says goes first; a null takes back what the source says.
func sourceSpec(group, table value) (*runner.SourceSpec, error) {
	s := &runner.SourceSpec{
		Name: group.get("name").text(), Doc: group.get("description").text(), Loader: pickText("loader", table, group),
		Meta: plainMap(group.get("meta")),
	}
	places := []value{table, table.get("config"), group, group.get("config")}
	s.LoadedAt, s.LoadedAtQuery = pickText("loaded_at_field", places...), pickText("loaded_at_query", places...)
	own, all := freshnessOf(table), freshnessOf(group)
	if own != nil && own.isNull() {
		return s, nil
	}
	for _, f := range []*value{all, own} {
		if f == nil || f.isNull() {
			continue
		}
		if err := readFreshness(s, *f); err != nil {
			return nil, err
		}
	}
	bounded := s.WarnAfter.Count > 0 || s.ErrorAfter.Count > 0
	if own != nil && bounded && s.LoadedAt == "" && s.LoadedAtQuery == "" {
		return nil, fmt.Errorf("%s: freshness needs loaded_at_field, the column that says when a row was loaded", own.pos)
	}
	if s.LoadedAt == "" && s.LoadedAtQuery == "" {
		s.WarnAfter, s.ErrorAfter = runner.Age{}, runner.Age{}
	}
	return s, nil
}

// freshnessOf is what a source or a table says of freshness, nil for nothing.
func freshnessOf(v value) *value {
	for _, at := range []value{v, v.get("config")} {
		if at.has("freshness") {
			f := at.get("freshness")
			return &f
		}
	}
	return nil
}

// readFreshness reads one freshness: map over what is known.
func readFreshness(s *runner.SourceSpec, f value) error {
	if f.keys == nil {
		return fmt.Errorf("%s: freshness is a map with warn_after and error_after", f.pos)
	}
	for _, k := range f.keys {
		var err error
		switch v := f.fields[k]; k {
		case "warn_after":
			s.WarnAfter, err = age(v, k)
		case "error_after":
			s.ErrorAfter, err = age(v, k)
		case "filter":
			s.Filter = v.text()
		default:
			err = fmt.Errorf("%s: freshness has no %s; it has warn_after, error_after and filter", v.pos, k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// age reads a bound such as {count: 12, period: hour}.
func age(v value, what string) (runner.Age, error) {
	if v.isNull() || v.keys != nil && len(v.keys) == 0 {
		return runner.Age{}, nil
	}
	count, err := strconv.Atoi(v.get("count").text())
	period := v.get("period").text()
	if err != nil || count < 1 || !slices.Contains([]string{"minute", "hour", "day"}, period) {
		return runner.Age{}, fmt.Errorf("%s: %s is a count above 0 and a period, as in {count: 12, period: hour}; the periods are minute, hour, day", v.pos, what)
	}
	return runner.Age{Count: count, Period: period}, nil
}

// pickText is the first text that any of the maps has under a key.
func pickText(key string, places ...value) string {
	for _, v := range places {
		if text := v.get(key).text(); text != "" {
			return text
		}
	}
	return ""
}
