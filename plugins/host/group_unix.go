//go:build unix

package host

import (
	"os"
	"os/exec"
	"syscall"
)

// killGroup ends a process and its group.
func killGroup(p *os.Process) {
	syscall.Kill(-p.Pid, syscall.SIGKILL)
	p.Kill()
}

// inGroup gives the command a process group of its own, so that Ctrl-C in a
// terminal reaches the host alone.
func inGroup(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	return cmd.SysProcAttr
}
