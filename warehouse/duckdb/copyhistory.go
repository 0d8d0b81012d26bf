package duckdb

import (
	"context"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/copyinto"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
)

// loadedBefore are the files of a stage that a table was filled with, with
// their content's MD5.
func (s *session) loadedBefore(ctx context.Context, table catalog.Name, at stage.Name) (map[string]string, error) {
	out := map[string]string{}
	if table.Database == "temp" {
		for _, l := range s.tempLoads[table.Table] {
			out[l.path] = l.md5
		}
		return out, nil
	}
	found, err := s.conn.Texts(ctx, "select path, md5 from "+infoschema.Table(table.Database, infoschema.Loads)+
		" where schema_name = ? and table_name = ? and starts_with(path, ?) and status <> 'LOAD_FAILED' order by loaded", table.Schema, table.Table, at.String()+"/")
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		out[r[0][len(at.String())+1:]] = r[1]
	}
	return out, nil
}

// tempLoad is a file that a temporary table was filled with.
type tempLoad struct{ path, md5 string }

// Remember notes what was loaded, in the transaction that loads it.
func (c *copying) Remember(ctx context.Context, l *copyinto.Load) error {
	if c.target.Database == "temp" {
		if c.s.tempLoads == nil {
			c.s.tempLoads = map[string][]tempLoad{}
		}
		for _, f := range l.Files {
			if f.Status() != "LOAD_FAILED" {
				c.s.tempLoads[c.target.Table] = append(c.s.tempLoads[c.target.Table], tempLoad{f.Name, f.MD5})
			}
		}
		return nil
	}
	for _, f := range l.Files {
		args := []any{c.target.Schema, c.target.Table, l.At.Name.String() + "/" + f.Name, f.Shown, f.MD5, f.Size, f.Modified,
			time.Now(), f.Status(), f.Loaded(), f.Parsed, nil, nil, nil, nil, f.Bad, l.ErrorLimit(f), c.queryID}
		if e := f.First(); e != nil {
			args[11], args[12], args[13], args[14] = e.Message, e.Line, e.Character, l.Label(e.Column)
		}
		if err := c.s.execute(ctx, "insert into "+infoschema.Table(c.target.Database, infoschema.Loads)+
			" values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", args...); err != nil {
			return err
		}
	}
	return nil
}
