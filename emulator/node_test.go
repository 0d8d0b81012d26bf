package emulator_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	process "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// nodeToken is an access token that the scripts log in with.
const nodeToken = "token-of-node"

// TestNodeDriver runs the scripts in testdata/node, which use npm's
// snowflake-sdk as its users do, each against an emulator of its own. NODE_PATH
// says where node finds the package; without it the test is skipped, unless
// SNOWPIT_MUST_RUN names it.
func TestNodeDriver(t *testing.T) {
	if out, err := process.CommandContext(t.Context(), "node", "-e", "require.resolve('snowflake-sdk')").CombinedOutput(); err != nil {
		if slices.Contains(strings.Fields(os.Getenv("SNOWPIT_MUST_RUN")), t.Name()) {
			t.Fatalf("it must run: node finds no snowflake-sdk: %v\n%s", err, out)
		}
		t.Skip("node finds no snowflake-sdk: npm install --prefix DIR snowflake-sdk, and NODE_PATH=DIR/node_modules")
	}
	scripts, err := filepath.Glob("testdata/node/*.test.js")
	if err != nil || len(scripts) < 8 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".test.js"), func(t *testing.T) { runNode(t, script, key) })
	}
}

// runNode runs one script, which fails by its status and says why.
func runNode(t *testing.T, script string, key *rsa.PrivateKey) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	user := emulator.User{Name: emulator.DefaultUser, Password: emulator.DefaultPassword, Keys: []crypto.PublicKey{key.Public()}, Tokens: []string{nodeToken}}
	url := emulatortest.Serve(t, emulator.Config{Users: []emulator.User{user}})
	cmd := process.CommandContext(ctx, "node", script)
	cmd.Env = append(os.Environ(), "EMULATOR="+url, "TOKEN="+nodeToken, "FOLDER="+t.TempDir(), "HOME="+t.TempDir(),
		"PRIVATE_KEY="+string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", script, err, out)
	}
}
