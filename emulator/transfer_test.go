package emulator_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sf "github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// column is one column of what a query gives, as text.
func column(t *testing.T, db *sql.DB, i int, query string) (out []string) {
	t.Helper()
	for _, row := range table(t, db, query) {
		out = append(out, row[i])
	}
	return out
}

func TestPutAndGet(t *testing.T) {
	db := open(t, emulator.Config{})
	exec(t, db, "create stage st")
	from, to := t.TempDir(), t.TempDir()
	write(t, filepath.Join(from, "a1.csv"), "1,one\n")
	write(t, filepath.Join(from, "a2.csv"), "2,two\n")
	if got := column(t, db, 6, "put file://"+from+"/a1.csv @st/plain auto_compress=false"); fmt.Sprint(got) != "[UPLOADED]" {
		t.Errorf("put gave %v", got)
	}
	if got := column(t, db, 1, "put 'file://"+from+"/a*.csv' @st/all"); fmt.Sprint(got) != "[a1.csv.gz a2.csv.gz]" {
		t.Errorf("put of a pattern gave %v", got)
	}
	if got := column(t, db, 0, "list @st"); fmt.Sprint(got) != "[st/all/a1.csv.gz st/all/a2.csv.gz st/plain/a1.csv]" {
		t.Errorf("listed %v", got)
	}
	exec(t, db, "get @st/plain file://"+to)
	if text, err := os.ReadFile(filepath.Join(to, "a1.csv")); err != nil || string(text) != "1,one\n" {
		t.Errorf("got %q, %v", text, err)
	}
	exec(t, db, "get @st/all file://"+to)
	if zipped, err := os.ReadFile(filepath.Join(to, "a2.csv.gz")); err != nil || !bytes.HasPrefix(zipped, []byte{0x1f, 0x8b}) {
		t.Errorf("got %q, %v", zipped, err)
	}
}

func TestPutKeepsWhatIsThere(t *testing.T) {
	db := open(t, emulator.Config{})
	exec(t, db, "create stage st")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.txt"), "first")
	put := "put file://" + dir + "/a.txt @st auto_compress=false"
	exec(t, db, put)
	write(t, filepath.Join(dir, "a.txt"), "second, longer")
	exec(t, db, put)
	if got := column(t, db, 1, "list @st"); fmt.Sprint(got) != "[5]" {
		t.Errorf("without overwrite it has %v bytes", got)
	}
	exec(t, db, put+" overwrite=true")
	if got := column(t, db, 1, "list @st"); fmt.Sprint(got) != "[14]" {
		t.Errorf("with overwrite it has %v bytes", got)
	}
}

func TestStreams(t *testing.T) {
	db := open(t, emulator.Config{})
	exec(t, db, "create stage st")
	data := make([]byte, 300_000)
	rand.New(rand.NewSource(1)).Read(data)
	if _, err := db.ExecContext(sf.WithFileStream(t.Context(), bytes.NewReader(data)), "put file:///x/model.bin @st/m auto_compress=false"); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	ctx := sf.WithFileTransferOptions(sf.WithFileGetStream(t.Context(), &got), &sf.SnowflakeFileTransferOptions{GetFileToStream: true})
	if _, err := db.ExecContext(ctx, "get @st/m/model.bin file://"+t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), data) {
		t.Errorf("%d bytes came back, of %d", got.Len(), len(data))
	}
}

