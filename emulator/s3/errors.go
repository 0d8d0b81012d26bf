package s3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"

	"github.com/snowpit-dev/snowpit/emulator/ranged"
)

// A fault is a refusal in S3's words.
type fault struct{ code, message string }

func (f *fault) Error() string { return f.code + ": " + f.message }

func refusal(code, format string, args ...any) error {
	return &fault{code, fmt.Sprintf(format, args...)}
}

// statuses are those that S3 has for its codes; of others it is 400.
var statuses = map[string]int{
	"AccessDenied": http.StatusForbidden, "InvalidAccessKeyId": http.StatusForbidden, "SignatureDoesNotMatch": http.StatusForbidden,
	"RequestTimeTooSkewed": http.StatusForbidden, "NoSuchKey": http.StatusNotFound, "NoSuchUpload": http.StatusNotFound,
	"MissingContentLength": http.StatusLengthRequired, "MethodNotAllowed": http.StatusMethodNotAllowed,
	"InvalidRange": http.StatusRequestedRangeNotSatisfiable, "NotImplemented": http.StatusNotImplemented,
	"OperationAborted": http.StatusConflict, "SlowDown": http.StatusServiceUnavailable,
}

// faultOf is an error in S3's words. One of the server's own is OperationAborted,
// which no client tries again, as it would an InternalError.
func faultOf(err error) *fault {
	var f *fault
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, ErrExpired):
		return &fault{"ExpiredToken", "The provided token has expired."}
	case errors.Is(err, ErrUnknown):
		return &fault{"InvalidAccessKeyId", "The AWS access key ID that you provided does not exist in our records."}
	case errors.Is(err, ErrDenied):
		return &fault{"AccessDenied", "Access Denied: " + err.Error()}
	case errors.Is(err, ErrContent):
		return &fault{"InvalidRequest", err.Error()}
	case errors.Is(err, ErrNoKey):
		return &fault{"NoSuchKey", "The specified key does not exist."}
	case errors.Is(err, ranged.ErrRange):
		return &fault{"InvalidRange", "The requested range cannot be satisfied."}
	}
	return &fault{"OperationAborted", err.Error()}
}

// refuse answers with an error. That of a HEAD is its status alone.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, ranged.ErrCut) {
		h.config.Logger.Warn("an object was not sent whole", "path", r.URL.Path, "error", err)
		panic(http.ErrAbortHandler) // the client must not take a part for the whole
	}
	f := faultOf(err)
	if f.code != "NoSuchKey" { // which is how clients see that they may put it
		h.config.Logger.Info("storage refused", "method", r.Method, "path", r.URL.Path, "code", f.code, "message", f.message)
	}
	status, ok := statuses[f.code]
	if !ok {
		status = http.StatusBadRequest
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_ = encode(w, errorResponse{Code: f.code, Message: f.message, Resource: r.URL.Path}) // whoever has gone needs no answer
	}
}

type errorResponse struct {
	XMLName  xml.Name `xml:"Error"`
	Code     string
	Message  string
	Resource string
}

type accelerateConfiguration struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ AccelerateConfiguration"`
}

func encode(w http.ResponseWriter, v any) error {
	text, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s", xml.Header, text)
	return err
}

// writeXML answers that all went well.
func writeXML(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/xml")
	_ = encode(w, v) // whoever has gone needs no answer
	return nil
}
