package routine

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/javascript"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// CheckTypes refuses what a routine in JavaScript cannot be: on Snowflake its
// arguments and its result have no type of whole numbers or of times alone.
func (r *Routine) CheckTypes() error {
	if r.Table != nil {
		return refusal.Unsupported("table functions in " + r.Language)
	}
	all := []string{r.Returns}
	for _, p := range r.Params {
		all = append(all, p.Type)
	}
	for _, text := range all {
		t, err := parse.Type(text)
		if err != nil {
			return err
		}
		if of := types.Of(t); !javascript.Takes(of.Kind) || of.Structured() {
			return &warehouse.Error{Code: 2, State: "0A000", Message: fmt.Sprintf(
				"SQL compilation error:\nLanguage %s does not support type '%s' for argument or return type.", r.Language, text)}
		}
	}
	return nil
}

// Program is the code of a routine in JavaScript. Its dates are timestamps with a time
// zone, of milliseconds.
func (r *Routine) Program(zone string) (*javascript.Program, error) {
	p := &javascript.Program{Name: r.Name, Strict: r.Strict(), Zone: zone, Body: r.Body}
	for _, param := range r.Params {
		t, err := parse.Type(param.Type)
		if err != nil {
			return nil, err
		}
		p.Params, p.Types = append(p.Params, param.Name), append(p.Types, types.Of(t).Kind)
	}
	t, err := parse.Type(r.Returns)
	if err == nil {
		p.Result = types.Of(t).Kind
	}
	return p, err
}
