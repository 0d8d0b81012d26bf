package render

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

func toJSON(a *jinja.Args) (any, error) {
	text, err := value.JSON(a.Arg(0, "value", nil), value.Truthy(a.Arg(2, "sort_keys", false)), 0)
	if err != nil && a.Has(1, "default") {
		return a.Arg(1, "default", nil), nil
	}
	return text, err
}

func fromJSON(a *jinja.Args) (any, error) {
	v, err := value.FromJSON(a.Str(0, "string", ""))
	if err != nil {
		if a.Has(1, "default") {
			return a.Arg(1, "default", nil), nil
		}
		return nil, fmt.Errorf("fromjson: %w", err)
	}
	return v, nil
}

// distinct is set(): the distinct members of what can be looped over, or the
// default.
func distinct(a *jinja.Args) (any, error) {
	v, err := members(a.Arg(0, "value", nil))
	if err != nil {
		return a.Arg(1, "default", nil), nil
	}
	return v, nil
}

// distinctStrict is set_strict(), which takes no default.
func distinctStrict(a *jinja.Args) (any, error) { return members(a.Arg(0, "value", nil)) }

func members(v any) (any, error) {
	items, err := value.Iterate(v)
	if err != nil {
		return nil, err
	}
	return value.NewSet(items...)
}

func localMD5(a *jinja.Args) (any, error) {
	sum := md5.Sum([]byte(a.Str(0, "value", "")))
	return hex.EncodeToString(sum[:]), nil
}
