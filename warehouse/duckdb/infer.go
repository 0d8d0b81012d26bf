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
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/inferschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// inferSchema is the table function INFER_SCHEMA.
func (s *session) inferSchema(ctx context.Context, c *ast.Call) (made, error) {
	inf, err := s.inferArguments(ctx, c)
	if err != nil {
		return made{}, err
	}
	rows, err := inf.Rows(ctx)
	return made{columns: inferschema.Columns(), rows: rows}, err
}

// inferArguments reads LOCATION => '@stage', FILE_FORMAT => 'name' and the others.
func (s *session) inferArguments(ctx context.Context, c *ast.Call) (inf *inferschema.Inference, err error) {
	inf = &inferschema.Inference{Reader: s.reader(), MaxRows: inferschema.DefaultRows}
	var loc *ast.Location
	var o stagedfile.Selection
	inf.How = &stagedfile.Reading{Label: strconv.Itoa}
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
			inf.How.Format, err = s.formatNamed(ctx, opt, a.Value)
		case "FILES":
			err = o.SetFiles(opt)
		case "IGNORE_CASE":
			inf.IgnoreCase = strings.EqualFold(word, "true")
		case "MAX_FILE_COUNT":
			limit, err = strconv.Atoi(word)
		case "MAX_RECORDS_PER_FILE":
			inf.MaxRows, err = strconv.Atoi(word)
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
	if loc == nil || inf.How.Format == nil {
		return nil, &warehouse.Error{Code: 938, State: "22023", Message: "SQL compilation error:\nINFER_SCHEMA needs the arguments LOCATION and FILE_FORMAT"}
	}
	if inf.At, err = s.locate(ctx, loc); err != nil {
		return nil, err
	}
	objects, err := o.Objects(ctx, inf.At)
	for i, o := range objects {
		if i == limit {
			break
		}
		inf.Files = append(inf.Files, &stagedfile.File{Object: o, Shown: inf.At.Listed(o.Name)})
	}
	return inf, err
}
