package emulator

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"path"

	"github.com/snowpit-dev/snowpit/emulator/ranged"
	"github.com/snowpit-dev/snowpit/stage"
)

const purposeObject = "object"

// An objectClaim is what an object's URL says: one object, one way.
type objectClaim struct {
	Session int64      `json:"s"`
	Stage   stage.Name `json:"st"`
	Object  string     `json:"o"`
	Put     bool       `json:"p,omitempty"`
	Keep    bool       `json:"k,omitempty"` // an object that is there stays
	Pack    bool       `json:"z,omitempty"` // what comes packed has the name of what is packed
}

// object takes and gives one object of a stage to whoever has its URL. The
// statuses are those that clients act on: 400 makes them ask for another URL,
// 404 is an object that is not there.
func (s *Server) object(w http.ResponseWriter, r *http.Request) {
	var claim objectClaim
	if err := s.key.Open(purposeObject, r.PathValue("token"), &claim); err != nil {
		http.Error(w, "this is no URL of an object, or one that has expired", http.StatusBadRequest)
		return
	}
	found := s.sessions.Find(claim.Session)
	if found == nil || found.Stages == nil {
		http.Error(w, "the session that this URL belongs to has ended", http.StatusBadRequest)
		return
	}
	found.Touch()
	st, err := found.Stages.Stage(r.Context(), claim.Stage)
	switch {
	case errors.Is(err, stage.ErrNotExist):
		http.Error(w, "the stage is not there any more", http.StatusNotFound)
	case err != nil:
		s.objectFailed(w, claim, err)
	case claim.Put && r.Method == http.MethodPut:
		s.store(w, r, st, claim)
	case claim.Put:
		http.Error(w, "this URL is for putting an object", http.StatusNotFound)
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		s.fetch(w, r, st, claim)
	default:
		http.Error(w, "this URL is for getting an object", http.StatusForbidden)
	}
}

// objectFailed says that it was the server: clients do not try that again.
func (s *Server) objectFailed(w http.ResponseWriter, claim objectClaim, err error) {
	s.log.Error("an object failed", "stage", claim.Stage.String(), "object", claim.Object, "error", err)
	http.Error(w, "the stage failed: "+err.Error(), http.StatusConflict)
}

// gzipped is how a file begins that gzip has packed.
var gzipped = []byte{0x1f, 0x8b}

// store puts what comes under the URL's object.
func (s *Server) store(w http.ResponseWriter, r *http.Request, st stage.Stage, claim objectClaim) {
	body := bufio.NewReader(http.MaxBytesReader(w, r.Body, s.config.Limits.Object))
	name := claim.Object
	if head, _ := body.Peek(2); claim.Pack && bytes.Equal(head, gzipped) && path.Ext(name) != ".gz" {
		name += ".gz"
	}
	o, err := st.Put(r.Context(), name, body, stage.PutOptions{KeepExisting: claim.Keep})
	var over *http.MaxBytesError
	switch {
	case errors.Is(err, stage.ErrExist):
		w.WriteHeader(http.StatusOK) // OVERWRITE = FALSE: the client's own is dropped
		return
	case errors.As(err, &over):
		http.Error(w, fmt.Sprintf("an object may have %d bytes here", over.Limit), http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		s.objectFailed(w, claim, err)
		return
	}
	s.log.Info("put", "session", claim.Session, "stage", claim.Stage.String(), "object", o.Name, "bytes", o.Size)
	w.Header().Set("ETag", `"`+o.MD5+`"`)
	w.WriteHeader(http.StatusOK)
}

// fetch sends the URL's object, or a range of it. It has no Content-Encoding,
// whatever it is: clients would unpack it.
func (s *Server) fetch(w http.ResponseWriter, r *http.Request, st stage.Stage, claim objectClaim) {
	in, o, err := st.Open(r.Context(), claim.Object)
	if errors.Is(err, stage.ErrNotExist) {
		http.Error(w, "the object is not there", http.StatusNotFound)
		return
	} else if err != nil {
		s.objectFailed(w, claim, err)
		return
	}
	defer in.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Last-Modified", o.Modified.UTC().Format(http.TimeFormat))
	h.Set("ETag", `"`+o.MD5+`"`)
	switch err := ranged.Write(w, r, in, o.Size); {
	case errors.Is(err, ranged.ErrRange):
		http.Error(w, "the object has no such range", http.StatusRequestedRangeNotSatisfiable)
	case errors.Is(err, ranged.ErrCut):
		s.log.Warn("an object was not sent whole", "stage", claim.Stage.String(), "object", claim.Object, "error", err)
		panic(http.ErrAbortHandler)
	case err != nil:
		s.objectFailed(w, claim, err)
	}
}
