package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

var historyPromises = []promise{
	{"history", "A Historian remembers the statements it ran", remembering(remembered)},
	{"history filter", "HistoryFilter narrows a history", remembering(filtered)},
	{"query tag", "whose statements carry tag: Statement.Tag in every history", remembering(func(ctx context.Context, e *env) error {
		tag := "kit." + e.schema
		if _, err := warehouse.Exec(warehouse.WithQueryTag(ctx, tag), e.s, "select 'tagged'"); err != nil {
			return err
		}
		for st, err := range warehouse.History(ctx, e.w, warehouse.HistoryFilter{Tag: e.schema}) {
			if err != nil {
				return err
			}
			if st.Tag != tag || st.Text != "select 'tagged'" {
				return fmt.Errorf("by the tag %q comes %+v", tag, st)
			}
			return nil
		}
		return errors.New("nothing is found by its tag")
	})},
}

var closePromises = []promise{
	{"close session twice", "Closing twice is harmless", func(_ context.Context, e *env) error {
		return errors.Join(e.s.Close(), e.s.Close())
	}},
	{"close warehouse twice", "Closing twice is harmless", func(_ context.Context, e *env) error {
		return errors.Join(e.w.Close(), e.w.Close())
	}},
	{"close result early", "Close releases the rows, read or not, and frees the session", func(ctx context.Context, e *env) error {
		if err := e.fill(ctx, "MANY", 5); err != nil {
			return err
		}
		for range 3 {
			res, err := e.s.Query(ctx, "select N from MANY")
			if err != nil {
				return err
			}
			for range res.Batches() {
				break
			}
			if err := res.Close(); err != nil {
				return err
			}
		}
		return e.want(ctx, "select 2", "2")
	}},
	{"warehouse ends sessions", "Close ends every session", func(ctx context.Context, e *env) error {
		if err := e.w.Close(); err != nil {
			return err
		}
		if _, err := rows(ctx, e.s, "select 1"); err == nil {
			return errors.New("a session of a closed warehouse runs a statement")
		}
		return nil
	}},
}

// remembering makes a promise of warehouses that are Historians.
func remembering(hold func(context.Context, *env) error) func(context.Context, *env) error {
	return func(ctx context.Context, e *env) error {
		if _, ok := e.w.(warehouse.Historian); !ok {
			return nil
		}
		return hold(ctx, e)
	}
}

func remembered(ctx context.Context, e *env) error {
	ctx = warehouse.WithQueryTag(ctx, e.schema)
	if err := e.exec(ctx, "create table noted (a int)", "insert into noted values (1), (2)"); err != nil {
		return err
	}
	if err := e.want(ctx, "select a from noted order by a", "1", "2"); err != nil {
		return err
	}
	if _, err := e.refusal(ctx, "select * from no_such_table", 2003, nil); err != nil {
		return err
	}
	wanted := []warehouse.Statement{
		{Text: "select * from no_such_table", Kind: "SELECT", Status: warehouse.Failed, Code: 2003},
		{Text: "select a from noted order by a", Kind: "SELECT", Status: warehouse.Success, Rows: 2},
		{Text: "insert into noted values (1), (2)", Kind: "INSERT", Status: warehouse.Success, Rows: 2},
		{Text: "create table noted (a int)", Kind: "CREATE_TABLE", Status: warehouse.Success},
	}
	i := 0
	for st, err := range warehouse.History(ctx, e.w, warehouse.HistoryFilter{Tag: e.schema}) {
		if err != nil {
			return err
		}
		if i == len(wanted) {
			return fmt.Errorf("one statement too many: %+v", st)
		}
		if err := sameStatement(st, wanted[i]); err != nil {
			return err
		}
		i++
	}
	if i < len(wanted) {
		return fmt.Errorf("%d statements, want %d", i, len(wanted))
	}
	return nil
}

func sameStatement(got, want warehouse.Statement) error {
	switch {
	case got.Text != want.Text, got.Kind != want.Kind, got.Status != want.Status, got.Code != want.Code:
	case want.Kind != "CREATE_TABLE" && got.Rows != want.Rows: // Snowflake counts the status as a row
	case got.QueryID == "" || got.SessionID == "" || time.Since(got.Start) > time.Hour || got.Duration < 0:
	default:
		return nil
	}
	return fmt.Errorf("got %+v, want %+v with ids and times", got, want)
}

func filtered(ctx context.Context, e *env) error {
	tagged := warehouse.WithQueryTag(ctx, e.schema)
	if err := e.exec(tagged, "select 1", "select 2", "select 3"); err != nil {
		return err
	}
	for _, c := range []struct {
		filter warehouse.HistoryFilter
		texts  []string
	}{
		{warehouse.HistoryFilter{Tag: e.schema, Limit: 2}, []string{"select 3", "select 2"}},
		{warehouse.HistoryFilter{Tag: e.schema}, []string{"select 3", "select 2", "select 1"}},
		{warehouse.HistoryFilter{Tag: e.schema, Since: time.Now().Add(time.Hour)}, nil},
		{warehouse.HistoryFilter{Tag: e.schema + " no such tag"}, nil},
	} {
		var got []string
		for st, err := range warehouse.History(ctx, e.w, c.filter) {
			if err != nil {
				return err
			}
			got = append(got, st.Text)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.texts) {
			return fmt.Errorf("filter %+v lets through %q, want %q", c.filter, got, c.texts)
		}
	}
	return nil
}
