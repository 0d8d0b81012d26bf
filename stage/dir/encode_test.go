package dir

import (
	"path"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
)

// FuzzEncode: every name that is accepted has a path of its own, within the
// folder, whose parts file systems take, and is read back from it.
func FuzzEncode(f *testing.F) {
	for _, name := range []string{"a", "a/b", "%", "%41", "a%-/b", strings.Repeat("é", 512), strings.Repeat("%", 1024), "\n", "..a", "a/%/b"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if stage.CheckName(name) != nil {
			return
		}
		at := encode(name)
		if path.Clean(at) != at || path.IsAbs(at) || at == ".." || strings.HasPrefix(at, "../") {
			t.Errorf("%q lies at %q", name, at)
		}
		for part := range strings.SplitSeq(at, "/") {
			if len(part) > 255 || part == "" || strings.ContainsAny(part, "\x00\\") {
				t.Errorf("%q lies at %q", name, at)
			}
			if strings.HasSuffix(part, beside) {
				t.Errorf("%q lies at %q, where an object beside a folder would", name, at)
			}
		}
		for _, at := range []string{at, at + beside} {
			if got, ok := decode(at); !ok || got != name {
				t.Errorf("%q is read back from %q as %q, %v", name, at, got, ok)
			}
		}
	})
}
