package yamldoc

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
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A Value is a piece of YAML and where it stands: a scalar, a list or a map.
type Value struct {
	Pos    runner.Pos
	Scalar any              // nil, bool, json.Number or string, for what is neither list nor map
	List   []Value          // of a list; nil for what is none
	Keys   []string         // of a map, in order; nil for what is none
	Fields map[string]Value // of a map, by key
}

// Parse reads a file's only document. An empty file is an empty map.
func Parse(file, text string) (Value, error) {
	tree, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return Value{}, yamlError(file, err)
	}
	if len(tree.Docs) > 1 && tree.Docs[1].Body != nil {
		return Value{}, fmt.Errorf("%s: a file holds one YAML document, and this one has %d", file, len(tree.Docs))
	}
	r := &yamlReader{file: file, anchors: map[string]Value{}}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return Value{Pos: runner.Pos{File: file}, Keys: []string{}, Fields: map[string]Value{}}, nil
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
	anchors map[string]Value
	nodes   int
}

// maxYAML bounds how many values a file may unfold into through its aliases.
const maxYAML = 1 << 20

func (r *yamlReader) value(n ast.Node, depth int) (Value, error) {
	v := Value{Pos: r.pos(n)}
	if r.nodes++; r.nodes > maxYAML || depth > 200 {
		return v, fmt.Errorf("%s: YAML: too large or too deeply nested", v.Pos)
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
			v.List = append(v.List, x)
		}
		if v.List == nil {
			v.List = []Value{}
		}
	case *ast.AnchorNode:
		x, err := r.value(n.Value, depth+1)
		r.anchors[n.Name.String()] = x
		return x, err
	case *ast.AliasNode:
		x, ok := r.anchors[n.Value.String()]
		if !ok {
			return v, fmt.Errorf("%s: YAML: there is no anchor &%s above", v.Pos, n.Value)
		}
		r.nodes += x.size()
		return x, nil
	case *ast.TagNode:
		return r.tagged(n, depth)
	default:
		v.Scalar = scalar(n)
	}
	return v, nil
}

