package render

import "github.com/snowpit-dev/snowpit/runner/render/jinja"

// A contextView is the name context: all names that a package's templates see,
// as a mapping.
type contextView struct {
	c   *rendering
	pkg string
}

// GetItem is what a name stands for.
func (v *contextView) GetItem(key any) (any, bool) {
	name, ok := key.(string)
	if !ok {
		return nil, false
	}
	return v.c.lookup(v.pkg, name)
}

// GetAttr is get, or what a name stands for.
func (v *contextView) GetAttr(name string) (any, bool) {
	if name != "get" {
		return v.GetItem(name)
	}
	return jinja.Func(func(a *jinja.Args) (any, error) {
		if found, ok := v.GetItem(a.Arg(0, "key", nil)); ok {
			return found, nil
		}
		return a.Arg(1, "default", nil), nil
	}), true
}

// Iterate is the names, so that one can be looked for.
func (v *contextView) Iterate() []any {
	var all []any
	for _, name := range v.Names() {
		all = append(all, name)
	}
	return all
}

// IsMapping says that it is one.
func (v *contextView) IsMapping() bool { return true }

// Names are those there are, for suggestions.
func (v *contextView) Names() []string { return append(v.c.known(v.pkg), later...) }

// TypeName is what messages call it.
func (v *contextView) TypeName() string { return "context" }

// compiled is the SQL of the node that a hook belongs to.
func (c *rendering) compiled() any {
	if c.s.Compiled == "" {
		return nil
	}
	return c.s.Compiled
}
