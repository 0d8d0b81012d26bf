package snowstage_test

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/snowstage"
	"github.com/snowpit-dev/snowpit/stage/stagetest"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// known are the promises not kept, each with its reason.
var known = map[string]string{
	"odd names":              "PUT and GET cannot carry quotation marks, control characters, wildcards and parts over 255 bytes",
	"bytes tell names apart": "GET cannot fetch what ends in a full stop",
}

// accountOf opens an emulator as an account with the kit's databases.
func accountOf(t testing.TB) *snowflake.Warehouse {
	t.Helper()
	u, err := url.Parse(emulatortest.Serve(t, emulator.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	w, err := snowflake.Open(account.Config{
		Account: "snowpit", User: emulator.DefaultUser, Password: emulator.DefaultPassword,
		Host: u.Hostname(), Port: port, Protocol: "http", Database: "TEST", Schema: "PUBLIC",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	s, err := w.Open(t.Context(), warehouse.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, sql := range []string{"create database if not exists KIT", "create database if not exists KIT2"} {
		if _, err := warehouse.Exec(t.Context(), s, sql); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func TestConformanceEmulator(t *testing.T) {
	w := accountOf(t)
	stagetest.Run(t, func(context.Context) (stage.Volume, func() error, error) {
		v := snowstage.New(w, snowstage.Config{TempDir: t.TempDir()})
		return v, func() error { return errors.Join(v.Close(), v.Close()) }, nil
	}, known)
}
