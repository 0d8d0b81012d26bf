package snowflake_test

import (
	"context"
	"net/url"
	"strconv"
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
	"github.com/snowpit-dev/snowpit/warehouse/warehousetest"
)

// known are the promises not kept yet, each with its reason.
var known = map[string]string{}

// local is the config of a session on the emulator at an address.
func local(t testing.TB, address string) account.Config {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return account.Config{
		Account: "snowpit", User: emulator.DefaultUser, Password: emulator.DefaultPassword,
		Host: u.Hostname(), Port: port, Protocol: u.Scheme, Database: "TEST", Schema: "PUBLIC",
	}
}

func TestConformanceEmulator(t *testing.T) {
	config := local(t, emulatortest.Serve(t, emulator.Config{}))
	warehousetest.Run(t, func(context.Context) (warehouse.Warehouse, error) { return snowflake.Open(config) }, known)
}
