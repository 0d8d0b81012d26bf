package emulator_test

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	sf "github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// A secure is an emulator that is reached over https, and what has come to it for
// a cloud's storage.
type secure struct {
	*httptest.Server
	amazon, google atomic.Int64
}

func serveTLS(t *testing.T, config emulator.Config) *secure {
	t.Helper()
	config.Backend = emulatortest.Memory(t)
	s, err := emulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	v := &secure{}
	v.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch authorization := r.Header.Get("Authorization"); {
		case strings.HasPrefix(authorization, "AWS4"):
			v.amazon.Add(1)
		case strings.HasPrefix(authorization, "Bearer"):
			v.google.Add(1)
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
		v.CloseClientConnections()
		v.Close()
	})
	return v
}

// open is the Go driver on it, which trusts its certificate.
func (v *secure) open(t *testing.T, way http.RoundTripper, parameters map[string]*string) *sql.DB {
	t.Helper()
	host, port, err := net.SplitHostPort(v.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.Atoi(port)
	if way == nil {
		way = v.Client().Transport
	}
	db := sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, sf.Config{Account: "snowpit", User: emulator.DefaultUser, Password: emulator.DefaultPassword,
		Host: host, Port: number, Protocol: "https", Database: "TEST", Schema: "PUBLIC", Transporter: way, Params: parameters}))
	t.Cleanup(func() { db.Close() })
	return db
}

// Over https the Go driver takes a stage for one of Amazon's, or of Google's where
// it asks for that: it says which files are there already, and how large those
// are that it got. What it has encrypted is readable on the stage.
func TestCloudStorage(t *testing.T) {
	yes := "true"
	for cloud, parameters := range map[string]map[string]*string{"amazon": nil, "google": {"GCS_USE_DOWNSCOPED_CREDENTIAL": &yes}} {
		t.Run(cloud, func(t *testing.T) {
			v := serveTLS(t, emulator.Config{})
			db := v.open(t, nil, parameters)
			exec(t, db, "create stage st", "create table t (n int, s varchar)")
			from, to := t.TempDir(), t.TempDir()
			write(t, filepath.Join(from, "a1.csv"), "1,one\n")
			write(t, filepath.Join(from, "a2.csv"), "2,two\n")
			tags := map[string]bool{}
			put := "put 'file://" + from + "/a*.csv' @st/in/deep auto_compress=false"
			for i, want := range []string{"[UPLOADED UPLOADED]", "[SKIPPED SKIPPED]", "[UPLOADED UPLOADED]"} {
				if i == 2 {
					put += " overwrite=true"
				}
				if got := column(t, db, 6, put); fmt.Sprint(got) != want {
					t.Errorf("put %d gave %v, want %s", i, got, want)
				}
				tags[column(t, db, 2, "list @st")[0]] = true
			}
			if got := fmt.Sprint(column(t, db, 0, "list @st"), column(t, db, 1, "list @st")); got != "[st/in/deep/a1.csv st/in/deep/a2.csv] [6 6]" {
				t.Errorf("listed %v", got)
			}
			if len(tags) != 2 { // that of a file is of what was sent, whose key is random
				t.Errorf("after two files that were put and one that was not, their MD5 was one of %v", tags)
			}
			exec(t, db, "copy into t from @st")
			if got := table(t, db, "select * from t order by n"); fmt.Sprint(got) != "[[1 one] [2 two]]" {
				t.Errorf("loaded %v", got)
			}
			if got := table(t, db, "get @st/in file://"+to); fmt.Sprint(got) != "[[deep/a1.csv 6 DOWNLOADED ] [deep/a2.csv 6 DOWNLOADED ]]" {
				t.Errorf("get gave %v", got)
			}
			if text, err := os.ReadFile(filepath.Join(to, "a2.csv")); err != nil || string(text) != "2,two\n" {
				t.Errorf("got %q, %v", text, err)
			}
			if used := map[string]int64{"amazon": v.amazon.Load(), "google": v.google.Load()}; used[cloud] == 0 || len(used) > 0 && used["amazon"] > 0 && used["google"] > 0 {
				t.Errorf("requests: %v", used)
			}
		})
	}
}

