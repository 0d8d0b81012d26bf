package conformance

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// nobody is the user without rights.
const nobody = 65534

// giveAway makes a folder nobody's and reports that it did, which only root
// can: as root, tests of what may not be read or written would fail.
func giveAway(folder string) (bool, error) {
	if os.Geteuid() != 0 {
		return false, nil
	}
	return true, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	})
}

// asNobody lets a command run as nobody.
func asNobody(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
