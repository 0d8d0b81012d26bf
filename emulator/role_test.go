package emulator_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	sf "github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// A user who has some roles and virtual warehouses has no others.
func TestRolesOfUser(t *testing.T) {
	user := emulator.User{Name: emulator.DefaultUser, Password: emulator.DefaultPassword, Roles: []string{"ANALYST", "PUBLIC"}, Warehouses: []string{"WH"}}
	address := emulatortest.Serve(t, emulator.Config{Users: []emulator.User{user}})
	number := func(err error) int {
		var e *sf.SnowflakeError
		errors.As(err, &e)
		if e == nil {
			return 0
		}
		return e.Number
	}
	login := func(role, warehouse string) *sql.DB {
		config, err := sf.ParseDSN(emulatortest.DSN(address))
		if err != nil {
			t.Fatal(err)
		}
		config.Role, config.Warehouse = role, warehouse
		db := sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, *config))
		t.Cleanup(func() { db.Close() })
		return db
	}
	if err := login("SYSADMIN", "WH").Ping(); number(err) != 390189 {
		t.Errorf("a role that the user has not: %v, want 390189", err)
	}
	if err := login("", "OTHER").Ping(); number(err) != 390201 {
		t.Errorf("a virtual warehouse that is not there: %v, want 390201", err)
	}
	db := login("", "WH")
	db.SetMaxOpenConns(1)
	if got := one[string](t, db, "select current_role() || ' ' || current_warehouse()"); got != "ANALYST WH" {
		t.Errorf("by default: %s", got)
	}
	exec(t, db, "use role public", "use warehouse wh")
	for sql, want := range map[string]int{"use role sysadmin": 3013, "use warehouse other": 2043} {
		if _, err := db.Exec(sql); number(err) != want {
			t.Errorf("%s: %v, want %d", sql, err, want)
		}
	}
}

// The SQL API refuses a role that the user does not have.
func TestSQLAPIRole(t *testing.T) {
	a := &api{t, emulatortest.Serve(t, emulator.Config{Users: []emulator.User{{Name: "ann", Tokens: []string{"pat-of-ann"}, Roles: []string{"ANALYST"}}}})}
	status, answer := a.run("select current_role()", map[string]any{"role": "analyst"})
	if diff := cmp.Diff([]any{[]any{"ANALYST"}}, answer["data"]); status != 200 || diff != "" {
		t.Errorf("status %d, want -, got +:\n%s", status, diff)
	}
	if status, answer = a.run("select 1", map[string]any{"role": "SYSADMIN"}); status != 401 || answer["code"] != "390186" {
		t.Errorf("a role that the user has not: status %d, %v", status, answer)
	}
}
