package host_test

import (
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

	"github.com/snowpit-dev/snowpit/plugins"
)

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
	for _, name := range []string{"family", "runaway"} {
		p := start(t, h, name)
		began := time.Now()
		err := p.Train(t.Context(), call, numbers(t, 1, 10), &collector{})
		if err == nil {
			t.Fatal("it went well")
		}
		check(t, err, plugins.ErrCrashed, []string{"exit status 3"}, began)
		p.Close()
		pid := pidOf(t, err, "child")
		if name == "family" && !gone(pid) {
			t.Errorf("the plugin's child %d lives on", pid)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s: it took %v to end", name, took)
		}
		syscall.Kill(pid, syscall.SIGKILL) // one that left the group is out of reach
	}
	began := time.Now()
	p := start(t, h, "stubborn")
	p.Close()
	p.Close() // twice is harmless
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a stubborn plugin took %v to end", took)
	}
	if _, err := p.Describe(t.Context()); err == nil {
		t.Error("a closed plugin answers")
	}
}

// Nothing is left behind: neither goroutines, processes nor files.
func TestLeavesNothing(t *testing.T) {
	dir, err := os.MkdirTemp("", "left") // short, as sockets need it
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	t.Setenv("TMPDIR", dir)
	h := newHost(plugins.Limits{Idle: 300 * time.Millisecond})
	once := func(name string) {
		p, err := h.Start(t.Context(), name)
		if err != nil {
			return
		}
		p.Train(t.Context(), call, numbers(t, 3, 100), &collector{})
		p.Close()
	}
	once("echo")
	before := runtime.NumGoroutine()
	for range 3 {
		for _, name := range []string{"echo", "crash", "hang", "noise", "plain"} {
			once(name)
		}
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
}

// children are the processes that this one started, on Linux.
func children(t testing.TB) []string {
	files, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, file := range files {
		pids, _ := os.ReadFile(file) // a thread may be gone
		all = append(all, strings.Fields(string(pids))...)
	}
	return all
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
