package project

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/graph"
)

// selectorsFile is the name of the file with a project's selectors.
const selectorsFile = "selectors.yml"

// readSelectors reads selectors.yml, if there is one.
func (l *loader) readSelectors() error {
	text, err := l.read(selectorsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	v, err := l.yamlFile(selectorsFile, text)
	if err != nil {
		return err
	}
	items, err := v.get("selectors").each("selectors")
	if err != nil {
		return err
	}
	l.p.Selectors = map[string]graph.Expr{}
	for _, item := range items {
		if err := l.readSelector(item); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) readSelector(item value) error {
	name := item.get("name").text()
	if name == "" {
		return fmt.Errorf("%s: a selector needs a name", item.pos)
	}
	if _, dup := l.p.Selectors[name]; dup {
		return fmt.Errorf("%s: there is a selector %s already", item.pos, name)
	}
	if !item.has("definition") {
		return fmt.Errorf("%s: selector %s needs a definition", item.pos, name)
	}
	x, err := selectorExpr(item.get("definition"))
	if err != nil {
		return err
	}
	l.p.Selectors[name] = x
	usual, err := item.get("default").rendered(l.evaluate)
	if err != nil {
		return err
	}
	if usual.scalar == true {
		if l.p.DefaultSelector != "" {
			return fmt.Errorf("%s: selectors %s and %s are both the default; only one can be", item.pos, l.p.DefaultSelector, name)
		}
		l.p.DefaultSelector = name
	}
	return nil
}

// selectorExpr reads a definition: a text as the command line has it, a union,
// an intersection, or a criterion with its parts written out.
func selectorExpr(v value) (graph.Expr, error) {
	switch {
	case v.keys == nil && v.list == nil && v.text() != "":
		x, err := graph.ParseExpr(v.text())
		x.Text = ""
		return x, at(v, err)
	case v.list != nil:
		return selectorGroup(v, "union", v)
	case v.has("union"):
		return selectorGroup(v, "union", v.get("union"))
	case v.has("intersection"):
		return selectorGroup(v, "intersection", v.get("intersection"))
	case v.has("method"):
		return selectorTerm(v)
	}
	if len(v.keys) == 1 && v.keys[0] != "exclude" {
		c, err := graph.ParseCriterion(v.keys[0] + ":" + v.fields[v.keys[0]].text())
		return graph.Expr{Term: &c}, at(v, err)
	}
	return graph.Expr{}, fmt.Errorf("%s: a selector's definition is a text, a union, an intersection, or a method and a value", v.pos)
}

// at gives an error a value's place.
func at(v value, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", v.pos, err)
}

// selectorGroup reads a union or an intersection, of which one part may be what
// to exclude.
func selectorGroup(v value, kind string, parts value) (graph.Expr, error) {
	if len(v.keys) > 1 {
		return graph.Expr{}, fmt.Errorf("%s: %s stands alone in its map, and here is %s too", v.pos, kind, strings.Join(other(v.keys, kind), ", "))
	}
	items, err := parts.each(kind)
	if err != nil {
		return graph.Expr{}, err
	}
	var x graph.Expr
	in := []graph.Expr{}
	for _, item := range items {
		if item.has("exclude") && len(item.keys) == 1 {
			if x.Exclude != nil {
				return x, fmt.Errorf("%s: a %s has one exclude", item.pos, kind)
			}
			out, err := selectorExcludes(item.get("exclude"))
			if err != nil {
				return x, err
			}
			x.Exclude = out
			continue
		}
		part, err := selectorExpr(item)
		if err != nil {
			return x, err
		}
		in = append(in, part)
	}
	if kind == "union" {
		x.Union = in
	} else {
		x.Intersect = in
	}
	return x, nil
}

func other(keys []string, but string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k == but })
}

func selectorExcludes(v value) ([]graph.Expr, error) {
	items, err := v.each("exclude")
	if err != nil {
		return nil, err
	}
	out := []graph.Expr{}
	for _, item := range items {
		x, err := selectorExpr(item)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// selectorTerm reads a criterion whose parts are written out.
func selectorTerm(v value) (graph.Expr, error) {
	method, arg, _ := strings.Cut(v.get("method").text(), ".")
	c := graph.Criterion{Method: method, Arg: arg, Value: v.get("value").text()}
	var x graph.Expr
	depth := map[string]int{}
	for _, key := range v.keys {
		field := v.fields[key]
		var err error
		switch key {
		case "method", "value":
		case "parents", "children", "childrens_parents":
			err = selectorSide(&c, key, field)
		case "parents_depth", "children_depth":
			depth[key], err = strconv.Atoi(field.text())
			if err != nil || depth[key] < 0 {
				err = fmt.Errorf("%s: %s is a whole number of steps, not %q", field.pos, key, field.text())
			}
		case "indirect_selection":
			c.Indirect = field.text()
		case "exclude":
			x.Exclude, err = selectorExcludes(field)
		default:
			err = fmt.Errorf("%s: a criterion has no %s; it has method, value, parents, children, parents_depth, children_depth, childrens_parents, indirect_selection, exclude", field.pos, key)
		}
		if err != nil {
			return x, err
		}
	}
	if n, set := depth["parents_depth"]; set && c.Up != 0 {
		c.Up = n
	}
	if n, set := depth["children_depth"]; set && c.Down != 0 {
		c.Down = n
	}
	x.Term = &c
	return x, at(v, c.Check())
}

// selectorSide reads whether a criterion goes up or down.
func selectorSide(c *graph.Criterion, key string, field value) error {
	on, ok := field.scalar.(bool)
	if !ok {
		return fmt.Errorf("%s: %s is true or false, not %q", field.pos, key, field.text())
	}
	if !on {
		return nil
	}
	switch key {
	case "parents":
		c.Up = -1
	case "children":
		c.Down = -1
	default:
		c.Around = true
	}
	return nil
}
