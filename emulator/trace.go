package emulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/redact"
)

// traced is how many bytes of a body a trace has.
const traced = 16 << 10

// secrets are what a trace does not show: passwords and tokens in JSON, and
// the signatures in URLs.
var secrets = []*regexp.Regexp{
	regexp.MustCompile(`(?i)("(?:password|passcode|token|mastertoken|sessiontoken|oldsessiontoken|idtoken|mfatoken|aws_token|aws_secret_key|gcs_access_token|querystagemasterkey|proof_key|raw_saml_response)"\s*:\s*")(?:[^"\\]|\\.)*`),
	regexp.MustCompile(`(/(?:stage|chunk)/)[A-Za-z0-9._~-]+`),
}

// statements are where JSON has SQL, or says something of it; the last one may
// be cut off.
var statements = regexp.MustCompile(`("(?:sqlText|statement|message)"\s*:\s*)("(?:[^"\\]|\\.)*\\?"?)`)

// masked is a body or a path without its secrets.
func masked(text string) string {
	for _, re := range secrets {
		text = re.ReplaceAllString(text, "${1}***")
	}
	return statements.ReplaceAllStringFunc(text, func(member string) string {
		parts := statements.FindStringSubmatch(member)
		return parts[1] + maskedString(parts[2])
	})
}

// maskedString is a string of JSON without the secrets of the SQL in it.
func maskedString(text string) string {
	var sql string
	if err := json.Unmarshal([]byte(text), &sql); err != nil {
		if json.Unmarshal([]byte(strings.TrimRight(text, `\`)+`"`), &sql) != nil {
			return `"***`
		}
	}
	clean := redact.SQL(sql)
	if clean == sql {
		return text
	}
	out, err := json.Marshal(clean)
	if err != nil {
		return `"***"`
	}
	return string(out)
}

// trace writes what passes through next to s.config.Trace.
func (s *Server) trace(next http.Handler) http.Handler {
	if s.config.Trace == nil {
		return next
	}
	var mu sync.Mutex
	var n int
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in, out := &head{}, &head{}
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(r.Body, in), r.Body}
		rec := &recorder{ResponseWriter: w, status: http.StatusOK, head: out}
		start := time.Now()
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			n++
			fmt.Fprintf(s.config.Trace, "#%d %s %s %s -> %d in %v\n> %s\n< %s\n", n, start.Format(time.RFC3339Nano), r.Method,
				masked(r.URL.RequestURI()), rec.status, time.Since(start).Round(time.Microsecond), in.text(), out.text())
		}()
		next.ServeHTTP(rec, r)
	})
}

// head keeps the first bytes of what is written to it.
type head struct {
	buf  bytes.Buffer
	size int64
}

func (h *head) Write(p []byte) (int, error) {
	h.size += int64(len(p))
	h.buf.Write(p[:min(len(p), traced-h.buf.Len())])
	return len(p), nil
}

// text is what was kept, unzipped and without secrets.
func (h *head) text() string {
	data := h.buf.Bytes()
	if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		data, _ = io.ReadAll(io.LimitReader(z, traced)) // as far as it goes
	}
	text := masked(string(bytes.ToValidUTF8(data, []byte("?"))))
	if h.size > traced {
		text += fmt.Sprintf("… (%d bytes)", h.size)
	}
	return text
}

// A recorder notes what is answered.
type recorder struct {
	http.ResponseWriter
	status int
	head   *head
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.head.Write(p)
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController through.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
