package account_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

func on(kind, name, privilege, to string) account.Grant {
	return account.Grant{Privilege: privilege, On: kind, Name: name, ToKind: "ROLE", To: to}
}

func shown(s account.State) (lines []string) {
	for _, g := range s.Grants {
		line := g.Privilege + " " + g.On + " " + g.Name + " " + g.ToKind + " " + g.To
		if g.Option {
			line += " option"
		}
		lines = append(lines, line)
	}
	return lines
}

// sql-reference/sql/grant-privilege, grant-ownership and revoke-privilege.
func TestGrant(t *testing.T) {
	var s account.State
	option := on("TABLE", "D.S.T", "SELECT", "A")
	option.Option = true
	s.Grant(option)
	s.Grant(on("TABLE", "D.S.T", "SELECT", "B"))
	s.Grant(on("TABLE", "D.S.T", account.Ownership, "A"))
	s.Grant(on("VIEW", "D.S.T", account.Ownership, "A"))
	s.Grant(on("TABLE", "D.S.T", account.Ownership, "B")) // of owners there is one
	want := []string{"SELECT TABLE D.S.T ROLE A option", "SELECT TABLE D.S.T ROLE B", "OWNERSHIP VIEW D.S.T ROLE A", "OWNERSHIP TABLE D.S.T ROLE B"}
	if diff := cmp.Diff(want, shown(s)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	s.RevokeOption(on("TABLE", "D.S.T", "SELECT", "A"))
	s.Revoke(on("TABLE", "D.S.T", "SELECT", "B"))
	s.Revoke(on("TABLE", "D.S.T", "INSERT", "A")) // which nobody gave
	want = []string{"SELECT TABLE D.S.T ROLE A", "OWNERSHIP VIEW D.S.T ROLE A", "OWNERSHIP TABLE D.S.T ROLE B"}
	if diff := cmp.Diff(want, shown(s)); diff != "" {
		t.Errorf("revoked: want -, got +:\n%s", diff)
	}
	if !s.Owned("TABLE", "D.S.T") || s.Owned("TABLE", "D.S.OTHER") {
		t.Error("another table is owned")
	}
}

func TestPrivileges(t *testing.T) {
	for kind, want := range map[string]string{"VIEW": "SELECT REFERENCES", "STAGE": "READ WRITE", "ROLE": "ALL"} {
		if got := strings.Join(account.Privileges([]string{"ALL"}, kind), " "); got != want {
			t.Errorf("ALL on a %s are %s, want %s", kind, got, want)
		}
	}
	if got := strings.Join(account.Privileges([]string{"INSERT", "SELECT"}, "TABLE"), " "); got != "INSERT SELECT" {
		t.Errorf("two privileges are %s", got)
	}
}

// What goes by a database's or a schema's name goes by the new one, in quotes or not,
// and goes with it.
func TestMovedAndForgotten(t *testing.T) {
	a, err := account.Open("")
	if err != nil {
		t.Fatal(err)
	}
	ofRole := on("TABLE", "OTHER.S.T", "SELECT", "D.R")
	ofRole.ToKind = "DATABASE ROLE"
	err = a.Change(func(s *account.State) error {
		s.Grants = []account.Grant{on("DATABASE", "D", "USAGE", "A"), on("SCHEMA", "D.S", "USAGE", "A"), on("TABLE", "D.S.T", "SELECT", "A"),
			on("TABLE", "DD.S.T", "SELECT", "A"), on("SCHEMA", "D.SS", "USAGE", "A"), on("ROLE", "D", "USAGE", "A"), on("WAREHOUSE", "D", "USAGE", "A"),
			on("TABLE", "D.S.<TABLE>", "SELECT", "A"), ofRole}
		s.Objects = []account.Object{{Kind: "TAG", Name: "D.S.PII"}, {Kind: "DATABASE ROLE", Name: "D.R"}, {Kind: "ROLE", Name: "D"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Moved(catalog.Area{Database: "D", Schema: "S"}, catalog.Area{Database: "D", Schema: "new one"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Moved(catalog.Area{Database: "D"}, catalog.Area{Database: "E"}); err != nil {
		t.Fatal(err)
	}
	want := []string{"USAGE DATABASE E ROLE A", "USAGE SCHEMA E.new one ROLE A", `SELECT TABLE E."new one".T ROLE A`, "SELECT TABLE DD.S.T ROLE A",
		"USAGE SCHEMA E.SS ROLE A", "USAGE ROLE D ROLE A", "USAGE WAREHOUSE D ROLE A", "SELECT TABLE E.new one.<TABLE> ROLE A",
		"SELECT TABLE OTHER.S.T DATABASE ROLE E.R"}
	if diff := cmp.Diff(want, shown(a.Now())); diff != "" {
		t.Errorf("moved: want -, got +:\n%s", diff)
	}
	if err := a.ForgetIn(catalog.Area{Database: "E"}); err != nil {
		t.Fatal(err)
	}
	want = []string{"SELECT TABLE DD.S.T ROLE A", "USAGE ROLE D ROLE A", "USAGE WAREHOUSE D ROLE A"}
	if diff := cmp.Diff(want, shown(a.Now())); diff != "" {
		t.Errorf("forgotten: want -, got +:\n%s", diff)
	}
	if objects := a.Now().Objects; len(objects) != 1 || objects[0].Kind != "ROLE" {
		t.Errorf("objects that are left: %v", objects)
	}
}
