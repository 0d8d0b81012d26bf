package emulator_test

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// Tokens are signed with 256 bits of a key that another server does not have,
// and no two are the same.
func TestTokensAreUnguessable(t *testing.T) {
	one, other := login(t, emulator.Config{}, "Go"), login(t, emulator.Config{}, "Go")
	seen := map[string]bool{}
	for range 20 {
		r := one.login(nil)
		for _, token := range []string{r.Data.Token, r.Data.MasterToken} {
			_, signature, _ := strings.Cut(token, ".")
			if mac, err := base64.RawURLEncoding.DecodeString(signature); err != nil || len(mac) < 32 {
				t.Fatalf("%q is signed with %d bytes, %v", token, len(mac), err)
			}
			if seen[signature] {
				t.Fatalf("given twice: %q", token)
			}
			seen[signature] = true
		}
	}
	if r := other.call("POST", "/session/heartbeat", "", one.token); r.Code != "390104" {
		t.Errorf("another server's session token: %s", r.raw)
	}
	if r := other.call("POST", "/session/token-request", "{}", one.master); r.Code != "390113" {
		t.Errorf("another server's master token: %s", r.raw)
	}
}

// URLs of objects and of chunks are good for a while.
func TestURLsExpire(t *testing.T) {
	c := login(t, emulator.Config{Times: emulator.Times{URL: 300 * time.Millisecond}}, "JavaScript")
	c.run("create stage st")
	put := c.run("put file:///x/a.txt @st auto_compress=false").Data.StageInfo.PresignedURL
	if status, _ := send(t, "PUT", put, "hello"); status != http.StatusOK {
		t.Fatalf("put: %d", status)
	}
	get := c.run("get @st file:///tmp").Data.PresignedURLs[0]
	chunks := c.run("select seq4(), repeat('x', 100) from table(generator(rowcount => 300000))").Data.Chunks
	if len(chunks) == 0 {
		t.Fatal("no chunks")
	}
	time.Sleep(350 * time.Millisecond)
	for url, want := range map[string]int{put: http.StatusBadRequest, get: http.StatusBadRequest, chunks[0].URL: http.StatusForbidden} {
		method := "GET"
		if url == put {
			method = "PUT"
		}
		if status, _ := send(t, method, url, "late"); status != want {
			t.Errorf("%s, too late: %d, want %d", method, status, want)
		}
	}
	if _, text := send(t, "GET", c.run("get @st file:///tmp").Data.PresignedURLs[0], ""); text != "hello" {
		t.Errorf("the object is %q", text)
	}
}

// backendIn is a backend whose stages are folders in root.
func backendIn(t *testing.T, root string) emulator.Backend {
	t.Helper()
	stages, err := dir.Open(filepath.Join(root, "stages"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := duckdb.Open(t.Context(), duckdb.Config{Stages: stages})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		stages.Close()
	})
	return emulator.Backend{Warehouse: w, Stages: stages}
}

// climbing are names that lead out of a stage, or would to a careless reader.
var climbing = []string{
	"../canary.txt", "../../../../canary.txt", "a/../../../../../canary.txt", "..", "%2e%2e/%2e%2e/%2e%2e/%2e%2e/canary.txt", "..%2f..%2f..%2f..%2fcanary.txt",
	`..\..\..\..\canary.txt`, "/etc/passwd", "//etc/passwd", "....//....//canary.txt", "a\x00/../../canary.txt", "a/./../../../../../canary.txt",
	strings.Repeat("x", 300), strings.Repeat("x/", 3000) + "y", "\u2025/canary.txt", "C:\\canary.txt",
}

