package project

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/snowpit-dev/snowpit/runner"
)

// A value is a piece of YAML and where it stands: a scalar, a list or a map.
type value struct {
	pos    runner.Pos
	scalar any // nil, bool, json.Number or string, for what is neither list nor map
	list   []value
	keys   []string // of a map, in order; nil for what is none
	fields map[string]value
}

// parseYAML reads a file's only document. An empty file is an empty map.
func parseYAML(file, text string) (value, error) {
	tree, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return value{}, yamlError(file, err)
	}
	if len(tree.Docs) > 1 && tree.Docs[1].Body != nil {
		return value{}, fmt.Errorf("%s: a file holds one YAML document, and this one has %d", file, len(tree.Docs))
	}
	r := &yamlReader{file: file, anchors: map[string]value{}}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return value{pos: runner.Pos{File: file}, keys: []string{}}, nil
	}
	return r.value(tree.Docs[0].Body, 0)
}

// yamlError places a syntax error.
func yamlError(file string, err error) error {
	var bad *yaml.SyntaxError
	if errors.As(err, &bad) && bad.Token != nil && bad.Token.Position != nil {
		p := bad.Token.Position
		return fmt.Errorf("%s: YAML: %s", runner.Pos{File: file, Line: p.Line, Col: p.Column}, bad.Message)
	}
	return fmt.Errorf("%s: YAML: %w", file, err)
}

// A yamlReader turns syntax into values.
type yamlReader struct {
	file    string
	anchors map[string]value
	nodes   int
}

// maxYAML bounds how many values a file may unfold into through its aliases.
const maxYAML = 1 << 20

func (r *yamlReader) value(n ast.Node, depth int) (value, error) {
	v := value{pos: r.pos(n)}
	if r.nodes++; r.nodes > maxYAML || depth > 200 {
		return v, fmt.Errorf("%s: YAML: too large or too deeply nested", v.pos)
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return r.mapping(v, n.Values, depth)
	case *ast.MappingValueNode:
		return r.mapping(v, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		for _, item := range n.Values {
			x, err := r.value(item, depth+1)
			if err != nil {
				return v, err
			}
			v.list = append(v.list, x)
		}
		if v.list == nil {
			v.list = []value{}
		}
	case *ast.AnchorNode:
		x, err := r.value(n.Value, depth+1)
		r.anchors[n.Name.String()] = x
		return x, err
	case *ast.AliasNode:
		x, ok := r.anchors[n.Value.String()]
		if !ok {
			return v, fmt.Errorf("%s: YAML: there is no anchor &%s above", v.pos, n.Value)
		}
		r.nodes += x.size()
		return x, nil
	case *ast.TagNode:
		return r.value(n.Value, depth+1)
	default:
		v.scalar = scalar(n)
	}
	return v, nil
}

func (v value) size() int {
	n := 1
	for _, x := range v.list {
		n += x.size()
	}
	for _, x := range v.fields {
		n += x.size()
	}
	return n
}

func (r *yamlReader) pos(n ast.Node) runner.Pos {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return runner.Pos{File: r.file, Line: t.Position.Line, Col: t.Position.Column}
	}
	return runner.Pos{File: r.file}
}

func (r *yamlReader) mapping(v value, pairs []*ast.MappingValueNode, depth int) (value, error) {
	v.keys, v.fields = []string{}, map[string]value{}
	for _, p := range pairs {
		x, err := r.value(p.Value, depth+1)
		if err != nil {
			return v, err
		}
		if p.Key.IsMergeKey() {
			for _, k := range x.keys {
				if !v.has(k) {
					v.set(k, x.fields[k])
				}
			}
			continue
		}
		key := keyText(p.Key)
		if x.keys != nil || x.scalar == nil && x.list == nil {
			x.pos = r.pos(p.Key)
		}
		if len(v.keys) == 0 {
			v.pos = r.pos(p.Key)
		}
		v.set(key, x)
	}
	return v, nil
}

func (v *value) set(key string, x value) {
	if !v.has(key) {
		v.keys = append(v.keys, key)
	}
	v.fields[key] = x
}

