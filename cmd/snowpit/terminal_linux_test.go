package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// onTerminal runs the program with its output on a terminal of 100 columns and
// gives what it wrote there.
func onTerminal(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		skip(t, "no terminals here: %v", err)
	}
	defer terminal.Close()
	n, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(terminal.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 100})
	}
	if err != nil {
		skip(t, "no terminals here: %v", err)
	}
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		skip(t, "no terminals here: %v", err)
	}
	cmd := exec.Command("snowpit", args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append(os.Environ(), env...), screen, screen
	var text bytes.Buffer
	read := make(chan struct{})
	go func() {
		io.Copy(&text, terminal) // ends with an error when the last writer is gone
		close(read)
	}()
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	screen.Close()
	<-read
	return text.String()
}

// On a terminal a running node has a line of its own, which goes when it ends;
// there is colour, unless NO_COLOR or --no-color says otherwise.
func TestTerminal(t *testing.T) {
	dir := projectDir(t, flowers)
	text := onTerminal(t, dir, []string{"TERM=xterm", "NO_COLOR="}, "build")
	for _, want := range []string{"\x1b[32mSUCCESS 7776 in", "OK created sql table model PUBLIC.many", "logreg train model PUBLIC.learn", "\x1b[1A\x1b[J"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not show %q:\n%q", want, text)
		}
	}
	if strings.Contains(text, "START") {
		t.Errorf("it has lines for starts besides:\n%q", text)
	}
	for _, plain := range []string{
		onTerminal(t, dir, []string{"TERM=xterm", "NO_COLOR=1"}, "build"),
		onTerminal(t, dir, []string{"TERM=xterm", "NO_COLOR="}, "build", "--no-color"),
	} {
		if strings.Contains(plain, "\x1b[3") || !strings.Contains(plain, "OK created") {
			t.Errorf("without colour it shows\n%q", plain)
		}
	}
	if dumb := onTerminal(t, dir, []string{"TERM=dumb"}, "build"); strings.Contains(dumb, "\x1b[") || !strings.Contains(dumb, "START") {
		t.Errorf("a dumb terminal gets\n%q", dumb)
	}
}
