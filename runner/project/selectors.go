package project

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/graph"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
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
	items, err := v.Get("selectors").Each("selectors")
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

func (l *loader) readSelector(item yamldoc.Value) error {
	name := item.Get("name").Text()
	if name == "" {
		return fmt.Errorf("%s: a selector needs a name", item.Pos)
	}
	if _, dup := l.p.Selectors[name]; dup {
		return fmt.Errorf("%s: there is a selector %s already", item.Pos, name)
	}
	if !item.Has("definition") {
		return fmt.Errorf("%s: selector %s needs a definition", item.Pos, name)
	}
	x, err := selectorExpr(item.Get("definition"))
	if err != nil {
		return err
	}
	l.p.Selectors[name] = x
	usual, err := item.Get("default").Rendered(l.evaluate)
	if err != nil {
		return err
	}
	if usual.Scalar == true {
		if l.p.DefaultSelector != "" {
			return fmt.Errorf("%s: selectors %s and %s are both the default; only one can be", item.Pos, l.p.DefaultSelector, name)
		}
		l.p.DefaultSelector = name
	}
	return nil
}

// selectorExpr reads a definition: a text as the command line has it, a union,
// an intersection, or a criterion with its parts written out.
func selectorExpr(v yamldoc.Value) (graph.Expr, error) {
	switch {
	case v.Keys == nil && v.List == nil && v.Text() != "":
		x, err := graph.ParseExpr(v.Text())
		x.Text = ""
		return x, at(v, err)
	case v.List != nil:
		return selectorGroup(v, "union", v)
	case v.Has("union"):
		return selectorGroup(v, "union", v.Get("union"))
	case v.Has("intersection"):
		return selectorGroup(v, "intersection", v.Get("intersection"))
	case v.Has("method"):
		return selectorTerm(v)
	}
	if len(v.Keys) == 1 && v.Keys[0] != "exclude" {
		c, err := graph.ParseCriterion(v.Keys[0] + ":" + v.Fields[v.Keys[0]].Text())
		return graph.Expr{Term: &c}, at(v, err)
	}
	return graph.Expr{}, fmt.Errorf("%s: a selector's definition is a text, a union, an intersection, or a method and a value", v.Pos)
}

// at gives an error a value's place.
func at(v yamldoc.Value, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", v.Pos, err)
}

// selectorGroup reads a union or an intersection, of which one part may be what
// to exclude.
func selectorGroup(v yamldoc.Value, kind string, parts yamldoc.Value) (graph.Expr, error) {
	if len(v.Keys) > 1 {
		return graph.Expr{}, fmt.Errorf("%s: %s stands alone in its map, and here is %s too", v.Pos, kind, strings.Join(other(v.Keys, kind), ", "))
	}
	items, err := parts.Each(kind)
	if err != nil {
		return graph.Expr{}, err
	}
	var x graph.Expr
	in := []graph.Expr{}
	for _, item := range items {
		if item.Has("exclude") && len(item.Keys) == 1 {
			if x.Exclude != nil {
				return x, fmt.Errorf("%s: a %s has one exclude", item.Pos, kind)
			}
			out, err := selectorExcludes(item.Get("exclude"))
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

func selectorExcludes(v yamldoc.Value) ([]graph.Expr, error) {
	items, err := v.Each("exclude")
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
func selectorTerm(v yamldoc.Value) (graph.Expr, error) {
	method, arg, _ := strings.Cut(v.Get("method").Text(), ".")
	c := graph.Criterion{Method: method, Arg: arg, Value: v.Get("value").Text()}
	var x graph.Expr
	depth := map[string]int{}
	for _, key := range v.Keys {
		field := v.Fields[key]
		var err error
		switch key {
		case "method", "value":
		case "parents", "children", "childrens_parents":
			err = selectorSide(&c, key, field)
		case "parents_depth", "children_depth":
			depth[key], err = strconv.Atoi(field.Text())
			if err != nil || depth[key] < 0 {
				err = fmt.Errorf("%s: %s is a whole number of steps, not %q", field.Pos, key, field.Text())
			}
		case "indirect_selection":
			c.Indirect = field.Text()
		case "exclude":
			x.Exclude, err = selectorExcludes(field)
		default:
			err = fmt.Errorf("%s: a criterion has no %s; it has method, value, parents, children, parents_depth, children_depth, childrens_parents, indirect_selection, exclude", field.Pos, key)
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
func selectorSide(c *graph.Criterion, key string, field yamldoc.Value) error {
	on, ok := field.Scalar.(bool)
	if !ok {
		return fmt.Errorf("%s: %s is true or false, not %q", field.Pos, key, field.Text())
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
