package runner_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

var errDied = errors.New("the process has died")

// A fuse lets a run do so many things to its stage and its warehouse, and then
// none any more, as if the process had died there.
type fuse struct {
	mu   sync.Mutex
	left int
}

func (f *fuse) burn(cost int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left -= cost
	if f.left < 0 {
		f.left = -1
		return errDied
	}
	return nil
}

type dyingVolume struct {
	stage.Volume
	*fuse
}

func (v dyingVolume) Stage(ctx context.Context, n stage.Name) (stage.Stage, error) {
	s, err := v.Volume.Stage(ctx, n)
	return dyingStage{s, v.fuse}, err
}

type dyingStage struct {
	stage.Stage
	*fuse
}

func (s dyingStage) Put(ctx context.Context, name string, r io.Reader, o stage.PutOptions) (stage.Object, error) {
	if err := s.burn(1); err != nil {
		return stage.Object{}, err
	}
	return s.Stage.Put(ctx, name, r, o)
}

func (s dyingStage) Remove(ctx context.Context, name string) error {
	if err := s.burn(1); err != nil {
		return err
	}
	return s.Stage.Remove(ctx, name)
}

func (s dyingStage) Open(ctx context.Context, name string) (io.ReadCloser, stage.Object, error) {
	if err := s.burn(0); err != nil {
		return nil, stage.Object{}, err
	}
	return s.Stage.Open(ctx, name)
}

func (s dyingStage) List(ctx context.Context, prefix string) iter.Seq2[stage.Object, error] {
	if err := s.burn(0); err != nil {
		return func(yield func(stage.Object, error) bool) { yield(stage.Object{}, err) }
	}
	return s.Stage.List(ctx, prefix)
}

type dyingWarehouse struct {
	warehouse.Warehouse
	*fuse
}

func (w dyingWarehouse) Open(ctx context.Context, o warehouse.SessionOptions) (warehouse.Session, error) {
	s, err := w.Warehouse.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return dyingSession{s, s.(warehouse.Loader), w.fuse}, nil
}

type dyingSession struct {
	warehouse.Session
	warehouse.Loader
	*fuse
}

func (s dyingSession) Query(ctx context.Context, sql string, args ...any) (*warehouse.Result, error) {
	cost := 0
	if strings.HasPrefix(sql, "commit") || strings.HasPrefix(sql, "insert") {
		cost = 1
	}
	if err := s.burn(cost); err != nil {
		return nil, err
	}
	res, err := s.Session.Query(ctx, sql, args...)
	if err == nil && strings.HasPrefix(sql, "commit") {
		if err := s.burn(1); err != nil { // it was committed, and nobody was told
			res.Close()
			return nil, err
		}
	}
	return res, err
}

// Wherever a training dies, whoever predicts next has the artifact that belongs
// to the table.
func TestTrainingDies(t *testing.T) {
	steps := 0
	for died := true; died; steps++ {
		t.Run(fmt.Sprint("after ", steps), func(t *testing.T) { died = trainingDies(t, steps) })
	}
	// Pending, insert, commit and its answer, the place, pending removed.
	if steps < 6 {
		t.Errorf("a training takes %d steps only: the fuse is not in the way", steps)
	}
}

func trainingDies(t *testing.T, steps int) (died bool) {
	b := newBench(t)
	h := &hand{predict: func(_ context.Context, artifact io.Reader, rows array.RecordReader, out plugins.Output) error {
		text, err := io.ReadAll(artifact)
		if err != nil {
			return err
		}
		for rows.Next() {
			if n := fmt.Sprint(rows.RecordBatch().Column(0).(*array.Int64).Value(0)); n != string(text) {
				return fmt.Errorf("the table is of training %s, the artifact of %s", n, text)
			}
			if err := out.Rows(rows.RecordBatch()); err != nil {
				return err
			}
		}
		return rows.Err()
	}}
	train := func(version string) {
		h.train = func(_ context.Context, rows array.RecordReader, out plugins.Output) error {
			return pass(rows, out, func() error { return out.Artifact([]byte(version)) })
		}
	}
	b.env.Plugins = h
	fit := b.through("fit", "train", "select 1 as N")
	train("1")
	b.want("first", []string{"fit: success"}, b.run())

	whole := b.env
	f := &fuse{left: steps}
	b.env.Stages, b.env.Warehouse = dyingVolume{whole.Stages, f}, dyingWarehouse{whole.Warehouse, f}
	fit.Raw = "select 2 as N"
	train("2")
	b.run()
	died = f.left < 0

	b.env = whole
	delete(b.p.Nodes, fit.ID)
	b.through("score", "predict", "select N from FIT")
	b.want("afterwards", []string{"score: success"}, b.run())
	if left := b.pending(); left {
		t.Error("the pending artifact is still there")
	}
	b.p.Nodes = map[string]*runner.Node{fit.ID: fit}
	train("3")
	fit.Raw = "select 3 as N"
	b.want("trained again", []string{"fit: success"}, b.run())
	if got := b.object(); got != "3" {
		t.Errorf("artifact %q", got)
	}
	return died
}

// pending reports whether an artifact waits for its table.
func (b *bench) pending() bool {
	b.t.Helper()
	st, err := b.env.Stages.Stage(b.t.Context(), stage.Name{Database: "P", Schema: "PUBLIC", Stage: "MODELSTAGE"})
	if err != nil {
		b.t.Fatal(err)
	}
	for obj, err := range st.List(b.t.Context(), "") {
		if err != nil {
			b.t.Fatal(err)
		}
		if strings.HasSuffix(obj.Name, ".pending") {
			return true
		}
	}
	return false
}

// A first training whose table cannot be committed leaves nothing on the stage.
func TestFirstTrainingFails(t *testing.T) {
	b := newBench(t)
	b.env.Plugins = &hand{train: func(_ context.Context, rows array.RecordReader, out plugins.Output) error {
		return pass(rows, out, func() error { return out.Artifact([]byte("1")) })
	}}
	b.rows("create table MODEL_METRICS (RUN_ID varchar, ARTIFACT varchar, ARTIFACT_SHA256 varchar, TRAINED_AT timestamp)")
	b.through("fit", "train", "select 1 as N")
	if got := b.run(); len(got) != 1 || !strings.HasPrefix(got[0], "fit: error note the metrics in P.PUBLIC.MODEL_METRICS: ") {
		t.Errorf("got %s", got)
	}
	if b.object() != "" || b.pending() {
		t.Error("there is an artifact and no table")
	}
}
