package host_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/host"
)

// newHost knows every plugin that this test binary can be.
func newHost(limits plugins.Limits) *host.Host {
	builtin := map[string][]string{}
	for _, how := range []string{
		"echo", "exit", "sleep", "noise", "version", "cookie", "garbage", "unending", "afterwards", "stubborn", "describe", "deaf",
		"logreg", "mum", "preflood", "plain", "stalled", "mixed", "twice", "huge",
		"runaway", "stopped", "colours", "leak", "early", "norows", "noartifact", "overwrite", "shout",
		"crash", "panic", "killed", "family", "flood", "hang", "chatty", "refuse", "fail", "endless", "slow",
	} {
		builtin[how] = []string{os.Args[0], "be-plugin", how}
	}
	return host.New(host.Config{Builtin: builtin, Path: "/nowhere", Limits: limits, Env: []string{"GORACE=atexit_sleep_ms=0"}})
}

// numbers is rows of one column in batches.
func numbers(t testing.TB, batches, rows int) array.RecordReader {
	schema := arrow.NewSchema([]arrow.Field{{Name: "LENGTH", Type: arrow.PrimitiveTypes.Float64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	var all []arrow.RecordBatch
	for range batches {
		for i := range rows {
			b.Field(0).(*array.Float64Builder).Append(float64(i))
		}
		all = append(all, b.NewRecordBatch())
	}
	r, err := array.NewRecordReader(schema, all)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A collector is an output that counts.
type collector struct {
	rows     int64
	artifact bytes.Buffer
	events   []string
	fail     error // of Rows, if not nil
}

func (c *collector) Rows(batch arrow.RecordBatch) error {
	c.rows += batch.NumRows()
	return c.fail
}

func (c *collector) Artifact(p []byte) error {
	c.artifact.Write(p)
	return nil
}

func (c *collector) Event(e plugins.Event) error {
	switch {
	case e.Log != nil:
		c.events = append(c.events, "log "+e.Log.Message)
	case e.Metric != nil:
		c.events = append(c.events, fmt.Sprintf("metric %s %v", e.Metric.Name, e.Metric.Value))
	case e.Progress != nil:
		c.events = append(c.events, fmt.Sprintf("progress %s %d/%d", e.Progress.Step, e.Progress.Done, e.Progress.Total))
	}
	return nil
}

func start(t testing.TB, h *host.Host, name string) plugins.Process {
	t.Helper()
	p, err := h.Start(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

var call = plugins.Call{Model: "flowers", Config: map[string]any{"target": "KIND"}}

func TestTrainAndPredict(t *testing.T) {
	p := start(t, newHost(plugins.Limits{}), "echo")
	d, err := p.Describe(t.Context())
	if err != nil || d.Name != "echo" || d.Actions[0].Config[0].Default != `"x"` {
		t.Fatalf("Describe gives %+v, %v", d, err)
	}
	var out collector
	if err := p.Train(t.Context(), call, numbers(t, 20, 10_000), &out); err != nil {
		t.Fatal(err)
	}
	if out.rows != 200_000 {
		t.Errorf("%d rows came back", out.rows)
	}
	if want := strings.Repeat("model of flowers\n", 100_000); out.artifact.String() != want {
		t.Errorf("an artifact of %d bytes came back, want %d", out.artifact.Len(), len(want))
	}
	if got := fmt.Sprint(out.events); got != "[metric accuracy 0.25 progress fit 1/2]" {
		t.Errorf("events are %s", got)
	}
	var scored collector
	if err := p.Predict(t.Context(), call, strings.NewReader("an artifact"), numbers(t, 3, 5), &scored); err != nil {
		t.Fatal(err)
	}
	if scored.rows != 15 || fmt.Sprint(scored.events) != "[log an artifact]" {
		t.Errorf("%d rows and events %v came back", scored.rows, scored.events)
	}
}

// check holds an error against what it should be and say, and how soon.
func check(t *testing.T, err, kind error, says []string, began time.Time) {
	t.Helper()
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("%v\nis not of the kind %q", err, kind)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v\ndoes not say %q", err, text)
		}
	}
	if len(err.Error()) > 10<<10 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
}
