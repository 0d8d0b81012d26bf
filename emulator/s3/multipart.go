package s3

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// parts are how many an object may have.
	parts = 10_000
	// listed is how long the list of them may be.
	listed = 4 << 20
	// forsaken is an upload that nobody has gone on with for so long.
	forsaken = 6 * time.Hour
)

type initiated struct {
	XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
	Bucket   string
	Key      string
	UploadID string `xml:"UploadId"`
}

type completion struct {
	Parts []struct {
		PartNumber int
		ETag       string
	} `xml:"Part"`
}

type completed struct {
	XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
	Location string
	Bucket   string
	Key      string
	ETag     string
}

// multipart answers what belongs to an upload in parts.
func (h *Handler) multipart(w http.ResponseWriter, c call) error {
	query := c.URL.Query()
	if c.Method == http.MethodPost && query.Has("uploads") {
		return h.initiate(w, c)
	}
	u := h.uploads.find(query.Get("uploadId"), c.grant.Owner, c.key)
	switch {
	case u == nil:
		return refusal("NoSuchUpload", "The specified multipart upload does not exist. The upload ID might be invalid, or the upload might have been aborted or completed.")
	case c.Method == http.MethodPut:
		return h.part(w, c, u, query.Get("partNumber"))
	case c.Method == http.MethodPost:
		return h.complete(w, c, u)
	case c.Method == http.MethodDelete:
		h.uploads.drop(u)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return refusal("NotImplemented", "%s of an upload in parts", c.Method)
}

func (h *Handler) initiate(w http.ResponseWriter, c call) error {
	h.uploads.sweep(forsaken)
	u, err := h.uploads.begin(c.grant.Owner, c.key, metaOf(c.Request))
	if err != nil {
		return err
	}
	return writeXML(w, initiated{Bucket: c.grant.Bucket, Key: c.key, UploadID: u.id})
}

func (h *Handler) part(w http.ResponseWriter, c call, u *upload, number string) error {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > parts {
		return refusal("InvalidArgument", "Part number must be an integer between 1 and %d, inclusive", parts)
	}
	etag, err := u.keep(h.config.TempDir, n, c.body, h.config.Limit)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", `"`+etag+`"`)
	w.WriteHeader(http.StatusOK)
	return nil
}

// complete makes an object of the parts that the request lists.
func (h *Handler) complete(w http.ResponseWriter, c call, u *upload) error {
	if c.body.left > listed {
		return refusal("MalformedXML", "the list of parts has over %d bytes", listed)
	}
	text, err := io.ReadAll(c.body)
	if err != nil {
		return err
	}
	var asked completion
	if err := xml.Unmarshal(text, &asked); err != nil || len(asked.Parts) == 0 {
		return refusal("MalformedXML", "The XML that you provided was not well formed or did not validate against our published schema.")
	}
	all, err := u.take(asked)
	if err != nil {
		return err
	}
	in := &joined{files: all}
	defer in.Close()
	o, err := c.grant.Folder.Put(c.Context(), c.key, u.meta, in)
	if err != nil {
		return err
	}
	h.uploads.drop(u)
	return writeXML(w, completed{Location: c.URL.Path, Bucket: c.grant.Bucket, Key: c.key, ETag: fmt.Sprintf("%q", strings.Trim(o.ETag, `"`))})
}