// scalar is a scalar node's value.
func scalar(n ast.Node) any {
	switch n := n.(type) {
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.MappingKeyNode:
		return scalar(n.Value)
	case *ast.StringNode:
		if t := n.Token.Type; t == token.SingleQuoteType || t == token.DoubleQuoteType {
			return n.Value
		}
		return plainScalar(n.Value)
	case *ast.NullNode:
		return nil
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return plainScalar(n.GetToken().Value)
	}
	return n.String()
}

// keyText is a key as it is written.
func keyText(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.MappingKeyNode:
		return keyText(n.Value)
	}
	return n.GetToken().Value
}

func (v value) has(key string) bool {
	_, ok := v.fields[key]
	return ok
}

// get is a field, or a null in the map's place.
func (v value) get(key string) value {
	if x, ok := v.fields[key]; ok {
		return x
	}
	return value{pos: v.pos}
}

func (v value) isNull() bool { return v.scalar == nil && v.list == nil && v.keys == nil }

// text is a scalar as text, "" for null.
func (v value) text() string {
	if v.scalar == nil {
		return ""
	}
	return fmt.Sprint(v.scalar)
}

// each lists a sequence's items; what is none is an error that says what was
// expected.
func (v value) each(what string) ([]value, error) {
	if v.isNull() {
		return nil, nil
	}
	if v.list == nil {
		return nil, fmt.Errorf("%s: %s must be a list", v.pos, what)
	}
	return v.list, nil
}

// texts is a list of texts, or one text.
func (v value) texts(what string) ([]string, error) {
	if v.list == nil && v.keys == nil {
		if v.scalar == nil {
			return nil, nil
		}
		return []string{v.text()}, nil
	}
	var out []string
	for _, x := range v.list {
		if x.list != nil || x.keys != nil {
			return nil, fmt.Errorf("%s: %s must be a list of names", x.pos, what)
		}
		out = append(out, x.text())
	}
	if v.keys != nil {
		return nil, fmt.Errorf("%s: %s must be a list of names", v.pos, what)
	}
	return out, nil
}

// plain is the value as encoding/json has it.
func (v value) plain() any {
	switch {
	case v.keys != nil:
		m := map[string]any{}
		for k, x := range v.fields {
			m[k] = x.plain()
		}
		return m
	case v.list != nil:
		l := make([]any, len(v.list))
		for i, x := range v.list {
			l[i] = x.plain()
		}
		return l
	}
	return v.scalar
}

// hookKeys are the keys of statements that run later.
var hookKeys = []string{"pre-hook", "post-hook", "pre_hook", "post_hook", "on-run-start", "on-run-end"}

// rendered replaces every text that has a template in it by what render makes
// of it, but for hooks.
func (v value) rendered(render func(runner.Pos, string) (any, error)) (value, error) {
	switch text, isText := v.scalar.(string); {
	case v.keys != nil:
		fields := map[string]value{}
		for k, x := range v.fields {
			if slices.Contains(hookKeys, strings.TrimPrefix(k, "+")) {
				fields[k] = x // rendered when it runs
				continue
			}
			x, err := x.rendered(render)
			if err != nil {
				return v, err
			}
			fields[k] = x
		}
		v.fields = fields
	case v.list != nil:
		list := slices.Clone(v.list)
		for i := range list {
			x, err := list[i].rendered(render)
			if err != nil {
				return v, err
			}
			list[i] = x
		}
		v.list = list
	case isText && strings.Contains(text, "{{"):
		out, err := render(v.pos, text)
		if err != nil {
			return v, err
		}
		v.scalar = out
	}
	return v, nil
}

// ParseVars reads the vars of a command line: a map in YAML or JSON. Empty text
// is an empty map.
func ParseVars(text string) (map[string]any, error) {
	v, err := parseYAML("vars", text)
	if err != nil {
		return nil, err
	}
	vars, ok := v.plain().(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%q is not a map such as '{year: 2020}'", text)
	}
	return vars, nil
}
