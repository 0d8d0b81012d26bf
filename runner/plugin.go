package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// throughPlugin builds a model whose rows go through a plugin: the query's rows
// stream into it, and what it answers streams into the model's table.
//
// The table changes only once the plugin has ended well and the artifact, if it
// trained one, is whole on the stage; see [artifact] for how the two change
// together. Whatever fails before that leaves both as they were.
func (b *build) throughPlugin(ctx context.Context) error {
	cfg := b.node.Config.Plugin
	if cfg.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, cfg.Timeout,
			fmt.Errorf("%w of %s: raise the config's timeout if the work needs more", plugins.ErrTimeout, cfg.Timeout))
		defer cancel()
	}
	err := b.plugin(ctx, cfg)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, plugins.ErrTimeout) && !errors.Is(err, plugins.ErrTimeout) {
		return fmt.Errorf("plugin %s: %w", cfg.Name, cause)
	}
	return err
}

func (b *build) plugin(ctx context.Context, cfg *PluginConfig) error {
	if b.Plugins == nil || b.Stages == nil {
		return fmt.Errorf("plugin %s: this run has no plugin host or no stages", cfg.Name)
	}
	proc, err := b.Plugins.Start(ctx, cfg.Name)
	if err != nil {
		return err
	}
	defer proc.Close()
	if err := offers(ctx, proc, cfg, b.node.Config.All); err != nil {
		return err
	}
	art, err := b.artifact(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	// Rows are read on the worker's session and written on another one, as
	// both go on at the same time.
	into, err := b.another(ctx)
	if err != nil {
		return err
	}
	defer into.Close()
	reading, enough := context.WithCancel(ctx)
	defer enough()
	in, err := b.s.Query(reading, b.query())
	if err != nil {
		return err
	}
	defer in.Close()
	b.res.QueryID = in.QueryID
	rows := &counter{RecordReader: in.Reader(), tell: b.progress("read"), stop: enough}
	return b.pump(ctx, stop, proc, art, in.Columns, rows, into)
}

// offers checks that the plugin knows the action the config asks for, and every
// key of the config.
func offers(ctx context.Context, proc plugins.Process, cfg *PluginConfig, all map[string]any) error {
	d, err := proc.Describe(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, a := range d.Actions {
		if a.Name == cfg.Action {
			return checkKeys(cfg, a, all)
		}
		known = append(known, a.Name)
	}
	return fmt.Errorf("plugin %s has no action %q; it has %q", cfg.Name, cfg.Action, known)
}

// modelKeys are the config keys of a model that are dbt's, or the runner's own.
var modelKeys = []string{
	"action", "alias", "artifact", "automatic_clustering", "begin", "cluster_by", "contract", "copy_grants", "database", "docs",
	"enabled", "event_time", "full_refresh", "grants", "group", "materialized", "meta", "on_configuration_change", "packages",
	"persist_docs", "plugin", "post_hook", "post-hook", "pre_hook", "pre-hook", "query_tag", "quoting", "schema", "secure",
	"snowflake_warehouse", "tags", "target_lag", "timeout", "tmp_relation_type", "transient", "unlogged", "access", "freshness",
}

// checkKeys refuses a config key that neither dbt nor the plugin knows: one
// that is misspelt would be left out without a word.
func checkKeys(cfg *PluginConfig, a plugins.Action, all map[string]any) error {
	var own []string
	for _, o := range a.Config {
		own = append(own, o.Name)
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(own, key) && !slices.Contains(modelKeys, key) {
			return fmt.Errorf("config %s: neither dbt nor plugin %s knows it; to %s, the plugin reads %s; put notes of your own under meta",
				key, cfg.Name, a.Name, strings.Join(own, ", "))
		}
	}
	return nil
}

// pump runs the plugin's action and the load of its rows side by side.
func (b *build) pump(ctx context.Context, stop context.CancelCauseFunc, proc plugins.Process, art *artifact,
	known []warehouse.Column, rows array.RecordReader, into warehouse.Session) error {
	out := newSink(ctx, b, art)
	loaded := make(chan error, 1)
	go func() {
		err := b.load(ctx, into, known, out, art)
		if err != nil {
			stop(err) // a plugin that still writes has nobody to write to
		}
		loaded <- err
	}()
	err := b.call(ctx, proc, art, rows, out)
	if err == nil {
		err = out.finish(ctx)
	}
	out.end(err)
	// The load fails in the plugin's error when the plugin failed, and the
	// plugin in the load's when the load did: the first of the two is told.
	// Where time ran out, the plugin's error has its last words.
	late := err != nil && errors.Is(context.Cause(ctx), plugins.ErrTimeout)
	if loadErr := <-loaded; loadErr != nil && !errors.Is(loadErr, err) && !late {
		err = loadErr
	}
	if err == nil {
		err = out.publish(ctx)
	} else if out.offered {
		err = errors.Join(err, b.retract(ctx, art))
	}
	if err != nil {
		return err
	}
	b.catalog.set(b.node.Relation, false)
	b.res.Rows = out.rows
	b.res.Plugin = out.result()
	return nil
}

// call runs the action.
func (b *build) call(ctx context.Context, proc plugins.Process, art *artifact, rows array.RecordReader, out plugins.Output) error {
	call := plugins.Call{Model: b.node.Name, Config: b.node.Config.All}
	if b.node.Config.Plugin.Action == plugins.ActionTrain {
		return proc.Train(ctx, call, rows, out)
	}
	r, _, err := art.stage.Open(ctx, art.loc.Path)
	if err != nil {
		return art.missing(err)
	}
	defer r.Close()
	err = proc.Predict(ctx, call, r, rows, out)
	var refused *plugins.Error
	if errors.As(err, &refused) {
		return fmt.Errorf("%w (with artifact %s)", err, art.loc)
	}
	return err
}

// load replaces the model's table by the rows that come out of the plugin, and
// notes a trained model's metrics in the same transaction.
func (b *build) load(ctx context.Context, s warehouse.Session, known []warehouse.Column, out *sink, art *artifact) error {
	loader, ok := s.(warehouse.Loader)
	if !ok {
		return fmt.Errorf("this warehouse cannot load Arrow rows, which a model with a plugin needs")
	}
	first, err := out.schema(ctx)
	if err != nil {
		return err
	}
	cols, err := outColumns(first, known)
	if err != nil {
		return err
	}
	train := b.node.Config.Plugin.Action == plugins.ActionTrain
	if train {
		if err := b.ensureMetrics(ctx, s); err != nil {
			return err
		}
	}
	if _, err := warehouse.Exec(ctx, s, "begin"); err != nil {
		return err
	}
	if _, err := loader.Load(ctx, b.node.Relation.String(), warehouse.LoadReplace, cols, out.reader(first)); err != nil {
		return err // closing the session rolls back
	}
	if train {
		if _, err := warehouse.Exec(ctx, s, b.metricsInsert(out.result(), out.rows)); err != nil {
			return fmt.Errorf("note the metrics in %s: %w", b.metricsTable(), err)
		}
	}
	_, err = warehouse.Exec(ctx, s, "commit")
	return err
}

// progress reports how many rows a step has done, a few times a second.
func (b *build) progress(step string) func(rows int64) {
	var last time.Time
	return func(rows int64) {
		if now := time.Now(); now.Sub(last) > 100*time.Millisecond {
			last = now
			b.report(Event{Kind: Progressed, Index: b.index, Node: b.node, Step: step, Done: rows})
		}
	}
}

// A counter counts rows as they are read.
type counter struct {
	array.RecordReader
	rows int64
	tell func(int64)
	stop func() // ends the query they come from, or nil
}

// Stop makes Next return soon; see [plugins.Stopper].
func (c *counter) Stop() {
	if c.stop != nil {
		c.stop()
	}
}

func (c *counter) Next() bool {
	if !c.RecordReader.Next() {
		return false
	}
	c.rows += c.RecordBatch().NumRows()
	c.tell(c.rows)
	return true
}
