package result_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/emulator/result"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

var (
	columns = []warehouse.Column{{Name: "N", Type: warehouse.Number, Precision: 38}, {Name: "S", Type: warehouse.Varchar}}
	schema  = arrow.NewSchema([]arrow.Field{{Name: "N", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "S", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
)

// numbers is a result of so many batches of so many rows; broken ends it in an
// error.
func numbers(batches, rows int, broken error) *warehouse.Result {
	n, batch := int64(0), 0
	return warehouse.NewResult("id", "SELECT", columns, warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		if batch++; batch > batches {
			return nil, broken
		}
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer b.Release()
		for range rows {
			b.Field(0).(*array.Int64Builder).Append(n)
			b.Field(1).(*array.StringBuilder).Append(fmt.Sprint("row ", n))
			n++
		}
		return b.NewRecordBatch(), nil
	}))
}

// text is all of a JSON result.
func text(t *testing.T, r *result.Result) string {
	t.Helper()
	parts := []string{string(r.Inline)}
	for _, c := range r.Chunks {
		var buf bytes.Buffer
		if n, err := c.WriteTo(&buf); err != nil || n != int64(c.Size) {
			t.Fatalf("%d bytes of %d, %v", n, c.Size, err)
		}
		parts = append(parts, buf.String())
	}
	return strings.Join(parts, ",\n")
}

// What does not fit into memory is on disk until it is released, and reads the
// same.
func TestCollect(t *testing.T) {
	var texts []string
	for _, memory := range []int64{0, 1, 600_000} {
		dir := t.TempDir()
		r, err := result.NewSpool(dir, memory, 0).Collect(t.Context(), numbers(5, 20_000, nil), wire.FormatJSON, wire.Form{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Total != 100_000 || len(r.Chunks) < 4 || strings.Count(text(t, r), "row ") != 100_000 {
			t.Errorf("%d rows in %d chunks", r.Total, len(r.Chunks))
		}
		texts = append(texts, text(t, r))
		files, _ := os.ReadDir(dir)
		if (memory == 0) != (len(files) == 0) {
			t.Errorf("with %d bytes of memory there are %d files", memory, len(files))
		}
		r.Release()
		if files, _ := os.ReadDir(dir); len(files) != 0 {
			t.Errorf("%d files are left", len(files))
		}
		if _, err := r.Chunks[0].WriteTo(new(bytes.Buffer)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("a chunk after the release: %v", err)
		}
	}
	if texts[0] != texts[1] || texts[1] != texts[2] {
		t.Error("they differ")
	}
}

func TestMemoryComesBack(t *testing.T) {
	s := result.NewSpool(t.TempDir(), 3_000_000, 0)
	for range 20 {
		r, err := s.Collect(t.Context(), numbers(5, 20_000, nil), wire.FormatArrow, wire.Form{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Held() < 1_000_000 {
			t.Fatalf("it holds %d bytes: the rest is on disk", r.Held())
		}
		same := r.As("SELECT")
		if !same.Retain() {
			t.Fatal("it is gone")
		}
		r.Release()
		if _, err := same.Chunks[0].WriteTo(new(bytes.Buffer)); err != nil {
			t.Fatal(err)
		}
		same.Release()
		if r.Retain() {
			t.Fatal("it is there after all have let go of it")
		}
	}
}

func TestCollectFails(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("broken")
	if _, err := result.NewSpool(dir, 1, 0).Collect(t.Context(), numbers(3, 20_000, broken), wire.FormatJSON, wire.Form{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	var refused *warehouse.Error
	if _, err := result.NewSpool(dir, 1, 1_000_000).Collect(t.Context(), numbers(9, 20_000, nil), wire.FormatJSON, wire.Form{}); !errors.As(err, &refused) || refused.Code != 391908 {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := result.NewSpool(dir, 1, 0).Collect(ctx, numbers(3, 20_000, nil), wire.FormatJSON, wire.Form{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := result.NewSpool(dir+"/missing", 1, 0).Collect(t.Context(), numbers(3, 20_000, nil), wire.FormatJSON, wire.Form{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
}
