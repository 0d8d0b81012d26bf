package host

import (
	"os/exec"
	"syscall"
)

// ownGroup gives the command a process group of its own, and has the kernel
// end it with its host, even when that is killed.
func ownGroup(cmd *exec.Cmd) { inGroup(cmd).Pdeathsig = syscall.SIGKILL }
