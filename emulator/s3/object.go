package s3

import (
	"net/http"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/ranged"
)

const metaPrefix = "X-Amz-Meta-"

// metaOf is what a request says of an object.
func metaOf(r *http.Request) map[string]string {
	meta := map[string]string{}
	for name, values := range r.Header {
		if own, ok := strings.CutPrefix(name, metaPrefix); ok {
			meta[strings.ToLower(own)] = strings.Join(values, ",")
		}
	}
	return meta
}

// put keeps an object.
func (h *Handler) put(w http.ResponseWriter, c call) error {
	if c.Header.Get("X-Amz-Copy-Source") != "" {
		return refusal("NotImplemented", "copying an object")
	}
	o, err := c.grant.Folder.Put(c.Context(), c.key, metaOf(c.Request), c.body)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", `"`+o.ETag+`"`)
	w.WriteHeader(http.StatusOK)
	return nil
}

// get sends an object or a range of it, or tells what is known of it.
func (h *Handler) get(w http.ResponseWriter, c call) error {
	in, o, err := c.grant.Folder.Open(c.Context(), c.key)
	if err != nil {
		return err
	}
	defer in.Close()
	header := w.Header()
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Last-Modified", o.Modified.UTC().Format(http.TimeFormat))
	header.Set("ETag", `"`+o.ETag+`"`)
	for name, value := range o.Meta {
		header.Set(metaPrefix+name, value)
	}
	return ranged.Write(w, c.Request, in, o.Size)
}
