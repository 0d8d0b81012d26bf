package host

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/snowpit-dev/snowpit/plugins"
)

// checkPin holds a file against the SHA-256 it is pinned to.
func checkPin(file, pin string) error {
	want, err := hex.DecodeString(strings.TrimSpace(pin))
	if err != nil || len(want) != sha256.Size {
		return fmt.Errorf("%w: the pin %q is not 64 hex digits", plugins.ErrPin, pin)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := sum.Sum(nil); string(got) != string(want) {
		return fmt.Errorf("%w: %s has SHA-256 %x, and the pin is %x: it was changed, or the pin is of another release",
			plugins.ErrPin, file, got, want)
	}
	return nil
}
