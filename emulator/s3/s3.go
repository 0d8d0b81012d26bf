// Package s3 answers the part of Amazon S3's interface by which Snowflake's
// clients move the files of a stage: objects are put, whole or in parts, looked
// at and got, whole or in ranges. Whoever asks signs with temporary credentials
// (Signature Version 4), which reach one folder and nothing else.
//
// Not there, and refused by the name that S3 has for it: listing, deleting,
// copying, versions, tags and access control lists, URLs that are signed, bodies
// that are signed chunk by chunk.
package s3

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// The refusals of who gives grants and keeps objects. Test for one with
// [errors.Is].
var (
	ErrExpired = errors.New("the credentials have expired")
	ErrUnknown = errors.New("there are no such credentials")
	ErrDenied  = errors.New("the credentials do not reach so far")
	ErrNoKey   = errors.New("there is no such object")
	ErrContent = errors.New("the content is not what it is said to be")
)

// An Object is what is known of one, beside its content.
type Object struct {
	Size     int64
	ETag     string // without quotes
	Modified time.Time
	Meta     map[string]string // what users say of it, names in lower case
}

// A Folder keeps objects. Several goroutines may use it at once.
type Folder interface {
	// Put keeps all of in under key, or nothing: an error of in is one of Put,
	// and wrapped by it.
	Put(ctx context.Context, key string, meta map[string]string, in io.Reader) (Object, error)
	// Open reads an object. The caller closes it. A missing one is an error
	// wrapping [ErrNoKey].
	Open(ctx context.Context, key string) (io.ReadCloser, Object, error)
}

// A Grant is what credentials are good for.
type Grant struct {
	Secret string // the secret access key
	Bucket string
	Folder Folder
	Owner  string // who may go on with an upload in parts
}

// A Config says what a handler serves, and to whom. Grants is needed.
type Config struct {
	// Grants tells what the holder of an access key's id and a session token
	// may do, if the secret is his. It refuses with [ErrExpired] or [ErrUnknown].
	Grants  func(ctx context.Context, keyID, token string) (Grant, error)
	Limit   int64        // bytes of an object
	TempDir string       // where parts wait for the others; "" for the system's
	Logger  *slog.Logger // nil for none
}

// A Handler answers requests that [Signed] reports.
type Handler struct {
	config  Config
	uploads uploads
}

var _ http.Handler = (*Handler)(nil)

// New is a handler of config. The caller closes it.
func New(config Config) *Handler {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	return &Handler{config: config, uploads: uploads{all: map[string]*upload{}}}
}

// Close drops the uploads that were not completed.
func (h *Handler) Close() { h.uploads.sweep(0) }

// Signed reports a request that somebody signed as for Amazon's services.
func Signed(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Authorization"), algorithm)
}

// A call is a request whose sender is known.
type call struct {
	*http.Request
	grant Grant
	key   string
	body  *body
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.serve(w, r); err != nil {
		h.refuse(w, r, err)
	}
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) error {
	grant, err := h.authorize(r)
	if err != nil {
		return err
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != grant.Bucket {
		return refusal("AccessDenied", "these credentials are for the bucket %s", grant.Bucket)
	}
	query := r.URL.Query()
	if key == "" && r.Method == http.MethodGet && query.Has("accelerate") {
		return writeXML(w, accelerateConfiguration{})
	}
	if key == "" {
		return refusal("AccessDenied", "these credentials are for the objects of one folder")
	}
	c := call{Request: r, grant: grant, key: key}
	if c.body, err = h.read(r); err != nil {
		return err
	}
	for name := range query {
		switch name {
		case "x-id", "uploads", "uploadId", "partNumber":
		default:
			return refusal("NotImplemented", "the parameter %s", name)
		}
	}
	if query.Has("uploads") || query.Has("uploadId") || query.Has("partNumber") {
		return h.multipart(w, c)
	}
	switch r.Method {
	case http.MethodPut:
		return h.put(w, c)
	case http.MethodGet, http.MethodHead:
		return h.get(w, c)
	case http.MethodDelete:
		return refusal("AccessDenied", "these credentials delete nothing")
	}
	return refusal("MethodNotAllowed", "%s of an object", r.Method)
}
