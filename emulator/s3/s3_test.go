package s3_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	amazon "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/snowpit-dev/snowpit/emulator/s3"
)

// memory is a folder whose keys begin with in/.
type memory struct {
	mu  sync.Mutex
	all map[string][]byte
	has map[string]s3.Object
}

func (m *memory) Put(_ context.Context, key string, meta map[string]string, in io.Reader) (s3.Object, error) {
	if !strings.HasPrefix(key, "in/") {
		return s3.Object{}, s3.ErrDenied
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return s3.Object{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	sum := md5.Sum(data)
	o := s3.Object{Size: int64(len(data)), ETag: hex.EncodeToString(sum[:]), Modified: time.Now(), Meta: meta}
	m.all[key], m.has[key] = data, o
	return o, nil
}

func (m *memory) Open(_ context.Context, key string) (io.ReadCloser, s3.Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !strings.HasPrefix(key, "in/") {
		return nil, s3.Object{}, s3.ErrDenied
	}
	data, ok := m.all[key]
	if !ok {
		return nil, s3.Object{}, s3.ErrNoKey
	}
	return io.NopCloser(bytes.NewReader(data)), m.has[key], nil
}

// A bench is a handler, and what it keeps.
type bench struct {
	*memory
	url, parts string
	web        *httptest.Server
}

const limit = 40 << 20

func handler(t testing.TB) (*s3.Handler, *bench) {
	b := &bench{memory: &memory{all: map[string][]byte{}, has: map[string]s3.Object{}}, parts: t.TempDir()}
	h := s3.New(s3.Config{Limit: limit, TempDir: b.parts, Grants: func(_ context.Context, keyID, token string) (s3.Grant, error) {
		switch {
		case keyID != "ID":
			return s3.Grant{}, s3.ErrUnknown
		case token == "old":
			return s3.Grant{}, s3.ErrExpired
		}
		return s3.Grant{Secret: "secret", Bucket: "b_1", Folder: b.memory, Owner: token}, nil
	}})
	t.Cleanup(h.Close)
	return h, b
}

func serve(t *testing.T) *bench {
	h, b := handler(t)
	b.web = httptest.NewTLSServer(h)
	t.Cleanup(b.web.Close)
	b.url = b.web.URL
	return b
}

// client is Amazon's own.
func (b *bench) client(id, secret, token string) *amazon.Client {
	return amazon.New(amazon.Options{Region: "local", BaseEndpoint: &b.url, HTTPClient: b.web.Client(), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, token)})
}

func data(n int) []byte {
	out := make([]byte, n)
	rand.New(rand.NewSource(int64(n))).Read(out)
	return out
}

func codeOf(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return fmt.Sprint(err)
}

// Objects are put, looked at and got, whole and in ranges, with what their users
// say of them, under keys of all kinds.
func TestObjects(t *testing.T) {
	b := serve(t)
	c := b.client("ID", "secret", "token")
	for _, key := range []string{"in/a.csv", "in/a b+c%20.csv", "in/ü/é.csv", "in/a//b", "in/it's (1)=&?.csv"} {
		text := data(1000)
		if _, err := c.PutObject(t.Context(), &amazon.PutObjectInput{Bucket: aws.String("b_1"), Key: &key, Body: bytes.NewReader(text), Metadata: map[string]string{"sfc-digest": "x/y+z="}}); err != nil {
			t.Errorf("put %s: %v", key, err)
			continue
		}
		head, err := c.HeadObject(t.Context(), &amazon.HeadObjectInput{Bucket: aws.String("b_1"), Key: &key})
		if err != nil || *head.ContentLength != 1000 || head.Metadata["sfc-digest"] != "x/y+z=" {
			t.Errorf("head %s: %v, %v", key, head, err)
		}
		got, err := c.GetObject(t.Context(), &amazon.GetObjectInput{Bucket: aws.String("b_1"), Key: &key, Range: aws.String("bytes=10-19")})
		if err != nil {
			t.Errorf("get %s: %v", key, err)
			continue
		}
		if part, err := io.ReadAll(got.Body); err != nil || !bytes.Equal(part, text[10:20]) {
			t.Errorf("get a range of %s: %d bytes, %v", key, len(part), err)
		}
		if !bytes.Equal(b.all[key], text) {
			t.Errorf("%s is not kept as it was sent", key)
		}
	}
}

// A large object comes in parts, all at once and the last one first, and goes in
// ranges.
func TestLargeObjects(t *testing.T) {
	b := serve(t)
	c := b.client("ID", "secret", "token")
	text := data(13<<20 + 7)
	in := &amazon.PutObjectInput{Bucket: aws.String("b_1"), Key: aws.String("in/large"), Body: bytes.NewReader(text), Metadata: map[string]string{"n": "1"}}
	if _, err := manager.NewUploader(c).Upload(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if b.has["in/large"].Meta["n"] != "1" {
		t.Errorf("what its user says of it: %v", b.has["in/large"].Meta)
	}
	got := manager.NewWriteAtBuffer(nil)
	if _, err := manager.NewDownloader(c).Download(t.Context(), got, &amazon.GetObjectInput{Bucket: aws.String("b_1"), Key: aws.String("in/large")}); err != nil || !bytes.Equal(got.Bytes(), text) {
		t.Errorf("%d bytes came back, %v", len(got.Bytes()), err)
	}
	if left, err := os.ReadDir(b.parts); err != nil || len(left) > 0 {
		t.Errorf("parts are left: %v, %v", left, err)
	}
}

// Of an upload in parts nothing is there before it is completed, nobody else can
// complete it, and what is aborted is gone.
func TestUploadsInParts(t *testing.T) {
	b := serve(t)
	c := b.client("ID", "secret", "token")
	bucket, key := aws.String("b_1"), aws.String("in/parts")
	begun, err := c.CreateMultipartUpload(t.Context(), &amazon.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	var done []types.CompletedPart
	for n := int32(3); n > 0; n-- {
		p, err := c.UploadPart(t.Context(), &amazon.UploadPartInput{Bucket: bucket, Key: key, UploadId: begun.UploadId, PartNumber: &n, Body: strings.NewReader(fmt.Sprint("part ", n, ";"))})
		if err != nil {
			t.Fatal(err)
		}
		done = append([]types.CompletedPart{{PartNumber: aws.Int32(n), ETag: p.ETag}}, done...)
	}
	complete := func(c *amazon.Client, parts ...types.CompletedPart) error {
		_, err := c.CompleteMultipartUpload(t.Context(), &amazon.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
		return err
	}
	for want, err := range map[string]error{
		"NoSuchUpload":     complete(b.client("ID", "secret", "another"), done...),
		"InvalidPartOrder": complete(c, done[1], done[0]),
		"InvalidPart":      complete(c, types.CompletedPart{PartNumber: aws.Int32(1), ETag: done[1].ETag}),
		"MalformedXML":     complete(c),
	} {
		if codeOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if len(b.all) > 0 {
		t.Errorf("there is %v", b.has)
	}
	if err := complete(c, done...); err != nil || string(b.all["in/parts"]) != "part 1;part 2;part 3;" {
		t.Errorf("completed to %q, %v", b.all["in/parts"], err)
	}
	if err := complete(c, done...); codeOf(err) != "NoSuchUpload" {
		t.Errorf("completed again: %v", err)
	}
	begun, err = c.CreateMultipartUpload(t.Context(), &amazon.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	part := &amazon.UploadPartInput{Bucket: bucket, Key: key, UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("x")}
	if _, err := c.UploadPart(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	if _, err := c.AbortMultipartUpload(t.Context(), &amazon.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: begun.UploadId}); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(b.parts); err != nil || len(left) > 0 {
		t.Errorf("parts are left: %v, %v", left, err)
	}
	if _, err := c.UploadPart(t.Context(), part); codeOf(err) != "NoSuchUpload" {
		t.Errorf("a part of what was aborted: %v", err)
	}
}

// A checksum in a trailer, of each kind, is looked at, and so is one in a header.
func TestChecksums(t *testing.T) {
	b := serve(t)
	c := b.client("ID", "secret", "token")
	for _, kind := range types.ChecksumAlgorithm("").Values() {
		in := &amazon.PutObjectInput{Bucket: aws.String("b_1"), Key: aws.String("in/" + string(kind)), ChecksumAlgorithm: kind, Body: bytes.NewReader(data(100_000))}
		if _, err := c.PutObject(t.Context(), in); err != nil || !bytes.Equal(b.all["in/"+string(kind)], data(100_000)) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for name, header := range map[string][2]string{
		"BadDigest":                 {"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="}, // of nothing
		"XAmzContentSHA256Mismatch": {"X-Amz-Content-Sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		"InvalidRequest":            {"X-Amz-Content-Sha256", "no hash"},
		"NotImplemented":            {"X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
	} {
		req := b.request(t, "PUT", "/b_1/in/wrong", "hello", header)
		if got := b.send(t, req); !strings.Contains(got, "<Code>"+name+"</Code>") {
			t.Errorf("%s %s: %s", header[0], header[1], got)
		}
	}
	if _, ok := b.all["in/wrong"]; ok {
		t.Error("what has the wrong checksum was kept")
	}
}

// request is one that is signed well, with a header beside.
func (b *bench) request(t *testing.T, method, path, body string, header [2]string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	if header[0] != "" {
		req.Header.Set(header[0], header[1])
	}
	sign(t, req, time.Now())
	return req
}

func sign(t testing.TB, req *http.Request, at time.Time) {
	t.Helper()
	who := aws.Credentials{AccessKeyID: "ID", SecretAccessKey: "secret", SessionToken: "token"}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(context.Background(), who, req, req.Header.Get("X-Amz-Content-Sha256"), "s3", "local", at); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) send(t *testing.T, req *http.Request) string {
	t.Helper()
	res, err := b.web.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", res.StatusCode, text)
}

// Whoever has not the secret, comes late, or asks for what lies elsewhere is
// refused in S3's words, and keeps nothing.
func TestRefusals(t *testing.T) {
	b := serve(t)
	put := func(id, secret, token, bucket, key string) error {
		_, err := b.client(id, secret, token).PutObject(t.Context(), &amazon.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x")})
		return err
	}
	good := b.client("ID", "secret", "token")
	_, listBuckets := good.ListBuckets(t.Context(), nil)
	_, list := good.ListObjectsV2(t.Context(), &amazon.ListObjectsV2Input{Bucket: aws.String("b_1")})
	_, remove := good.DeleteObject(t.Context(), &amazon.DeleteObjectInput{Bucket: aws.String("b_1"), Key: aws.String("in/a")})
	_, missing := good.GetObject(t.Context(), &amazon.GetObjectInput{Bucket: aws.String("b_1"), Key: aws.String("in/none")})
	_, noHead := good.HeadObject(t.Context(), &amazon.HeadObjectInput{Bucket: aws.String("b_1"), Key: aws.String("in/none")})
	_, acl := good.GetObjectAcl(t.Context(), &amazon.GetObjectAclInput{Bucket: aws.String("b_1"), Key: aws.String("in/a")})
	_, copied := good.CopyObject(t.Context(), &amazon.CopyObjectInput{Bucket: aws.String("b_1"), Key: aws.String("in/a"), CopySource: aws.String("b_1/in/b")})
	for i, c := range []struct {
		err  error
		want string
	}{
		{put("ID", "wrong", "token", "b_1", "in/a"), "SignatureDoesNotMatch"},
		{put("ID", "secret", "old", "b_1", "in/a"), "ExpiredToken"},
		{put("OTHER", "secret", "token", "b_1", "in/a"), "InvalidAccessKeyId"},
		{put("ID", "secret", "token", "b_2", "in/a"), "AccessDenied"},
		{put("ID", "secret", "token", "b_1", "out/a"), "AccessDenied"},
		{put("ID", "secret", "token", "b_1", "./"), "AccessDenied"},
		{listBuckets, "AccessDenied"}, {list, "AccessDenied"}, {remove, "AccessDenied"},
		{missing, "NoSuchKey"}, {noHead, "NotFound"}, {acl, "NotImplemented"}, {copied, "NotImplemented"},
	} {
		if got := codeOf(c.err); got != c.want {
			t.Errorf("%d: %s, want %s", i, got, c.want)
		}
	}
	if len(b.all) > 0 {
		t.Errorf("there is %v", b.has)
	}
}

// A request that somebody has changed on its way is not the one that was signed,
// nor is one of long ago.
func TestChangedRequests(t *testing.T) {
	b := serve(t)
	for want, change := range map[string]func(*http.Request){
		"SignatureDoesNotMatch": func(r *http.Request) { r.URL.Path = "/b_1/in/other" },
		"AccessDenied":          func(r *http.Request) { r.Header.Set("X-Amz-Meta-More", "1") },
		"RequestTimeTooSkewed":  func(r *http.Request) { sign(t, r, time.Now().Add(-time.Hour)) },
		"AuthorizationHeaderMalformed": func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/s3/", "/sts/", 1))
		},
	} {
		req := b.request(t, "PUT", "/b_1/in/a", "hello", [2]string{})
		change(req)
		if got := b.send(t, req); !strings.Contains(got, "<Code>"+want+"</Code>") {
			t.Errorf("%s, want %s", got, want)
		}
	}
	over := b.request(t, "PUT", "/b_1/in/a", "hello", [2]string{})
	over.Body, over.ContentLength = io.NopCloser(io.LimitReader(zeros{}, limit+1)), limit+1
	over.Header.Del("Authorization")
	sign(t, over, time.Now())
	if got := b.send(t, over); !strings.Contains(got, "EntityTooLarge") {
		t.Errorf("too much: %s", got)
	}
	if len(b.all) > 0 {
		t.Errorf("there is %v", b.has)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Whatever comes, there is an answer that is none of a fault of the server's, and
// nothing is kept but under in/.
func FuzzHandler(f *testing.F) {
	f.Add("PUT", "/b_1/in/a", "", "UNSIGNED-PAYLOAD", "5", "hello")
	f.Add("PUT", "/b_1/in/a", "x-amz-checksum-crc32", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n")
	f.Add("POST", "/b_1/in/a?uploads=", "", "UNSIGNED-PAYLOAD", "", "")
	f.Add("POST", "/b_1/in/a?uploadId=1", "", "UNSIGNED-PAYLOAD", "", "<CompleteMultipartUpload/>")
	f.Add("PUT", "/b_1/in/a?partNumber=1&uploadId=1", "", "UNSIGNED-PAYLOAD", "", "x")
	f.Add("GET", "/b_1/../in/a", "", "UNSIGNED-PAYLOAD", "", "")
	h, b := handler(f)
	f.Fuzz(func(t *testing.T, method, target, trailer, payload, length, body string) {
		req, err := http.NewRequest(method, "https://127.0.0.1"+target, strings.NewReader(body))
		if err != nil || !strings.HasPrefix(target, "/") {
			return
		}
		for name, value := range map[string]string{"X-Amz-Content-Sha256": payload, "X-Amz-Trailer": trailer, "X-Amz-Decoded-Content-Length": length} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		sign(t, req, time.Now())
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code >= 500 && w.Code != http.StatusNotImplemented && w.Code != http.StatusServiceUnavailable {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		for key := range b.all {
			if !strings.HasPrefix(key, "in/") {
				t.Errorf("kept %s", key)
			}
		}
	})
}

// What is no signature is refused.
func FuzzAuthorization(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=ID/20200101/r/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=00", "20200101T000000Z")
	f.Add("AWS4-HMAC-SHA256 Credential=////,SignedHeaders=;;,Signature==", "")
	h, _ := handler(f)
	f.Fuzz(func(t *testing.T, authorization, date string) {
		req := httptest.NewRequest("GET", "https://127.0.0.1/b_1/in/a", nil)
		req.Header["Authorization"], req.Header["X-Amz-Date"] = []string{authorization}, []string{date}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != http.StatusForbidden && w.Code != http.StatusBadRequest {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
