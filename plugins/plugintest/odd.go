package plugintest

import (
	"context"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
)

// oddPromises are about what a plugin cannot use, or may not expect.
var oddPromises = []promise{
	{"train without a key", "It returns a *Error for rows or a config it cannot use.", plugins.ActionTrain, func(ctx context.Context, e *env) error {
		for _, o := range e.action(plugins.ActionTrain).Config {
			if !o.Required || o.Name == "artifact" { // which Snowpit itself asks for
				continue
			}
			_, err := e.train(ctx, sample(), map[string]any{o.Name: nil})
			if err := refused("a config without "+o.Name, err); err != nil {
				return err
			}
		}
		return nil
	}},
	{"train with any config", "It returns a *Error for rows or a config it cannot use.", plugins.ActionTrain, func(ctx context.Context, e *env) error {
		for _, o := range e.action(plugins.ActionTrain).Config {
			for _, v := range []any{true, -1, 1e300, "", "no such thing", []any{}, []any{1, "x"}, map[string]any{}, map[string]any{"x": []any{nil}}} {
				_, err := e.train(ctx, table(batch(0, 30, nil)), map[string]any{o.Name: v})
				if err := refusedOrFine(fmt.Sprintf("config %s=%v", o.Name, v), err); err != nil {
					return err
				}
			}
		}
		return nil
	}},
	{"train on no rows", "It returns a *Error for rows or a config it cannot use.", plugins.ActionTrain, func(ctx context.Context, e *env) error {
		for what, rows := range map[string]array.RecordReader{"a table without rows": table(batch(0, 0, nil)), "a table without batches": table()} {
			_, err := e.train(ctx, rows, nil)
			if err := refusedOrFine(what, err); err != nil {
				return err
			}
		}
		return nil
	}},
	{"train on odd rows", "It returns a *Error for rows or a config it cannot use.", plugins.ActionTrain, func(ctx context.Context, e *env) error {
		for what, rows := range oddRows() {
			_, err := e.train(ctx, rows, nil)
			if err := refusedOrFine(what, err); err != nil {
				return err
			}
		}
		return nil
	}},
	{"predict odd rows", "Errors, ctx and ownership are as for Trainer.", plugins.ActionPredict, func(ctx context.Context, e *env) error {
		model, err := e.model(ctx)
		if err != nil {
			return err
		}
		for what, rows := range oddRows() {
			_, err := e.predict(ctx, model, rows)
			if err := refusedOrFine(what, err); err != nil {
				return err
			}
		}
		return nil
	}},
	{"predict with another artifact", "Errors, ctx and ownership are as for Trainer.", plugins.ActionPredict, func(ctx context.Context, e *env) error {
		model, err := e.model(ctx)
		if err != nil {
			return err
		}
		for what, artifact := range map[string][]byte{
			"an empty artifact": {}, "a truncated artifact": model[:len(model)/2], "an artifact of another kind": []byte(`{"a": [1, null]}`),
			"an artifact of rubbish": {0xff, 0, 1, 2},
		} {
			_, err := e.predict(ctx, artifact, features(batch(0, 10, nil)))
			if err := refused(what, err); err != nil {
				return err
			}
		}
		return nil
	}},
	{"lacks an action", "It is also a Trainer, a Predictor or both.", "", func(ctx context.Context, e *env) error {
		if e.action(plugins.ActionTrain) == nil {
			_, err := e.train(ctx, sample(), nil)
			if err := refused("training, which it does not say it can,", err); err != nil {
				return err
			}
		}
		if e.action(plugins.ActionPredict) == nil {
			_, err := e.predict(ctx, []byte("{}"), sample())
			return refused("predicting, which it does not say it can,", err)
		}
		return nil
	}},
}

// oddRows are tables that a query may give.
func oddRows() map[string]array.RecordReader {
	spoilt := func(value any, columns ...int) array.RecordReader {
		return table(batch(0, 30, func(i int, row []any) {
			if i%7 == 3 {
				for _, j := range columns {
					row[j] = value
				}
			}
		}))
	}
	only := arrow.NewSchema(flowers.Fields()[3:], nil)
	whole := batch(0, 30, nil)
	return map[string]array.RecordReader{
		"nulls everywhere":      spoilt(nil, 0, 1, 2, 3),
		"nulls in a feature":    spoilt(nil, 0),
		"a count that is null":  spoilt(nil, 2),
		"nulls in the target":   spoilt(nil, 3),
		"NaN in a feature":      spoilt(math.NaN(), 0, 1),
		"infinity in a feature": spoilt(math.Inf(-1), 1),
		"huge features":         spoilt(math.MaxFloat64, 0, 1),
		"one row":               table(batch(0, 1, nil)),
		"one kind only": table(batch(0, 30, func(_ int, row []any) {
			row[3] = "aster"
		})),
		"the target alone": table(array.NewRecordBatch(only, whole.Columns()[3:], whole.NumRows())),
	}
}