func TestStagesThatNobodyCreates(t *testing.T) {
	db := open(t, emulator.Config{})
	exec(t, db, "create table t (a int)")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.csv"), "1\n2\n")
	exec(t, db, "put file://"+dir+"/a.csv @%t", "put file://"+dir+"/a.csv @~/mine")
	if got := column(t, db, 0, "list @~"); fmt.Sprint(got) != "[mine/a.csv.gz]" {
		t.Errorf("listed %v", got)
	}
	exec(t, db, "copy into t from @%t")
	if got := one[int](t, db, "select sum(a) from t"); got != 3 {
		t.Errorf("loaded %d", got)
	}
	for sql, want := range map[string]int{"put file://" + dir + "/a.csv @%nosuch": 2003, "put file://" + dir + "/a.csv @nosuch": 2003, "get @nosuch file://" + dir: 2003} {
		if _, err := db.ExecContext(t.Context(), sql); code(err) != want {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// Long lists of values go through a stage of the driver's own.
func TestStageBinding(t *testing.T) {
	db := open(t, emulator.Config{})
	exec(t, db, "create table t (id number(38,0), name varchar, price float, raw binary)", "alter session set client_stage_array_binding_threshold = 10")
	n := 2500
	ids, names, prices, raws := make([]any, n), make([]any, n), make([]float64, n), make([][]byte, n)
	for i := range n {
		ids[i], names[i], prices[i], raws[i] = i, fmt.Sprintf("a,\"%d\"\n", i), float64(i)/8, []byte{1, byte(i)}
	}
	ids[7], names[7], names[8] = nil, nil, ""
	res, err := db.ExecContext(t.Context(), "insert into t values (?, ?, ?, ?)", sf.Array(&ids), sf.Array(&names), sf.Array(&prices), sf.Array(&raws))
	if err != nil {
		t.Fatal(err)
	}
	if changed, _ := res.RowsAffected(); changed != int64(n) {
		t.Errorf("%d rows", changed)
	}
	if got := table(t, db, "select count(*), count(id), count(name), sum(price), max(raw) from t"); fmt.Sprint(got) != "[[2500 2499 2499 390468.75 01ff]]" {
		t.Errorf("got %v", got)
	}
	if got := one[string](t, db, "select name from t where id = 9"); got != "a,\"9\"\n" {
		t.Errorf("got %q", got)
	}
}

// An object's URL is good for one object, one way, for a while, and for the
// session's life.
func TestObjectURLs(t *testing.T) {
	c := login(t, emulator.Config{}, "Go")
	c.run("create stage st")
	put := c.run("put file:///x/a.txt @st auto_compress=false overwrite=true").Data.StageInfo.PresignedURL
	if status, _ := send(t, "PUT", put, "hello"); status != http.StatusOK {
		t.Fatalf("put: %d", status)
	}
	if status, _ := send(t, "GET", put, ""); status != http.StatusNotFound {
		t.Errorf("get on a URL for put: %d", status)
	}
	got := c.run("get @st file:///tmp").Data.PresignedURLs[0]
	if status, text := send(t, "GET", got, ""); status != http.StatusOK || text != "hello" {
		t.Errorf("get: %d %q", status, text)
	}
	if status, _ := send(t, "PUT", got, "evil"); status != http.StatusForbidden {
		t.Errorf("put on a URL for get: %d", status)
	}
	for i := range got[strings.LastIndexByte(got, '/')+1:] {
		at := strings.LastIndexByte(got, '/') + 1 + i
		if i%17 != 0 || got[at] == 'x' || at == len(got)-1 {
			continue
		}
		if status, _ := send(t, "GET", got[:at]+"x"+got[at+1:], ""); status != http.StatusBadRequest && status != http.StatusNotFound {
			t.Errorf("a changed URL: %d", status)
		}
	}
	c.post("/session?delete=true", "{}")
	if status, _ := send(t, "GET", got, ""); status != http.StatusBadRequest {
		t.Errorf("after the logout: %d", status)
	}
}

func TestRanges(t *testing.T) {
	c := login(t, emulator.Config{}, "Go")
	c.run("create stage st")
	send(t, "PUT", c.run("put file:///x/a.txt @st auto_compress=false").Data.StageInfo.PresignedURL, "0123456789")
	url := c.run("get @st file:///tmp").Data.PresignedURLs[0]
	for header, want := range map[string]string{
		"bytes=0-3": "206 0123", "bytes=4-": "206 456789", "bytes=-2": "206 89", "bytes=8-99": "206 89", "": "200 0123456789",
		"bytes=x-y": "200 0123456789", "bytes=20-": "416 the object has no such range\n",
	} {
		req, _ := http.NewRequestWithContext(context.Background(), "GET", url, nil)
		req.Header.Set("Range", header)
		status, text := do(t, req)
		if got := fmt.Sprint(status, " ", text); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}
