package project

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// sourceSpec reads what a source and one of its tables say beside names. What
// the table says goes first; a null takes back what the source says.
func sourceSpec(group, table yamldoc.Value) (*runner.SourceSpec, error) {
	s := &runner.SourceSpec{
		Name: group.Get("name").Text(), Doc: group.Get("description").Text(), Loader: pickText("loader", table, group),
		Meta: group.Get("meta").Plain(), External: plainMap(table.Get("external")),
	}
	places := []yamldoc.Value{table, table.Get("config"), group, group.Get("config")}
	s.LoadedAt, s.LoadedAtQuery = pickText("loaded_at_field", places...), pickText("loaded_at_query", places...)
	own, all := freshnessOf(table), freshnessOf(group)
	if own != nil && own.IsNull() {
		return s, nil
	}
	for _, f := range []*yamldoc.Value{all, own} {
		if f == nil || f.IsNull() {
			continue
		}
		if err := readFreshness(s, *f); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// freshnessOf is what a source or a table says of freshness, nil for nothing.
func freshnessOf(v yamldoc.Value) *yamldoc.Value {
	for _, at := range []yamldoc.Value{v, v.Get("config")} {
		if at.Has("freshness") {
			f := at.Get("freshness")
			return &f
		}
	}
	return nil
}

// readFreshness reads one freshness: map over what is known.
func readFreshness(s *runner.SourceSpec, f yamldoc.Value) error {
	if f.Keys == nil {
		return fmt.Errorf("%s: freshness is a map with warn_after and error_after", f.Pos)
	}
	for _, k := range f.Keys {
		var err error
		switch v := f.Fields[k]; k {
		case "warn_after":
			s.WarnAfter, err = age(v, k)
		case "error_after":
			s.ErrorAfter, err = age(v, k)
		case "filter":
			s.Filter = v.Text()
		default:
			err = fmt.Errorf("%s: freshness has no %s; it has warn_after, error_after and filter", v.Pos, k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// age reads a bound such as {count: 12, period: hour}.
func age(v yamldoc.Value, what string) (runner.Age, error) {
	if v.IsNull() || v.Keys != nil && len(v.Keys) == 0 {
		return runner.Age{}, nil
	}
	count, err := strconv.Atoi(v.Get("count").Text())
	period := v.Get("period").Text()
	if err != nil || count < 1 || !slices.Contains([]string{"minute", "hour", "day"}, period) {
		return runner.Age{}, fmt.Errorf("%s: %s is a count above 0 and a period, as in {count: 12, period: hour}; the periods are minute, hour, day", v.Pos, what)
	}
	return runner.Age{Count: count, Period: period}, nil
}

// pickText is the first text that any of the maps has under a key.
func pickText(key string, places ...yamldoc.Value) string {
	for _, v := range places {
		if text := v.Get(key).Text(); text != "" {
			return text
		}
	}
	return ""
}
