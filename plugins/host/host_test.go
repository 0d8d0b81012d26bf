package host_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/host"
	"github.com/snowpit-dev/snowpit/plugins/proto"
)

// newHost knows every plugin that this test binary can be.
func newHost(limits plugins.Limits) *host.Host {
	builtin := map[string][]string{}
	for _, how := range []string{
		"echo", "exit", "sleep", "noise", "version", "cookie", "garbage", "unending", "afterwards", "stubborn", "describe", "deaf",
		"crash", "panic", "killed", "family", "flood", "hang", "chatty", "refuse", "fail", "endless", "slow",
	} {
		builtin[how] = []string{os.Args[0], "be-plugin", how}
	}
	return host.New(host.Config{Builtin: builtin, Path: "/nowhere", Limits: limits})
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

// TestNoStart is what can go wrong before there is a plugin to call.
func TestNoStart(t *testing.T) {
	for _, c := range []struct {
		plugin string
		kind   error
		says   []string
	}{
		{"nosuch", plugins.ErrUnknown, []string{"plugin nosuch", "snowpit-plugin-nosuch", "echo, "}},
		{"../echo", plugins.ErrUnknown, []string{"by its name, not by a path"}},
		{"", plugins.ErrUnknown, nil},
		{"exit", plugins.ErrHandshake, []string{"plugin exit", "stderr: no licence found"}},
		{"sleep", plugins.ErrTimeout, []string{"plugin sleep", "no handshake within 700ms"}},
		{"noise", plugins.ErrHandshake, []string{"plugin noise", "Welcome to my plugin!"}},
		{"version", plugins.ErrHandshake, []string{"plugin version", "99"}},
		{"cookie", plugins.ErrHandshake, []string{"plugin cookie"}},
	} {
		t.Run(c.plugin, func(t *testing.T) {
			limits := plugins.Limits{}
			if c.plugin == "sleep" {
				limits.Start = 700 * time.Millisecond
			}
			began := time.Now()
			p, err := newHost(limits).Start(t.Context(), c.plugin)
			if err == nil {
				p.Close()
				t.Fatal("it started")
			}
			check(t, err, c.kind, c.says, began)
		})
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
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestBreaksOff is what can go wrong in a call.
func TestBreaksOff(t *testing.T) {
	for _, c := range []struct {
		plugin string
		kind   error
		says   []string
	}{
		{"crash", plugins.ErrCrashed, []string{"plugin crash, model flowers", "exit status 3", "stderr: half-way there"}},
		{"panic", plugins.ErrCrashed, []string{"plugin panic, model flowers", "index out of range in my code"}},
		{"killed", plugins.ErrCrashed, []string{"signal: killed"}},
		{"flood", plugins.ErrCrashed, []string{"stderr: the last words"}},
		{"hang", plugins.ErrTimeout, []string{"plugin hang, model flowers", "it said nothing for 700ms", "half-way there"}},
		{"deaf", plugins.ErrTimeout, []string{"it said nothing for 700ms"}},
		{"garbage", plugins.ErrProtocol, []string{"plugin garbage, model flowers", "not a stream of Arrow rows"}},
		{"afterwards", plugins.ErrProtocol, nil},
		{"unending", plugins.ErrProtocol, nil},
		{"fail", nil, []string{"plugin fail, model flowers: the disk of my own is full"}},
		{"refuse", nil, []string{"plugin refuse, model flowers: features: column LENGTH: 3 nulls, the first in row 2"}},
	} {
		t.Run(c.plugin, func(t *testing.T) {
			p := start(t, newHost(plugins.Limits{Idle: 700 * time.Millisecond}), c.plugin)
			began := time.Now()
			err := p.Train(t.Context(), call, numbers(t, 50, 10_000), &collector{})
			if err == nil {
				t.Fatal("it went well")
			}
			check(t, err, c.kind, c.says, began)
			if c.plugin == "refuse" {
				var refused *plugins.Error
				if !errors.As(err, &refused) || refused.Column != "LENGTH" || refused.Row != 2 {
					t.Errorf("%v is not the refusal, but %+v", err, refused)
				}
			}
		})
	}
}

// A plugin that writes to its standard output while it works does no harm.
func TestNoiseWhileWorking(t *testing.T) {
	p := start(t, newHost(plugins.Limits{}), "chatty")
	var out collector
	if err := p.Train(t.Context(), call, numbers(t, 3, 10), &out); err != nil || out.rows != 30 {
		t.Errorf("%d rows, %v", out.rows, err)
	}
}

// A whole call has a limit too, and ends when its context does.
func TestCallEnds(t *testing.T) {
	t.Run("limit", func(t *testing.T) {
		p := start(t, newHost(plugins.Limits{Call: 500 * time.Millisecond}), "endless")
		began := time.Now()
		err := p.Train(t.Context(), call, numbers(t, 3, 1000), &collector{})
		check(t, err, plugins.ErrTimeout, []string{"500ms", "plugin endless, model flowers"}, began)
	})
	for _, name := range []string{"endless", "slow", "hang", "deaf"} {
		t.Run("cancel "+name, func(t *testing.T) {
			p := start(t, newHost(plugins.Limits{}), name)
			why := errors.New("the user lost patience")
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(300*time.Millisecond, func() { cancel(why) })
			began := time.Now()
			check(t, p.Train(ctx, call, numbers(t, 100, 10_000), &collector{}), why, nil, began)
		})
	}
	t.Run("describe", func(t *testing.T) {
		p := start(t, newHost(plugins.Limits{Start: time.Second}), "describe")
		began := time.Now()
		_, err := p.Describe(t.Context())
		check(t, err, plugins.ErrTimeout, []string{"plugin describe"}, began)
	})
	t.Run("start", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := newHost(plugins.Limits{}).Start(ctx, "sleep")
		check(t, err, context.DeadlineExceeded, nil, began)
	})
}

// Who takes the rows may refuse them; who gives them may break off.
func TestCallersErrors(t *testing.T) {
	h := newHost(plugins.Limits{})
	full := errors.New("the table is full")
	p := start(t, h, "echo")
	began := time.Now()
	check(t, p.Train(t.Context(), call, numbers(t, 100, 10_000), &collector{fail: full}), full, nil, began)

	lost := errors.New("the warehouse is gone")
	p = start(t, h, "echo")
	err := p.Train(t.Context(), call, &failing{RecordReader: numbers(t, 2, 10), err: lost}, &collector{})
	check(t, err, lost, []string{"rows for plugin echo, model flowers"}, began)

	p = start(t, h, "echo")
	err = p.Predict(t.Context(), call, failingReader{lost}, numbers(t, 2, 10), &collector{})
	check(t, err, lost, []string{"artifact"}, began)
}

// failing gives its rows and then fails.
type failing struct {
	array.RecordReader
	err error
	hit bool
}

func (f *failing) Next() bool {
	ok := f.RecordReader.Next()
	f.hit = f.hit || !ok
	return ok
}

func (f *failing) Err() error {
	if f.hit {
		return f.err
	}
	return nil
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// A plugin that fails while the warehouse is still thinking is told at once:
// the rows are told to stop.
func TestFailureWhileRowsAreSlow(t *testing.T) {
	p := start(t, newHost(plugins.Limits{}), "crash")
	rows := &stuck{RecordReader: numbers(t, 1, 10), stopped: make(chan struct{})}
	began := time.Now()
	err := p.Train(t.Context(), call, rows, &collector{})
	check(t, err, plugins.ErrCrashed, nil, began)
}

// stuck gives one batch and then nothing until it is stopped.
type stuck struct {
	array.RecordReader
	stopped chan struct{}
}

func (s *stuck) Next() bool {
	if s.RecordReader.Next() {
		return true
	}
	<-s.stopped
	return false
}

func (s *stuck) Stop() { close(s.stopped) }

// TestPin holds an executable against the SHA-256 it is pinned to.
func TestPin(t *testing.T) {
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(self)
	start1 := func(pin string) error {
		h := host.New(host.Config{Builtin: map[string][]string{"echo": {os.Args[0], "be-plugin", "echo"}}, Pins: map[string]string{"echo": pin}})
		p, err := h.Start(t.Context(), "echo")
		if err == nil {
			p.Close()
		}
		return err
	}
	if err := start1(hex.EncodeToString(sum[:])); err != nil {
		t.Errorf("with its own sum: %v", err)
	}
	if err := start1("nonsense"); err == nil || !strings.Contains(err.Error(), "64 hex digits") {
		t.Errorf("with nonsense: %v", err)
	}
	sum[0]++
	if err := start1(hex.EncodeToString(sum[:])); err == nil || !strings.Contains(err.Error(), "SHA-256 it is pinned to") {
		t.Errorf("with another sum: %v", err)
	}
}

// TestFind looks for executables in folders and on PATH.
func TestFind(t *testing.T) {
	dir, path := t.TempDir(), t.TempDir()
	script := "#!/bin/sh\nexec " + os.Args[0] + " be-plugin echo\n"
	for file, mode := range map[string]os.FileMode{
		filepath.Join(dir, "snowpit-plugin-mine"):     0o755,
		filepath.Join(path, "snowpit-plugin-mine"):    0o755,
		filepath.Join(path, "snowpit-plugin-theirs"):  0o755,
		filepath.Join(dir, "snowpit-plugin-dormant"):  0o644,
		filepath.Join(dir, "other-plugin-altogether"): 0o755,
	} {
		if err := os.WriteFile(file, []byte(script), mode); err != nil {
			t.Fatal(err)
		}
	}
	h := host.New(host.Config{Dirs: []string{dir}, Path: path})
	var got []string
	for _, f := range h.List(t.Context()) {
		got = append(got, f.Name+" in "+f.Source)
	}
	if want := fmt.Sprintf("[mine in %s theirs in %s]", dir, path); fmt.Sprint(got) != want {
		t.Errorf("found %v, want %s", got, want)
	}
	start(t, h, "theirs")
	if _, err := h.Start(t.Context(), "dormant"); err == nil || !strings.Contains(err.Error(), "chmod +x") {
		t.Errorf("a file that is not executable: %v", err)
	}
}

// A plugin gets no variable of the environment that could be a secret.
func TestEnvironment(t *testing.T) {
	t.Setenv("SNOWFLAKE_PASSWORD", "hunter2")
	dir := t.TempDir()
	script := "#!/bin/sh\nenv > " + dir + "/env\nexec " + os.Args[0] + " be-plugin echo\n"
	if err := os.WriteFile(filepath.Join(dir, "snowpit-plugin-spy"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	start(t, host.New(host.Config{Dirs: []string{dir}, Env: []string{"MINE=1"}}), "spy")
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	if err != nil || strings.Contains(string(env), "hunter2") || !strings.Contains(string(env), "MINE=1") {
		t.Errorf("it got (%v):\n%s", err, env)
	}
}

// pidOf is the number behind a word in an error's last lines.
func pidOf(t *testing.T, err error, word string) int {
	t.Helper()
	var pid int
	_, after, ok := strings.Cut(err.Error(), word+" ")
	if _, scanErr := fmt.Sscan(after, &pid); !ok || scanErr != nil {
		t.Fatalf("no process number in %v", err)
	}
	return pid
}

// gone reports whether a process ends soon.
func gone(pid int) bool {
	for range 300 {
		if syscall.Kill(pid, 0) != nil || zombie(pid) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// zombie reports whether a process has ended and waits to be asked how.
func zombie(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, ok := strings.Cut(string(text), ") ")
	return err == nil && ok && strings.HasPrefix(state, "Z")
}

// What a plugin started ends with it, and a plugin that ignores signals ends
// all the same.
func TestCloseEndsTheFamily(t *testing.T) {
	h := newHost(plugins.Limits{})
	p := start(t, h, "family")
	err := p.Train(t.Context(), call, numbers(t, 1, 10), &collector{})
	if err == nil {
		t.Fatal("it went well")
	}
	p.Close()
	if pid := pidOf(t, err, "child"); !gone(pid) {
		syscall.Kill(pid, syscall.SIGKILL)
		t.Errorf("the plugin's child %d lives on", pid)
	}
	began := time.Now()
	p = start(t, h, "stubborn")
	p.Close()
	p.Close() // twice is harmless
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a stubborn plugin took %v to end", took)
	}
	if _, err := p.Describe(t.Context()); err == nil {
		t.Error("a closed plugin answers")
	}
}

// Nothing is left behind: neither goroutines nor processes.
func TestLeavesNothing(t *testing.T) {
	h := newHost(plugins.Limits{})
	once := func(name string) {
		p, err := h.Start(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		p.Train(t.Context(), call, numbers(t, 3, 100), &collector{})
		p.Close()
	}
	once("echo")
	before := runtime.NumGoroutine()
	for range 5 {
		once("echo")
		once("crash")
	}
	for range 200 {
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
}

// Several plugins run side by side.
func TestSideBySide(t *testing.T) {
	h := newHost(plugins.Limits{})
	errs := make(chan error)
	for range 3 {
		go func() {
			p, err := h.Start(t.Context(), "echo")
			if err == nil {
				err = errors.Join(p.Train(t.Context(), call, numbers(t, 10, 1000), &collector{}), p.Close())
			}
			errs <- err
		}()
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// A plugin ends when the process that started it is killed.
func TestHostKilled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	cmd := exec.Command(os.Args[0], "be-host")
	cmd.Env = append(os.Environ(), "PID_FILE="+file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if !gone(pid) {
		syscall.Kill(pid, syscall.SIGKILL)
		t.Errorf("the plugin %d outlives its host", pid)
	}
}

// Nobody but its host can call a plugin: who connects without the certificate
// made for this one run gets no answer.
func TestMutualTLS(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir) // where the plugin listens
	start(t, newHost(plugins.Limits{}), "echo")
	sockets, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(sockets) != 1 {
		t.Fatalf("sockets are %v, %v", sockets, err)
	}
	for name, creds := range map[string]credentials.TransportCredentials{
		"no TLS":         insecure.NewCredentials(),
		"no certificate": credentials.NewTLS(&tls.Config{InsecureSkipVerify: true}),
	} {
		conn, err := grpc.NewClient("unix://"+sockets[0], grpc.WithTransportCredentials(creds))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		d, err := proto.NewPluginClient(conn).Describe(ctx, &proto.DescribeRequest{})
		if err == nil {
			t.Errorf("with %s it answers %v", name, d)
		}
		cancel()
		conn.Close()
	}
}
