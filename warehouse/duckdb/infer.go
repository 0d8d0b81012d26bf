package duckdb

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// inferSchema is the table function INFER_SCHEMA.
func (s *session) inferSchema(ctx context.Context, c *ast.Call) (made, error) {
	inf, err := s.inferArguments(ctx, c)
	if err != nil {
		return made{}, err
	}
	rows, err := inf.rows(ctx)
	return made{columns: inferColumns(), rows: rows}, err
}

// inferArguments reads LOCATION => '@stage', FILE_FORMAT => 'name' and the others.
func (s *session) inferArguments(ctx context.Context, c *ast.Call) (inf *inferring, err error) {
	inf = &inferring{reader: s.reader(), maxRows: inferredRows}
	var loc *ast.Location
	var o stagedfile.Selection
	inf.how = &stagedfile.Reading{Label: strconv.Itoa}
	limit := -1
	for _, a := range c.Args {
		if a.Name == nil {
			return nil, refusal.Unsupported("INFER_SCHEMA with arguments by place")
		}
		opt := ast.Option{At: ast.At{Position: a.Value.Pos()}, Key: a.Name.Name, Value: a.Value}
		word := fileformat.Word(a.Value)
		switch a.Name.Name {
		case "LOCATION":
			if loc = parse.Location(word); loc == nil {
				return nil, refusal.BadOption(opt, word)
			}
		case "FILE_FORMAT":
			inf.how.Format, err = s.formatNamed(ctx, opt, a.Value)
		case "FILES":
			err = o.SetFiles(opt)
		case "IGNORE_CASE":
			inf.ignoreCase = strings.EqualFold(word, "true")
		case "MAX_FILE_COUNT":
			limit, err = strconv.Atoi(word)
		case "MAX_RECORDS_PER_FILE":
			inf.maxRows, err = strconv.Atoi(word)
		case "KIND":
		default:
			return nil, refusal.NoOption(opt, "INFER_SCHEMA")
		}
		if err != nil {
			var refused *warehouse.Error
			if errors.As(err, &refused) {
				return nil, err
			}
			return nil, refusal.BadOption(opt, word)
		}
	}
	if loc == nil || inf.how.Format == nil {
		return nil, &warehouse.Error{Code: 938, State: "22023", Message: "SQL compilation error:\nINFER_SCHEMA needs the arguments LOCATION and FILE_FORMAT"}
	}
	if inf.at, err = s.locate(ctx, loc); err != nil {
		return nil, err
	}
	objects, err := o.Objects(ctx, inf.at, loc.Path)
	for i, o := range objects {
		if i != limit {
			inf.files = append(inf.files, &stagedfile.File{Object: o, Shown: inf.at.Listed(o.Name)})
		}
	}
	return inf, err
}
