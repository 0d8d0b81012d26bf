package emulator_test

import (
	"database/sql"
	"errors"
	"testing"

	sf "github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// loggedIn is a database at address in whose logins change has a say.
func loggedIn(t *testing.T, address string, change func(*sf.Config)) *sql.DB {
	t.Helper()
	config, err := sf.ParseDSN(emulatortest.DSN(address))
	if err != nil {
		t.Fatal(err)
	}
	config.Role, config.Warehouse = "", ""
	change(config)
	db := sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, *config))
	t.Cleanup(func() { db.Close() })
	return db
}

func numberOf(err error) int {
	var e *sf.SnowflakeError
	if !errors.As(err, &e) {
		return 0
	}
	return e.Number
}

// A strict server makes nothing at a login: the driver, which asks for that by
// default, is told what is not there, and who does not ask has none of it.
func TestStrictLogins(t *testing.T) {
	user := emulator.User{Name: emulator.DefaultUser, Password: emulator.DefaultPassword, Roles: []string{"ANALYST"}, Warehouses: []string{"WH"}}
	address := emulatortest.Serve(t, emulator.Config{Strict: true, Users: []emulator.User{user}})
	exec(t, loggedIn(t, address, func(c *sf.Config) { c.Database, c.Schema = "", "" }), "create database test")
	for _, c := range []struct {
		about                             string
		database, schema, warehouse, role string
		want                              int
	}{
		{"all there", "TEST", "PUBLIC", "WH", "ANALYST", 0},
		{"no database", "NOWHERE", "NOWHERE", "", "", sf.ErrObjectNotExistOrAuthorized},
		{"no schema", "TEST", "NOWHERE", "", "", sf.ErrObjectNotExistOrAuthorized},
		{"no warehouse", "TEST", "PUBLIC", "NOWHERE", "", sf.ErrObjectNotExistOrAuthorized},
		{"no role", "TEST", "PUBLIC", "", "NOBODY", sf.ErrRoleNotExist},
	} {
		db := loggedIn(t, address, func(f *sf.Config) {
			f.Database, f.Schema, f.Warehouse, f.Role = c.database, c.schema, c.warehouse, c.role
		})
		if err := db.Ping(); numberOf(err) != c.want || (err != nil) != (c.want != 0) {
			t.Errorf("%s: %v, want %d", c.about, err, c.want)
		}
	}
	for schema, want := range map[string]string{"PUBLIC": "TEST PUBLIC", "NOWHERE": "TEST none"} {
		db := loggedIn(t, address, func(f *sf.Config) {
			f.Database, f.Schema, f.ValidateDefaultParameters = "TEST", schema, sf.ConfigBoolFalse
		})
		if got := one[string](t, db, "select current_database() || ' ' || coalesce(current_schema(), 'none')"); got != want {
			t.Errorf("schema %s unchecked: %s, want %s", schema, got, want)
		}
	}
	lost := loggedIn(t, address, func(f *sf.Config) { f.Database, f.ValidateDefaultParameters = "NOWHERE", sf.ConfigBoolFalse })
	if got := one[string](t, lost, "select coalesce(current_database(), 'none')"); got != "none" {
		t.Errorf("a database that is not there, unchecked: %s", got)
	}
	if _, err := lost.Exec("create table t (a int)"); numberOf(err) != 90105 {
		t.Errorf("a table in no database: %v", err)
	}
	exec(t, lost, "create table test.public.t (a int)", "insert into test.public.t values (1)")
	if _, err := loggedIn(t, address, func(f *sf.Config) { f.Database, f.Schema = "", "" }).Exec("use database nowhere"); numberOf(err) != 2043 {
		t.Errorf("a login has made the database: %v", err)
	}
}

// A login may stand in INFORMATION_SCHEMA, where nobody makes anything.
func TestLoginIntoInformationSchema(t *testing.T) {
	db := loggedIn(t, emulatortest.Serve(t, emulator.Config{}), func(c *sf.Config) { c.Schema = "INFORMATION_SCHEMA" })
	db.SetMaxOpenConns(1)
	exec(t, db, "create table public.there (a int)")
	if got := one[string](t, db, "select current_schema() || ' ' || table_schema || ' ' || table_name from tables where table_name = 'THERE'"); got != "INFORMATION_SCHEMA PUBLIC THERE" {
		t.Errorf("got %s", got)
	}
	for _, sql := range []string{"create table t (a int)", "create stage t", `drop table "__META"`, `delete from "__META"`, `select * from "__META"`} {
		if _, err := db.Exec(sql); numberOf(err) != 2003 && numberOf(err) != 2043 {
			t.Errorf("%s: %v", sql, err)
		}
	}
	exec(t, db, "use schema public", "use schema information_schema")
}
