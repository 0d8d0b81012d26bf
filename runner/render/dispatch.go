package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// prefixes are put before the name of a macro that adapter.dispatch looks for,
// in this order: the adapter's, then that of the macro that works anywhere.
var prefixes = []string{"snowflake__", "default__"}

// dispatched is the macro that adapter.dispatch(name, namespace) means, in a
// macro of package from; where there is none, tried are all the names it went
// through.
func (l *Library) dispatched(from, name, namespace string) (m *macro, tried []string) {
	order := l.Dispatch[namespace]
	switch {
	case namespace == "":
		order = []string{from, l.Project, Own}
	case order == nil:
		order = []string{l.Project, namespace}
	}
	for i, pkg := range order {
		if slices.Contains(order[:i], pkg) {
			continue
		}
		for _, prefix := range prefixes {
			if p := l.packages[pkg]; p != nil && p.macros[prefix+name] != nil {
				return p.macros[prefix+name], nil
			}
			tried = append(tried, pkg+"."+prefix+name)
		}
	}
	return nil, tried
}

// dispatch is adapter.dispatch.
func (a *adapter) dispatch(args *jinja.Args) (any, error) {
	name, namespace := args.Str(0, "macro_name", ""), ""
	switch ns := args.Arg(1, "macro_namespace", nil).(type) {
	case nil:
	case string:
		namespace = ns
	default:
		return nil, fmt.Errorf("adapter.dispatch('%s'): macro_namespace is the name of a package, not %s", name, jinja.Repr(ns))
	}
	if strings.Contains(name, ".") {
		pkg, bare, _ := strings.Cut(name, ".")
		return nil, fmt.Errorf("adapter.dispatch('%s'): give the package as the second argument: adapter.dispatch('%s', '%s')", name, bare, pkg)
	}
	m, tried := a.c.l.dispatched(a.pkg, name, namespace)
	if m == nil {
		return nil, fmt.Errorf("adapter.dispatch: there is no macro '%s'; searched for: %s", name, strings.Join(tried, ", "))
	}
	return a.c.bind(m), nil
}
