package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// filters are dbt's own beside Jinja's. In SQL and macros they leave a value as
// it is.
var filters = map[string]jinja.Filter{"as_text": same, "as_native": same, "as_bool": same, "as_number": same}

func same(in any, _ *jinja.Args) (any, error) { return in, nil }

// native are dbt's own filters in YAML, where a value keeps its type.
var native = map[string]jinja.Filter{
	"as_text":   func(in any, _ *jinja.Args) (any, error) { return jinja.Str(in), nil },
	"as_native": same,
	"as_bool": func(in any, _ *jinja.Args) (any, error) {
		switch strings.ToLower(jinja.Str(in)) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, fmt.Errorf("%s is no boolean", jinja.Repr(in))
	},
	"as_number": func(in any, _ *jinja.Args) (any, error) {
		if n, err := strconv.ParseInt(jinja.Str(in), 10, 64); err == nil {
			return n, nil
		}
		f, err := strconv.ParseFloat(jinja.Str(in), 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no number", jinja.Repr(in))
		}
		return f, nil
	},
}

// Filters are dbt's own filters in YAML: as_text, as_native, as_bool, as_number.
func Filters() map[string]jinja.Filter { return native }
