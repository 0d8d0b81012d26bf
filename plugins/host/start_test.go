package host_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/host"
	"github.com/snowpit-dev/snowpit/plugins/proto"
)

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
		{"version", plugins.ErrHandshake, []string{"it speaks version 99 of the protocol and this program version 1"}},
		{"cookie", plugins.ErrHandshake, []string{"plugin cookie"}},
		{"mum", plugins.ErrHandshake, []string{"plugin mum", "it closed its standard output and made no handshake"}},
		{"preflood", plugins.ErrHandshake, []string{"to standard output, where nothing but the handshake may go"}},
		{"plain", plugins.ErrHandshake, []string{"it shook hands, and then:"}},
		{"stalled", plugins.ErrTimeout, []string{"plugin stalled", "no handshake within 700ms"}},
	} {
		t.Run(c.plugin, func(t *testing.T) {
			t.Parallel()
			limits := plugins.Limits{}
			if c.plugin == "sleep" || c.plugin == "stalled" {
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

// TestPin holds an executable against the SHA-256 it is pinned to.
func TestPin(t *testing.T) {
	ran := filepath.Join(t.TempDir(), "ran")
	tampered := script(t, t.TempDir(), "snowpit-plugin-tampered", "touch "+ran, 0o755)
	h := host.New(host.Config{Paths: map[string]string{"tampered": tampered}, Pins: map[string]string{"tampered": strings.Repeat("0", 64)}})
	if _, err := h.Start(t.Context(), "tampered"); !errors.Is(err, plugins.ErrPin) {
		t.Errorf("a changed executable: %v", err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a changed executable was run before it was refused")
	}
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
	if err := start1("nonsense"); !errors.Is(err, plugins.ErrPin) || !strings.Contains(err.Error(), "64 hex digits") {
		t.Errorf("with nonsense: %v", err)
	}
	sum[0]++
	if err := start1(hex.EncodeToString(sum[:])); !errors.Is(err, plugins.ErrPin) || !strings.Contains(err.Error(), hex.EncodeToString(sum[:])) {
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

// Nobody but its host can call a plugin: who connects without the certificate
// made for this one run gets no answer.
func TestMutualTLS(t *testing.T) {
	dir, err := os.MkdirTemp("", "tls") // short, as sockets need it
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	t.Setenv("TMPDIR", dir)
	p := start(t, newHost(plugins.Limits{}), "echo")
	if _, err := p.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	sockets, err := filepath.Glob(filepath.Join(dir, "*", "*"))
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
		if code := status.Code(err); code != codes.Unavailable {
			t.Errorf("with %s the call ends in %v: was it the certificate?", name, err)
		}
		cancel()
		conn.Close()
	}
	if _, err := net.Dial("unix", sockets[0]); err != nil {
		t.Errorf("nothing listens there: %v", err)
	}
}

// script writes a shell script, and gives its path.
func script(t *testing.T, dir, name, body string, mode os.FileMode) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+body+"\n"), mode); err != nil {
		t.Fatal(err)
	}
	return file
}

// An executable that a project names outright and that cannot be run is told
// by its path.
func TestNamedOutright(t *testing.T) {
	dir := t.TempDir()
	noise := filepath.Join(dir, "noise")
	if err := os.WriteFile(noise, []byte{0x7f, 1, 2, 3}, 0o755); err != nil {
		t.Fatal(err)
	}
	h := host.New(host.Config{Path: "/nowhere", Paths: map[string]string{
		"gone":   filepath.Join(dir, "gone"),
		"plain":  script(t, dir, "plain", "exit 0", 0o644),
		"folder": dir,
		"noise":  noise,
		"quits":  script(t, dir, "quits", "echo licence expired >&2; exit 4", 0o755),
	}})
	for _, c := range []struct {
		plugin string
		kind   error
		says   []string
	}{
		{"gone", fs.ErrNotExist, []string{"plugin gone (project config)", dir + "/gone"}},
		{"plain", fs.ErrPermission, []string{"plugin plain", dir + "/plain", "chmod +x"}},
		{"folder", plugins.ErrUnknown, []string{dir + " is no file"}},
		{"noise", plugins.ErrHandshake, []string{dir + "/noise", "exec format error"}},
		{"quits", plugins.ErrHandshake, []string{"exit status 4 before the handshake", "stderr: licence expired"}},
	} {
		began := time.Now()
		_, err := h.Start(t.Context(), c.plugin)
		if err == nil {
			t.Errorf("%s started", c.plugin)
			continue
		}
		check(t, err, c.kind, c.says, began)
	}
}

// What keeps a plugin from being started at all is told as it is.
func TestNoPlaceForSockets(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere")
	began := time.Now()
	_, err := newHost(plugins.Limits{}).Start(t.Context(), "echo")
	if err == nil {
		t.Fatal("it started")
	}
	check(t, err, fs.ErrNotExist, []string{"plugin echo", "/nowhere"}, began)
	t.Setenv("TMPDIR", "/tmp/"+strings.Repeat("long/", 30)) // too long for a socket's path
	start(t, newHost(plugins.Limits{}), "echo")
}