func (v Value) size() int {
	n := 1
	for _, x := range v.List {
		n += x.size()
	}
	for _, x := range v.Fields {
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

func (r *yamlReader) mapping(v Value, pairs []*ast.MappingValueNode, depth int) (Value, error) {
	v.Keys, v.Fields = []string{}, map[string]Value{}
	for _, p := range pairs {
		x, err := r.value(p.Value, depth+1)
		if err != nil {
			return v, err
		}
		if p.Key.IsMergeKey() {
			if err := v.merge(x); err != nil {
				return v, fmt.Errorf("%s: YAML: %w", r.pos(p.Key), err)
			}
			continue
		}
		key := keyText(p.Key)
		if x.Keys != nil || x.Scalar == nil && x.List == nil {
			x.Pos = r.pos(p.Key)
		}
		if len(v.Keys) == 0 {
			v.Pos = r.pos(p.Key)
		}
		v.Set(key, x)
	}
	return v, nil
}

// merge gives a map the fields of another, or of a list of others, that it does
// not have.
func (v *Value) merge(x Value) error {
	if x.List == nil {
		x.List = []Value{x}
	}
	for _, from := range x.List {
		if from.Keys == nil {
			return errors.New("<< merges a map or a list of maps, and this is none")
		}
		for _, k := range from.Keys {
			if !v.Has(k) {
				v.Set(k, from.Fields[k])
			}
		}
	}
	return nil
}

// tagged is a value whose type is written before it.
func (r *yamlReader) tagged(n *ast.TagNode, depth int) (Value, error) {
	v := Value{Pos: r.pos(n), Scalar: ""}
	if n.Value != nil {
		var err error
		if v, err = r.value(n.Value, depth+1); err != nil {
			return v, err
		}
	}
	written, scalar := n.Value.(ast.ScalarNode)
	switch tag := n.Start.Value; {
	case tag == "!!map" && v.Keys != nil, tag == "!!seq" && v.List != nil:
	case tag == "!!str" && scalar:
		v.Scalar = scalarText(written)
	case scalar && slices.Contains([]string{"!!int", "!!float", "!!bool", "!!null"}, tag):
		v.Scalar = plainScalar(scalarText(written))
	default:
		return v, fmt.Errorf("%s: YAML: the tag %s is not supported here", r.pos(n), tag)
	}
	return v, nil
}

// scalarText is a scalar's text, whatever it means.
func scalarText(n ast.ScalarNode) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	return n.GetToken().Value
}

// Set gives a map a field, behind those it has, or in place of the one of that
// key.
func (v *Value) Set(key string, x Value) {
	if !v.Has(key) {
		v.Keys = append(v.Keys, key)
	}
	v.Fields[key] = x
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

// Has reports whether a map has a field, be it null.
func (v Value) Has(key string) bool {
	_, ok := v.Fields[key]
	return ok
}

// Get is a field, or a null in the map's place.
func (v Value) Get(key string) Value {
	if x, ok := v.Fields[key]; ok {
		return x
	}
	return Value{Pos: v.Pos}
}

// IsNull reports whether there is nothing, or a null.
func (v Value) IsNull() bool { return v.Scalar == nil && v.List == nil && v.Keys == nil }

// Text is a scalar as text, "" for null.
func (v Value) Text() string {
	if v.Scalar == nil {
		return ""
	}
	return fmt.Sprint(v.Scalar)
}

// Each lists a sequence's items; what is none is an error that says what was
// expected.
func (v Value) Each(what string) ([]Value, error) {
	if v.IsNull() {
		return nil, nil
	}
	if v.List == nil {
		return nil, fmt.Errorf("%s: %s must be a list", v.Pos, what)
	}
	return v.List, nil
}

// Texts is a list of texts, or one text.
func (v Value) Texts(what string) ([]string, error) {
	if v.List == nil && v.Keys == nil {
		if v.Scalar == nil {
			return nil, nil
		}
		return []string{v.Text()}, nil
	}
	var out []string
	for _, x := range v.List {
		if x.List != nil || x.Keys != nil {
			return nil, fmt.Errorf("%s: %s must be a list of names", x.Pos, what)
		}
		out = append(out, x.Text())
	}
	if v.Keys != nil {
		return nil, fmt.Errorf("%s: %s must be a list of names", v.Pos, what)
	}
	return out, nil
}

// Plain is the value as encoding/json has it, but for maps, which keep their
// order as [value.Ordered].
func (v Value) Plain() any {
	switch {
	case v.Keys != nil:
		return value.Ordered{Keys: v.Keys, Fields: v.PlainMap()}
	case v.List != nil:
		l := make([]any, len(v.List))
		for i, x := range v.List {
			l[i] = x.Plain()
		}
		return l
	}
	return v.Scalar
}

// PlainMap is a map's fields as [Value.Plain] has them, nil for what is no map.
func (v Value) PlainMap() map[string]any {
	if v.Keys == nil {
		o, _ := v.Scalar.(value.Ordered)
		return o.Fields
	}
	m := make(map[string]any, len(v.Keys))
	for k, x := range v.Fields {
		m[k] = x.Plain()
	}
	return m
}

// Ordered is the value as templates have it: maps keep the order of their keys.
func (v Value) Ordered() any {
	switch {
	case v.Keys != nil:
		d := value.NewDict()
		for _, k := range v.Keys {
			_ = d.Set(k, v.Fields[k].Ordered()) // a string can be a key
		}
		return d
	case v.List != nil:
		l := value.NewList()
		for _, x := range v.List {
			l.Items = append(l.Items, x.Ordered())
		}
		return l
	}
	return value.FromGo(v.Scalar)
}

// OrderedMap is a map whose values are as templates have them.
func (v Value) OrderedMap() map[string]any {
	m := map[string]any{}
	for k, x := range v.Fields {
		m[k] = x.Ordered()
	}
	return m
}

// hookKeys are the keys of statements that run later, and are rendered then.
var hookKeys = []string{"pre-hook", "post-hook", "pre_hook", "post_hook", "on-run-start", "on-run-end", "loaded_at_query"}

// Rendered replaces every text that has a template in it by what render makes
// of it, but for hooks.
func (v Value) Rendered(render func(runner.Pos, string) (any, error)) (Value, error) {
	switch text, isText := v.Scalar.(string); {
	case v.Keys != nil:
		fields := map[string]Value{}
		for k, x := range v.Fields {
			if slices.Contains(hookKeys, strings.TrimPrefix(k, "+")) {
				fields[k] = x // rendered when it runs
				continue
			}
			x, err := x.Rendered(render)
			if err != nil {
				return v, err
			}
			fields[k] = x
		}
		v.Fields = fields
	case v.List != nil:
		list := slices.Clone(v.List)
		for i := range list {
			x, err := list[i].Rendered(render)
			if err != nil {
				return v, err
			}
			list[i] = x
		}
		v.List = list
	case isText && isTemplate(text):
		out, err := render(v.Pos, text)
		if err != nil {
			return v, err
		}
		v.Scalar = out
	}
	return v, nil
}

// isTemplate reports whether there is something to render in a text.
func isTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "{#")
}
