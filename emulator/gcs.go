package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/ranged"
	"github.com/snowpit-dev/snowpit/emulator/s3"
)

// clouds lets through to a cloud's storage who comes with credentials for it.
func (s *Server) clouds(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s3.Signed(r):
			s.s3.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/"+bucket+"/"):
			s.google(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// What stands beside an encrypted file in Google's storage.
const (
	googDigest      = "X-Goog-Meta-Sfc-Digest"
	googData        = "X-Goog-Meta-Encryptiondata"
	googDescription = "X-Goog-Meta-Matdesc"
)

// encryptionData is how its clients write the file's own key.
type encryptionData struct {
	EncryptionMode    string
	WrappedContentKey struct {
		KeyID        string `json:"KeyId"`
		EncryptedKey string
		Algorithm    string
	}
	EncryptionAgent     struct{ Protocol, EncryptionAlgorithm string }
	ContentEncryptionIV string
}

// google takes and gives the objects of a folder as Google's storage does, from
// and to whoever has an access token for it.
func (s *Server) google(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	key := strings.TrimPrefix(r.URL.Path, "/"+bucket+"/")
	f, err := s.folder(r.Context(), token)
	switch {
	case err != nil:
	case r.Method == http.MethodPut:
		err = s.googlePut(w, r, f, key)
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		err = googleGet(w, r, f, key)
	default:
		err = fmt.Errorf("%w: %s", s3.ErrDenied, r.Method)
	}
	if err != nil {
		s.googleRefuse(w, r, err)
	}
}

// googleRefuse answers with the statuses that clients act on: after 401 they ask
// for other credentials.
func (s *Server) googleRefuse(w http.ResponseWriter, r *http.Request, err error) {
	var over *http.MaxBytesError
	status := http.StatusConflict // the server's own fault, which clients do not try again
	switch {
	case errors.Is(err, ranged.ErrCut):
		panic(http.ErrAbortHandler) // the client must not take a part for the whole
	case errors.Is(err, s3.ErrExpired), errors.Is(err, s3.ErrUnknown):
		status = http.StatusUnauthorized
	case errors.Is(err, s3.ErrDenied):
		status = http.StatusForbidden
	case errors.Is(err, s3.ErrContent):
		status = http.StatusUnprocessableEntity
	case errors.Is(err, s3.ErrNoKey):
		status = http.StatusNotFound
	case errors.Is(err, ranged.ErrRange):
		status = http.StatusRequestedRangeNotSatisfiable
	case errors.As(err, &over):
		status = http.StatusRequestEntityTooLarge
	}
	if status != http.StatusNotFound { // which is how clients see that they may put it
		s.log.Info("storage refused", "method", r.Method, "path", r.URL.Path, "status", status, "error", err)
	}
	http.Error(w, err.Error(), status)
}

func (s *Server) googlePut(w http.ResponseWriter, r *http.Request, f *folder, key string) error {
	meta := map[string]string{}
	if text := r.Header.Get(googData); text != "" {
		var data encryptionData
		if err := json.Unmarshal([]byte(text), &data); err != nil {
			return fmt.Errorf("%w: x-goog-meta-encryptiondata: %w", s3.ErrContent, err)
		}
		meta[metaKey], meta[metaIV] = data.WrappedContentKey.EncryptedKey, data.ContentEncryptionIV
	}
	o, err := f.Put(r.Context(), key, meta, http.MaxBytesReader(w, r.Body, s.config.Limits.Object))
	if err != nil {
		return err
	}
	w.Header().Set("ETag", `"`+o.ETag+`"`)
	w.WriteHeader(http.StatusOK)
	return nil
}

func googleGet(w http.ResponseWriter, r *http.Request, f *folder, key string) error {
	in, o, err := f.Open(r.Context(), key)
	if err != nil {
		return err
	}
	defer in.Close()
	data := encryptionData{EncryptionMode: "FullBlob", ContentEncryptionIV: o.Meta[metaIV]}
	data.WrappedContentKey.KeyID, data.WrappedContentKey.EncryptedKey, data.WrappedContentKey.Algorithm = "symmKey1", o.Meta[metaKey], "AES_CBC_256"
	data.EncryptionAgent.Protocol, data.EncryptionAgent.EncryptionAlgorithm = "1.0", "AES_CBC_256"
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Last-Modified", o.Modified.UTC().Format(http.TimeFormat))
	h.Set("ETag", `"`+o.ETag+`"`)
	h.Set(googDigest, o.Meta[metaDigest])
	h.Set(googData, string(text))
	h.Set(googDescription, o.Meta[metaDescription])
	return ranged.Write(w, r, in, o.Size)
}