// No name of a stage's object leads out of the stage, on any way in or out.
func TestNamesStayInTheirStage(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "canary.txt"), []byte("canary"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, url: emulatortest.Serve(t, emulator.Config{Backend: backendIn(t, root)}), app: "Go"}
	c.login(nil)
	c.run("create stage st")
	quoted := func(text string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(text) + "'" }
	for _, name := range climbing {
		for _, sql := range []string{
			"put " + quoted("file:///x/"+name) + " @st auto_compress=false overwrite=true",
			"put file:///x/canary.txt " + quoted("@st/"+name) + " auto_compress=false overwrite=true",
			"put file:///x/canary.txt " + quoted("@st/"+strings.TrimSuffix(name, "canary.txt")) + " auto_compress=false overwrite=true",
		} {
			if r := c.query(sql, nil); r.Success && r.Data.StageInfo.PresignedURL != "" {
				send(t, "PUT", r.Data.StageInfo.PresignedURL, "evil")
			}
		}
		c.query("copy into "+quoted("@st/"+name)+" from (select 'evil') single = true overwrite = true", nil)
		if r := c.query("get "+quoted("@st/"+name)+" file:///tmp", nil); r.Success {
			for _, url := range r.Data.PresignedURLs {
				if _, text := send(t, "GET", url, ""); strings.Contains(text, "canary") {
					t.Errorf("get %q reads %q", name, text)
				}
			}
		}
		if r := c.query("select $1 from "+quoted("@st/"+name), nil); strings.Contains(string(r.raw), `"canary"`) || strings.Contains(string(r.raw), "root:") {
			t.Errorf("select from %q reads %s", name, r.raw)
		}
		c.query("remove "+quoted("@st/"+name), nil)
	}
	for _, path := range []string{"/stage/../../canary.txt", "/stage/..%2f..%2fcanary.txt", "/stage/%2e%2e/%2e%2e/canary.txt", "/chunk/..%2f..%2fcanary.txt", "/queries/..%2f..%2fcanary.txt/result"} {
		if _, text := send(t, "GET", c.url+path, ""); strings.Contains(text, "canary\n") || text == "canary" {
			t.Errorf("%s reads %q", path, text)
		}
	}
	outside := []string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(path, filepath.Join(root, "stages")+string(filepath.Separator)) {
			text, _ := os.ReadFile(path)
			outside = append(outside, fmt.Sprintf("%s: %s", filepath.Base(path), text))
		}
		return err
	})
	if err != nil || len(outside) != 1 || outside[0] != "canary.txt: canary" {
		t.Errorf("outside of the stages: %q, %v", outside, err)
	}
}

// What runs at once has a limit, on either way in, and whoever comes when it has
// been reached is told so at once.
func TestLimitOfStatements(t *testing.T) {
	users := []emulator.User{{Name: emulator.DefaultUser, Password: emulator.DefaultPassword, Tokens: []string{"pat-of-ann"}}}
	c := login(t, emulator.Config{Users: users, Limits: emulator.Limits{Statements: 1}, Times: emulator.Times{Patience: 20 * time.Millisecond}}, "JavaScript")
	running := c.query(slow, nil)
	if running.Code != "333333" {
		t.Fatalf("%s", running.raw)
	}
	if r := c.query("select 1", nil); r.Success || r.Code != "090073" || !strings.Contains(r.Message, "Too many statements") {
		t.Errorf("%s", r.raw)
	}
	if status, got := (&api{t, c.url}).run("select 1", nil); status != http.StatusTooManyRequests || got["code"] != "090073" {
		t.Errorf("SQL API: %d %v", status, got)
	}
	c.post("/queries/"+running.Data.QueryID+"/abort-request", "{}")
	deadline := time.Now().Add(10 * time.Second)
	for r := c.query("select 1", nil); !r.Success; r = c.query("select 1", nil) {
		if time.Now().After(deadline) {
			t.Fatalf("after the cancel: %s", r.raw)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// So have sessions, of which the SQL API's requests are some, and objects.
func TestLimitsOfSessionsAndObjects(t *testing.T) {
	users := []emulator.User{{Name: emulator.DefaultUser, Password: emulator.DefaultPassword, Tokens: []string{"pat-of-ann"}}}
	c := login(t, emulator.Config{Users: users, Limits: emulator.Limits{Sessions: 1, Object: 1000}}, "Go")
	if status, got := (&api{t, c.url}).run("select 1", nil); status != http.StatusTooManyRequests || !strings.Contains(fmt.Sprint(got["message"]), "Too many sessions") {
		t.Errorf("SQL API: %d %v", status, got)
	}
	c.run("create stage st")
	put := c.run("put file:///x/a.txt @st auto_compress=false").Data.StageInfo.PresignedURL
	if status, text := send(t, "PUT", put, strings.Repeat("x", 1001)); status != http.StatusRequestEntityTooLarge || !strings.Contains(text, "1000 bytes") {
		t.Errorf("a large object: %d %s", status, text)
	}
	if r := c.run("list @st"); r.rows() != "[]" {
		t.Errorf("it is there: %s", r.rows())
	}
}
