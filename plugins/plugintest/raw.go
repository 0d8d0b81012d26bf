package plugintest

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/proto"
)

// A raw is the plugin's process, run without a host.
type raw struct {
	cmd   *exec.Cmd
	ended chan struct{}

	mu    sync.Mutex
	first string
	said  chan struct{} // closed once the first line is there, or will never be
}

// runRaw runs a command in the given environment, besides PATH and TMPDIR.
func runRaw(ctx context.Context, command, env []string) (*raw, error) {
	r := &raw{cmd: exec.CommandContext(ctx, command[0], command[1:]...), ended: make(chan struct{}), said: make(chan struct{})}
	r.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "HOME=" + os.Getenv("HOME"), quickExit}, env...)
	r.cmd.WaitDelay = 100 * time.Millisecond
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		lines := bufio.NewReader(out)
		line, _ := lines.ReadString('\n')
		r.mu.Lock()
		r.first = strings.TrimSpace(line)
		r.mu.Unlock()
		close(r.said)
		for _, err := lines.ReadString('\n'); err == nil; _, err = lines.ReadString('\n') {
		}
		r.cmd.Wait()
		close(r.ended)
	}()
	return r, nil
}

// line is the first line that it wrote, once it did.
func (r *raw) line() string {
	select {
	case <-r.said:
	case <-time.After(3 * time.Second):
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first
}

func (r *raw) endsWithin(d time.Duration) bool {
	select {
	case <-r.ended:
		return true
	case <-time.After(d):
		return false
	}
}

func (r *raw) kill() {
	r.cmd.Process.Kill()
	<-r.ended
}

// handshake is the environment in which a plugin starts, with a certificate of
// which nobody has the key.
func handshake() ([]string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return []string{
		plugins.CookieKey + "=" + plugins.CookieValue,
		fmt.Sprintf("PLUGIN_PROTOCOL_VERSIONS=%d", plugins.ProtocolVersion),
		"PLUGIN_MIN_PORT=10000", "PLUGIN_MAX_PORT=25000",
		"PLUGIN_CLIENT_CERT=" + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
	}, nil
}

// callsWithoutCertificate calls a plugin as a stranger on the same machine
// could.
func callsWithoutCertificate(ctx context.Context, e *env) error {
	env, err := handshake()
	if err != nil {
		return err
	}
	r, err := runRaw(ctx, e.Command, env)
	if err != nil {
		return err
	}
	defer r.kill()
	parts := strings.Split(r.line(), "|")
	if len(parts) < 6 || parts[5] == "" {
		return fmt.Errorf("the handshake has no certificate: %q", r.line())
	}
	target := "unix://" + parts[3]
	if parts[2] == "tcp" {
		target = "passthrough:///" + parts[3]
	}
	for what, creds := range map[string]credentials.TransportCredentials{
		"TLS": insecure.NewCredentials(), "a certificate": credentials.NewTLS(&tls.Config{InsecureSkipVerify: true}),
	} {
		if err := silent(ctx, target, creds); err != nil {
			return fmt.Errorf("without %s: %w", what, err)
		}
	}
	return nil
}

// silent is nil if nobody answers a call.
func silent(ctx context.Context, target string, creds credentials.TransportCredentials) error {
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(creds))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if d, err := proto.NewPluginClient(conn).Describe(ctx, &proto.DescribeRequest{}); err == nil {
		return fmt.Errorf("it answers %q", d.GetName())
	}
	return nil
}

// outlivesHost starts the plugin from a shell, and kills the shell.
func outlivesHost(ctx context.Context, e *env) error {
	if runtime.GOOS == "windows" {
		return fmt.Errorf("%w be tested here: there is no shell", errLacks)
	}
	env, err := handshake()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "plugintest")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	pid := filepath.Join(dir, "pid")
	r, err := runRaw(ctx, append([]string{"/bin/sh", "-c", `"$@" & echo $! > "$PID_FILE"; wait`, "sh"}, e.Command...), append(env, "PID_FILE="+pid))
	if err != nil {
		return err
	}
	if strings.Count(r.line(), "|") < 4 {
		r.kill()
		return fmt.Errorf("it does not start: %q", r.line())
	}
	r.cmd.Process.Kill()
	if !r.endsWithin(4 * time.Second) { // its standard output stays open
		endByFile(pid)
		return errors.New("its host was killed, and it lives on")
	}
	return nil
}

// endByFile ends the process whose number stands in a file.
func endByFile(name string) {
	text, _ := os.ReadFile(name) // if it is not there, neither is the process
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		if p, err := os.FindProcess(pid); err == nil {
			p.Kill()
		}
	}
}