// A large stream goes up in parts and comes down in ranges, and is what it was.
func TestCloudStreams(t *testing.T) {
	v := serveTLS(t, emulator.Config{})
	db := v.open(t, nil, nil)
	exec(t, db, "create stage st")
	for _, size := range []int{0, 1, 16, 21<<20 + 5} {
		data := make([]byte, size)
		rand.New(rand.NewSource(1)).Read(data)
		ctx := sf.WithFileTransferOptions(sf.WithFileStream(t.Context(), bytes.NewReader(data)), &sf.SnowflakeFileTransferOptions{MultiPartThreshold: 5 << 20})
		if _, err := db.ExecContext(ctx, "put file:///x/model.bin @st/m auto_compress=false overwrite=true"); err != nil {
			t.Fatal(err)
		}
		if got := column(t, db, 1, "list @st"); fmt.Sprint(got) != fmt.Sprintf("[%d]", size) {
			t.Errorf("%d bytes are %v on the stage", size, got)
		}
		var got bytes.Buffer
		options := &sf.SnowflakeFileTransferOptions{GetFileToStream: true, MultiPartThreshold: 5 << 20}
		rows, err := db.QueryContext(sf.WithFileTransferOptions(sf.WithFileGetStream(t.Context(), &got), options), "get @st/m/model.bin file://"+t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		var file, status, message string
		var told int
		for rows.Next() {
			if err := rows.Scan(&file, &told, &status, &message); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got.Bytes(), data) || told != size {
			t.Errorf("%d bytes came back, the driver says %d, of %d", got.Len(), told, size)
		}
	}
}

// Lists of values that go through a stage do so over https, too.
func TestCloudBinding(t *testing.T) {
	db := serveTLS(t, emulator.Config{}).open(t, nil, nil)
	exec(t, db, "create table t (id number(38,0), name varchar)", "alter session set client_stage_array_binding_threshold = 10")
	ids, names := make([]int, 500), make([]string, 500)
	for i := range ids {
		ids[i], names[i] = i, fmt.Sprint("a,", i)
	}
	if _, err := db.ExecContext(t.Context(), "insert into t values (?, ?)", sf.Array(&ids), sf.Array(&names)); err != nil {
		t.Fatal(err)
	}
	if got := table(t, db, "select count(*), sum(id), max(name) from t"); fmt.Sprint(got) != "[[500 124750 a,99]]" {
		t.Errorf("got %v", got)
	}
}

// late holds back the first object that is got until its credentials have expired.
type late struct {
	http.RoundTripper
	wait time.Duration
	done atomic.Bool
}

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet && r.Header.Get("Range") != "" && !l.done.Swap(true) {
		time.Sleep(l.wait)
	}
	return l.RoundTripper.RoundTrip(r)
}

// When its credentials have expired, the driver asks for others and goes on; when
// it is about to put a file, it does not.
func TestCloudCredentialsAreRenewed(t *testing.T) {
	v := serveTLS(t, emulator.Config{Times: emulator.Times{URL: 2 * time.Second}})
	way := &late{RoundTripper: v.Client().Transport, wait: 2500 * time.Millisecond}
	db := v.open(t, way, nil)
	exec(t, db, "create stage st")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.csv"), "1,one\n")
	exec(t, db, "put file://"+dir+"/a.csv @st auto_compress=false")
	if got := table(t, db, "get @st file://"+dir+"/.."); fmt.Sprint(got) != "[[a.csv 6 DOWNLOADED ]]" || !way.done.Load() {
		t.Errorf("get gave %v", got)
	}
}

// stored is Amazon's own client with what a PUT or GET has told.
func (v *secure) stored(r reply, change func(*aws.Credentials)) (client *s3.Client, bucket, root string) {
	creds := r.Data.StageInfo.Creds
	who := aws.Credentials{AccessKeyID: creds["AWS_KEY_ID"], SecretAccessKey: creds["AWS_SECRET_KEY"], SessionToken: creds["AWS_TOKEN"]}
	if change != nil {
		change(&who)
	}
	endpoint := v.URL
	bucket, root, _ = strings.Cut(r.Data.StageInfo.Location, "/")
	return s3.New(s3.Options{Region: "local", BaseEndpoint: &endpoint, HTTPClient: v.Client(), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(who.AccessKeyID, who.SecretAccessKey, who.SessionToken)}), bucket, root
}

