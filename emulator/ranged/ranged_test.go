package ranged_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/snowpit-dev/snowpit/emulator/ranged"
)

func TestWrite(t *testing.T) {
	for _, c := range []struct {
		ask, body, is string
		status        int
	}{
		{"", "0123456789", "", 200},
		{"bytes=0-", "0123456789", "bytes 0-9/10", 206},
		{"bytes=2-4", "234", "bytes 2-4/10", 206},
		{"bytes=8-99", "89", "bytes 8-9/10", 206},
		{"bytes=-3", "789", "bytes 7-9/10", 206},
		{"bytes=-99", "0123456789", "bytes 0-9/10", 206},
		{"bytes=0-1,4-5", "0123456789", "", 200}, // more than one is the whole
		{"bytes=4-2", "0123456789", "", 200},
		{"bytes=x-2", "0123456789", "", 200},
		{"lines=1-2", "0123456789", "", 200},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Range", c.ask)
		for _, method := range []string{"GET", "HEAD"} {
			r.Method = method
			w := httptest.NewRecorder()
			if err := ranged.Write(w, r, strings.NewReader("0123456789"), 10); err != nil {
				t.Errorf("%s: %v", c.ask, err)
			}
			body := c.body
			if method == "HEAD" {
				body = ""
			}
			if w.Code != c.status || w.Body.String() != body || w.Header().Get("Content-Range") != c.is {
				t.Errorf("%s %q: %d %q %q", method, c.ask, w.Code, w.Body, w.Header().Get("Content-Range"))
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Range", "bytes=10-")
	w := httptest.NewRecorder()
	if err := ranged.Write(w, r, strings.NewReader("0123456789"), 10); !errors.Is(err, ranged.ErrRange) || w.Header().Get("Content-Range") != "bytes */10" {
		t.Errorf("beyond the end: %v, %v", err, w.Header())
	}
	fault := errors.New("the disk")
	r.Header.Set("Range", "bytes=4-")
	if err := ranged.Write(httptest.NewRecorder(), r, iotest.ErrReader(fault), 10); !errors.Is(err, fault) || errors.Is(err, ranged.ErrCut) {
		t.Errorf("a fault before anything was sent: %v", err)
	}
	r.Header.Del("Range")
	if err := ranged.Write(httptest.NewRecorder(), r, io.MultiReader(strings.NewReader("012"), iotest.ErrReader(fault)), 10); !errors.Is(err, ranged.ErrCut) || !errors.Is(err, fault) {
		t.Errorf("a fault on the way: %v", err)
	}
}
