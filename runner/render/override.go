package render

import "github.com/snowpit-dev/snowpit/runner/render/jinja"

// override is what a unit test sets for a name, or for package.name, in place
// of what there is: a call of it gives the value where it can be called, and it
// is the value where it cannot.
func (c *rendering) override(there func() (any, bool), names ...string) (any, bool) {
	for _, name := range names {
		v, ok := c.s.Overrides[name]
		if !ok {
			continue
		}
		v = jinja.FromGo(v)
		old, _ := there()
		switch old.(type) {
		case jinja.Func, jinja.Caller:
			return jinja.Func(func(*jinja.Args) (any, error) { return v, nil }), true
		}
		return v, true
	}
	return nil, false
}
