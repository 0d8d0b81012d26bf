package account_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
)

// TestChange changes an account, once in vain, and reads it as the next process
// does.
func TestChange(t *testing.T) {
	dir := t.TempDir()
	a, err := account.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := account.State{
		Objects: []account.Object{{Kind: "ROLE", Name: "ANALYST", Options: map[string]string{"COMMENT": "reads"}}},
		Grants:  []account.Grant{{Privilege: "SELECT", On: "TABLE", Name: "D.S.T", ToKind: "ROLE", To: "ANALYST"}},
	}
	if err := a.Change(func(s *account.State) error { *s = want; return nil }); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	if err := a.Change(func(s *account.State) error { s.Objects, s.Grants = nil, nil; return no }); !errors.Is(err, no) {
		t.Errorf("a change that fails gives %v", err)
	}
	again, err := account.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]account.State{"now": a.Now(), "the next process": again.Now()} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if err := again.Forget("D.S.T"); err != nil {
		t.Fatal(err)
	}
	if left := again.Now(); len(left.Grants) != 0 || left.Find("ROLE", "ANALYST") != 0 || left.Find("ROLE", "OTHER") != -1 {
		t.Errorf("without what was granted on the table: %+v", left)
	}
}
