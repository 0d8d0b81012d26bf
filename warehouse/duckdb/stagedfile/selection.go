package stagedfile

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A Selection is which of the objects at a location a statement means: all, where
// it does not say.
type Selection struct {
	named   bool // FILES was given
	files   []string
	pattern *ast.String
}

// SetFiles reads FILES = ('a', 'b').
func (o *Selection) SetFiles(opt ast.Option) (err error) {
	o.named = true
	o.files, err = textList(opt)
	return err
}

// SetPattern reads PATTERN = 'regular expression'.
func (o *Selection) SetPattern(opt ast.Option) error {
	text, ok := opt.Value.(*ast.String)
	if o.pattern = text; !ok {
		return refusal.BadOption(opt, fileformat.Word(opt.Value))
	}
	return nil
}

// Objects are the objects meant at a place.
func (o *Selection) Objects(ctx context.Context, at Place) ([]stage.Object, error) {
	if !o.named {
		return Files(ctx, at, at.Prefix, o.pattern)
	}
	var out []stage.Object
	for _, name := range o.files {
		full := strings.TrimPrefix(name, "/")
		if at.Prefix != "" {
			full = path.Join(at.Prefix, full)
		}
		found, err := Files(ctx, at, full, nil)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(found, func(o stage.Object) bool { return o.Name == full })
		if i < 0 {
			return nil, &warehouse.Error{Code: 91016, State: "22000", Kind: warehouse.ErrNotExist, Message: fmt.Sprintf(
				"Remote file '%s' was not found. There are several potential causes. The file might not exist. The required credentials may be missing or invalid.", at.Listed(full))}
		}
		out = append(out, found[i])
	}
	return out, nil
}

// Files are the objects at a location that a pattern lets through. As on
// Snowflake the pattern must match all of the object's name in its stage.
func Files(ctx context.Context, st stage.Stage, prefix string, pattern *ast.String) (found []stage.Object, err error) {
	var match *regexp.Regexp
	if pattern != nil {
		if match, err = regexp.Compile("^(?:" + pattern.Value + ")$"); err != nil {
			return nil, &warehouse.Error{Code: 2037, State: "42000", Err: err,
				Line: pattern.Pos().Line, Column: pattern.Pos().Column,
				Message: "SQL compilation error:\nthe pattern is no regular expression: " + err.Error()}
		}
	}
	for o, err := range st.List(ctx, prefix) {
		if err != nil {
			return nil, refusal.OfStage(err, prefix)
		}
		if match == nil || match.MatchString(o.Name) {
			found = append(found, o)
		}
	}
	return found, nil
}

// textList reads ('a', 'b').
func textList(o ast.Option) (out []string, err error) {
	var items []ast.Expr
	switch v := o.Value.(type) {
	case *ast.Tuple:
		items = v.Items
	case *ast.Parens: // in the arguments of a function
		items = []ast.Expr{v.X}
	default:
		return nil, refusal.BadOption(o, fileformat.Word(o.Value))
	}
	for _, item := range items {
		s, ok := item.(*ast.String)
		if !ok {
			return nil, refusal.BadOption(o, fileformat.Word(item))
		}
		out = append(out, s.Value)
	}
	return out, nil
}