// Credentials are good for what the statement was about, one way, for a while,
// for the session's life, and only for who has all of them.
func TestCloudCredentials(t *testing.T) {
	v := serveTLS(t, emulator.Config{Times: emulator.Times{URL: 3 * time.Second}})
	c := &client{t: t, url: v.URL, app: "Go", web: v.Client()}
	if r := c.login(nil); !r.Success {
		t.Fatalf("login: %s", r.raw)
	}
	c.run("create stage st")
	c.run("create stage other")
	put := c.run("put file:///x/a.txt @st/in auto_compress=false overwrite=true")
	try := func(r reply, change func(*aws.Credentials), key string) string {
		client, bucket, root := v.stored(r, change)
		if key, ok := strings.CutPrefix(key, "GET "); ok {
			got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: aws.String(root + key)})
			if err == nil {
				got.Body.Close()
			}
			return codeOf(err)
		}
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(root + key), Body: strings.NewReader("hello")})
		return codeOf(err)
	}
	if got := try(put, nil, "a.txt"); got != "" {
		t.Fatalf("put: %s", got)
	}
	get := c.run("get @st/in file:///tmp")
	other := c.run("put file:///x/a.txt @other overwrite=true")
	mixed := put
	mixed.Data.StageInfo.Location = other.Data.StageInfo.Location
	for name, c := range map[string]struct {
		told   reply
		change func(*aws.Credentials)
		key    string
		want   string
	}{
		"get with those for putting is for looking": {put, nil, "GET a.txt", ""},
		"a folder above":         {put, nil, "../a.txt", "AccessDenied"},
		"the folder itself":      {put, nil, "", "AccessDenied"},
		"a way around":           {put, nil, "b/../../a.txt", "AccessDenied"},
		"another stage":          {mixed, nil, "a.txt", "AccessDenied"},
		"put what is to be got":  {get, nil, "in/a.txt", "AccessDenied"},
		"get what is to be got":  {get, nil, "GET in/a.txt", ""},
		"get what was not asked": {get, nil, "GET out/a.txt", "AccessDenied"},
		"get what is not there":  {get, nil, "GET in/b.txt", "NoSuchKey"},
		"a wrong secret":         {put, func(c *aws.Credentials) { c.SecretAccessKey += "x" }, "a.txt", "SignatureDoesNotMatch"},
		"no token":               {put, func(c *aws.Credentials) { c.SessionToken = "" }, "a.txt", "InvalidAccessKeyId"},
		"another's token":        {put, func(c *aws.Credentials) { c.SessionToken = get.Data.StageInfo.Creds["AWS_TOKEN"] }, "a.txt", "InvalidAccessKeyId"},
	} {
		if got := try(c.told, c.change, c.key); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	time.Sleep(time.Until(time.Now().Add(3100 * time.Millisecond)))
	if got := try(put, nil, "a.txt"); got != "ExpiredToken" {
		t.Errorf("too late: %s", got)
	}
	put = c.run("put file:///x/a.txt @st/in overwrite=true")
	c.post("/session?delete=true", "")
	if got := try(put, nil, "a.txt"); got != "ExpiredToken" {
		t.Errorf("after the logout: %s", got)
	}
}

// What is not encrypted as it says is refused, and what was there stays.
func TestCloudEncryption(t *testing.T) {
	v := serveTLS(t, emulator.Config{})
	c := &client{t: t, url: v.URL, app: "Go", web: v.Client()}
	c.login(nil)
	c.run("create stage st")
	told := c.run("put file:///x/a.txt @st overwrite=true")
	client, bucket, root := v.stored(told, nil)
	in := &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(root + "a.txt"), Body: strings.NewReader("plain")}
	if _, err := client.PutObject(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	block := base64.StdEncoding.EncodeToString(make([]byte, 16))
	in.Metadata, in.Body = map[string]string{"x-amz-key": block, "x-amz-iv": block}, strings.NewReader("no block at all")
	if _, err := client.PutObject(t.Context(), in); codeOf(err) != "InvalidRequest" {
		t.Errorf("put: %v", err)
	}
	got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: in.Key})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if text, err := io.ReadAll(got.Body); err != nil || len(text) != 16 || bytes.Contains(text, []byte("plain")) {
		t.Errorf("it goes as %q, %v", text, err)
	}
	if r := c.run("list @st"); *r.Data.RowSet[0][1] != "5" {
		t.Errorf("it has %s bytes", *r.Data.RowSet[0][1])
	}
}

// Requests of Google's client without a token, or with one for another purpose,
// make it ask for others.
func TestGoogleRefuses(t *testing.T) {
	v := serveTLS(t, emulator.Config{})
	yes := map[string]any{"SESSION_PARAMETERS": map[string]any{"GCS_USE_DOWNSCOPED_CREDENTIAL": true}}
	c := &client{t: t, url: v.URL, app: "Go", web: v.Client()}
	c.login(yes)
	c.run("create stage st")
	info := c.run("get @st/in file:///tmp").Data.StageInfo
	token := info.Creds["GCS_ACCESS_TOKEN"]
	for _, ask := range []struct {
		method, path, token string
		want                int
	}{
		{"GET", "in/none", token, http.StatusNotFound},
		{"GET", "out", token, http.StatusForbidden},
		{"PUT", "in/a", token, http.StatusForbidden},
		{"DELETE", "in/a", token, http.StatusForbidden},
		{"GET", "..%2Fin/none", token, http.StatusForbidden},
		{"GET", "in/none", "", http.StatusUnauthorized},
		{"GET", "in/none", c.token, http.StatusUnauthorized},
	} {
		req, err := http.NewRequestWithContext(t.Context(), ask.method, v.URL+"/"+info.Location+ask.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+ask.token)
		res, err := v.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != ask.want {
			t.Errorf("%s %s: %d, want %d", ask.method, ask.path, res.StatusCode, ask.want)
		}
	}
}

// codeOf is S3's code of an error.
func codeOf(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	} else if err != nil {
		return err.Error()
	}
	return ""
}
