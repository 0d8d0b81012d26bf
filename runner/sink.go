package runner

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// maxArtifact is the most bytes an artifact may have. It is gathered in memory
// before it is put, so that nothing unfinished reaches the stage.
const maxArtifact = 1 << 30

// A sink takes what a plugin produces: rows go on to a load that runs beside
// it, the artifact is gathered, events are reported.
type sink struct {
	*build
	art     *artifact
	ctx     context.Context
	batches chan arrow.RecordBatch // nil asks only whether the load wants more
	columns *arrow.Schema          // of the first batch, nil before it
	ended   chan struct{}          // closed by end
	err     error                  // why it ended, once ended is closed
	rows    int64
	file    bytes.Buffer
	offered bool // the artifact waits for its table
	out     PluginResult
}

var _ plugins.Output = (*sink)(nil)

func newSink(ctx context.Context, b *build, art *artifact) *sink {
	return &sink{
		build: b, art: art, ctx: ctx,
		batches: make(chan arrow.RecordBatch), ended: make(chan struct{}),
		out: PluginResult{Artifact: art.loc.String(), Metrics: map[string]any{}},
	}
}

// Rows hands one batch to the load and returns when it was taken.
func (k *sink) Rows(batch arrow.RecordBatch) error {
	if k.columns == nil {
		k.columns = batch.Schema()
	} else if !batch.Schema().Equal(k.columns) {
		return fmt.Errorf("plugin %s: its rows changed their columns midway, from %s to %s",
			k.node.Config.Plugin.Name, names(k.columns), names(batch.Schema()))
	}
	batch.Retain()
	if err := k.give(batch); err != nil {
		batch.Release()
		return err
	}
	k.rows += batch.NumRows()
	return nil
}

// give waits until the load takes a batch.
func (k *sink) give(batch arrow.RecordBatch) error {
	select {
	case k.batches <- batch:
		return nil
	case <-k.ctx.Done():
		return context.Cause(k.ctx)
	}
}

// Artifact gathers the model's file.
func (k *sink) Artifact(p []byte) error {
	if k.file.Len()+len(p) > maxArtifact {
		return fmt.Errorf("the artifact has over %d bytes, the most there may be", maxArtifact)
	}
	k.file.Write(p)
	return nil
}

// Event reports progress and log lines and keeps metrics.
func (k *sink) Event(e plugins.Event) error {
	event := Event{Index: k.index, Node: k.node}
	switch {
	case e.Log != nil:
		event.Kind, event.Level, event.Message = Logged, e.Log.Level, e.Log.Message
	case e.Progress != nil:
		event.Kind, event.Step = Progressed, e.Progress.Step
		event.Done, event.Count = e.Progress.Done, e.Progress.Total
	case e.Metric != nil:
		k.out.Metrics[e.Metric.Name] = e.Metric.Value
		return nil
	}
	k.report(event)
	return nil
}

// finish offers the artifact of a plugin that trained well. It runs before end,
// so that the table is not replaced unless the artifact is on the stage, and
// after the load has taken every row, so that rows that fit no table leave it
// alone.
func (k *sink) finish(ctx context.Context) error {
	if k.columns == nil {
		return fmt.Errorf("plugin %s gave no rows, not even an empty batch", k.node.Config.Plugin.Name)
	}
	if k.node.Config.Plugin.Action != plugins.ActionTrain {
		return nil
	}
	if err := k.give(nil); err != nil {
		return err
	}
	if k.file.Len() == 0 {
		return fmt.Errorf("plugin %s trained but wrote no artifact", k.node.Config.Plugin.Name)
	}
	sum := sha256.Sum256(k.file.Bytes())
	k.out.SHA256, k.out.Size = hex.EncodeToString(sum[:]), int64(k.file.Len())
	k.offered = true
	return k.art.offer(ctx, k.file.Bytes(), k.out.SHA256)
}

// publish puts what finish offered in its place, once the table is committed.
func (k *sink) publish(ctx context.Context) error {
	if !k.offered {
		return nil
	}
	return k.art.publish(ctx, k.file.Bytes())
}

// end closes the stream of rows: well if err is nil, in err if not.
func (k *sink) end(err error) {
	k.err = err
	close(k.ended)
}

// result is what the plugin gave beside the rows, once it has ended.
func (k *sink) result() *PluginResult { return &k.out }

// schema waits for the first batch. The batch stays the sink's to read.
func (k *sink) schema(ctx context.Context) (arrow.RecordBatch, error) {
	select {
	case first := <-k.batches:
		return first, nil
	case <-k.ended:
		return nil, k.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// reader is the rows as the load reads them, from first on. It ends when the
// plugin has, and in an error when the plugin failed.
func (k *sink) reader(first arrow.RecordBatch) array.RecordReader {
	next, done := first, false
	return warehouse.ReaderOf(first.Schema(), func() (arrow.RecordBatch, error) {
		if batch := next; batch != nil {
			next = nil
			return batch, nil
		}
		for !done {
			select {
			case batch := <-k.batches:
				if batch != nil {
					return batch, nil
				}
			case <-k.ended:
				done = true
			case <-k.ctx.Done():
				return nil, context.Cause(k.ctx)
			}
		}
		return nil, k.err
	})
}

// names lists a schema's columns for a message.
func names(s *arrow.Schema) string {
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name+" "+f.Type.String())
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// outColumns names and types the table's columns: as in the query where the
// plugin passed a column through, by its Arrow type where it made one.
func outColumns(first arrow.RecordBatch, known []warehouse.Column) ([]warehouse.Column, error) {
	var cols []warehouse.Column
	seen := map[string]bool{}
	for _, f := range first.Schema().Fields() {
		col, err := warehouse.ColumnOf(f)
		if err != nil {
			return nil, err
		}
		for _, k := range known {
			if k.Name == f.Name && (k.Type == col.Type || k.Type == warehouse.Variant || k.Type == warehouse.Object || k.Type == warehouse.Array) {
				col = k
			}
		}
		if seen[strings.ToUpper(col.Name)] {
			return nil, fmt.Errorf("the plugin gave two columns named %s: rename one, for instance with the config's output", col.Name)
		}
		seen[strings.ToUpper(col.Name)] = true
		cols = append(cols, col)
	}
	return cols, nil
}
