package frames_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins/frames"
)

// schema has every type that rows of a warehouse have.
var schema = arrow.NewSchema([]arrow.Field{
	{Name: "I", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "F", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "S", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "B", Type: arrow.BinaryTypes.Binary, Nullable: true},
	{Name: "T", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	{Name: "N", Type: &arrow.Decimal128Type{Precision: 38, Scale: 4}, Nullable: true},
	{Name: "D", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "C", Type: arrow.FixedWidthTypes.Time64ns, Nullable: true},
	{Name: "Z", Type: arrow.FixedWidthTypes.Timestamp_ns, Nullable: true},
}, nil)

// batch has rows with values and nulls by turns.
func batch(rows int) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range rows {
		if i%3 == 2 {
			for _, f := range b.Fields() {
				f.AppendNull()
			}
			continue
		}
		b.Field(0).(*array.Int64Builder).Append(int64(i) << 40)
		b.Field(1).(*array.Float64Builder).Append(float64(i) / 3)
		b.Field(2).(*array.StringBuilder).Append(strings.Repeat("ä", i%50))
		b.Field(3).(*array.BinaryBuilder).Append([]byte{0, byte(i)})
		b.Field(4).(*array.BooleanBuilder).Append(i%2 == 0)
		b.Field(5).(*array.Decimal128Builder).Append(decimal128.FromI64(int64(i)))
		b.Field(6).(*array.Date32Builder).Append(arrow.Date32(i))
		b.Field(7).(*array.Time64Builder).Append(arrow.Time64(i))
		b.Field(8).(*array.TimestampBuilder).Append(arrow.Timestamp(i))
	}
	return b.NewRecordBatch()
}

// pipe is what a writer sent, piece by piece.
type pipe [][]byte

func (p *pipe) send(piece []byte) error {
	*p = append(*p, bytes.Clone(piece))
	return nil
}

func (p *pipe) receive() ([]byte, error) {
	if len(*p) == 0 {
		return nil, io.EOF
	}
	piece := (*p)[0]
	*p = (*p)[1:]
	return piece, nil
}

func TestRoundTrip(t *testing.T) {
	for _, sizes := range [][]int{{0}, {1}, {10, 0, 20}, {200_000}, {}} {
		var p pipe
		w := frames.NewWriter(p.send, schema)
		var want []arrow.RecordBatch
		for _, n := range sizes {
			want = append(want, batch(n))
			if err := w.Write(want[len(want)-1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, piece := range p {
			if len(piece) > frames.Size {
				t.Errorf("a piece of %d bytes", len(piece))
			}
		}
		r := frames.Batches(frames.Receive(p.receive).Reader())
		if got := r.Schema(); !got.Equal(schema) {
			t.Errorf("%v: the schema is %v", sizes, got)
		}
		var got []arrow.RecordBatch
		for r.Next() {
			b := r.RecordBatch()
			b.Retain()
			got = append(got, b)
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		if !array.TableEqual(array.NewTableFromRecords(schema, want), array.NewTableFromRecords(schema, got)) {
			t.Errorf("%v: other rows come out", sizes)
		}
	}
}

// A batch is sliced so that a reader never holds much: 100 MB come in messages
// of a few.
func TestLargeBatch(t *testing.T) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "F", Type: arrow.PrimitiveTypes.Float64}}, nil))
	defer b.Release()
	f := b.Field(0).(*array.Float64Builder)
	f.Resize(12_500_000)
	for i := range 12_500_000 {
		f.UnsafeAppend(float64(i))
	}
	large := b.NewRecordBatch()
	defer large.Release()
	reader, writer := io.Pipe()
	go func() {
		w := frames.NewWriter(func(piece []byte) error { _, err := writer.Write(piece); return err }, large.Schema())
		writer.CloseWithError(errors.Join(w.Write(large), w.Close()))
	}()
	r := frames.Batches(reader)
	defer r.Release()
	rows, next := int64(0), 0.0
	for r.Next() {
		if n := r.RecordBatch().NumRows(); n > 1<<20 {
			t.Errorf("a batch of %d rows", n)
		}
		if got := r.RecordBatch().Column(0).(*array.Float64).Value(0); got != next {
			t.Fatalf("the batch at row %d begins with %v", rows, got)
		}
		rows += r.RecordBatch().NumRows()
		next = float64(rows)
	}
	if rows != 12_500_000 || r.Err() != nil {
		t.Errorf("%d rows, %v", rows, r.Err())
	}
}

// whole is a stream to spoil.
func whole(t testing.TB) []byte {
	var buf bytes.Buffer
	w := frames.NewWriter(func(p []byte) error { buf.Write(p); return nil }, schema)
	if err := errors.Join(w.Write(batch(10)), w.Close()); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// drain reads a stream to its end.
func drain(text []byte) (rows int64, err error) {
	r := frames.Batches(bytes.NewReader(text))
	defer r.Release()
	for r.Next() {
		rows += r.RecordBatch().NumRows()
		for _, col := range r.RecordBatch().Columns() {
			for i := range min(col.Len(), 1000) { // all are there to be read
				_ = col.ValueStr(i)
			}
		}
	}
	return rows, r.Err()
}

// A stream cut off anywhere is an error, or ends between two batches.
func TestCutOff(t *testing.T) {
	text := whole(t)
	broken := 0
	for n := 1; n < len(text); n++ {
		rows, err := drain(text[:n])
		switch {
		case err != nil && !errors.Is(err, frames.ErrBroken):
			t.Errorf("cut at %d: %v", n, err)
		case err != nil:
			broken++
		case rows != 0 && rows != 10:
			t.Errorf("cut at %d: %d rows", n, rows)
		}
	}
	if broken < len(text)/2 {
		t.Errorf("%d of %d cuts are told", broken, len(text))
	}
}

// Claims of sizes that nobody sends are refused at once.
func TestClaims(t *testing.T) {
	metadata := binary.LittleEndian.AppendUint32([]byte{0xff, 0xff, 0xff, 0xff}, 1<<31-1)
	began := time.Now()
	if _, err := drain(append(metadata, make([]byte, 1000)...)); !errors.Is(err, frames.ErrBroken) {
		t.Errorf("2 GB of metadata: %v", err)
	}
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(schema), ipc.WithZstd())
	if err := errors.Join(w.Write(batch(1000)), w.Close()); err != nil {
		t.Fatal(err)
	}
	// The first compressed buffer begins with how long it will be.
	bomb := bytes.Replace(buf.Bytes(), binary.LittleEndian.AppendUint64(nil, 8000), binary.LittleEndian.AppendUint64(nil, 1<<42), 1)
	if bytes.Equal(bomb, buf.Bytes()) {
		t.Fatal("the stream has no compressed buffer of 8,000 bytes")
	}
	if _, err := drain(bomb); !errors.Is(err, frames.ErrBroken) {
		t.Errorf("a buffer that would be 4 TB: %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

// What the reader of the pieces is told comes through.
func TestReceiveFails(t *testing.T) {
	lost := errors.New("the connection is gone")
	r := frames.Batches(frames.Receive(func() ([]byte, error) { return nil, lost }).Reader())
	if r.Next() || !errors.Is(r.Err(), lost) {
		t.Errorf("it says %v", r.Err())
	}
}

// Types that a warehouse does not give, but that a plugin may.
func TestOtherTypes(t *testing.T) {
	other := arrow.NewSchema([]arrow.Field{
		{Name: "D", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, Nullable: true},
		{Name: "L", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true},
		{Name: "S", Type: arrow.StructOf(arrow.Field{Name: "X", Type: arrow.BinaryTypes.LargeString, Nullable: true}), Nullable: true},
		{Name: "N", Type: arrow.Null, Nullable: true},
		{Name: "F", Type: &arrow.FixedSizeBinaryType{ByteWidth: 3}, Nullable: true},
	}, nil)
	const rows = `[
		{"D": "red", "L": [1, null], "S": {"X": "a"}, "N": null, "F": "AAAA"},
		{"D": null, "L": null, "S": null, "N": null, "F": null},
		{"D": "blue", "L": [], "S": {"X": null}, "N": null, "F": "////"}]`
	want, _, err := array.RecordFromJSON(memory.DefaultAllocator, other, strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	var p pipe
	w := frames.NewWriter(p.send, other)
	if err := errors.Join(w.Write(want), w.Write(want), w.Close()); err != nil {
		t.Fatal(err)
	}
	r := frames.Batches(frames.Receive(p.receive).Reader())
	for range 2 {
		if !r.Next() || !array.RecordEqual(want, r.RecordBatch()) {
			t.Fatalf("other rows come out: %v", r.Err())
		}
	}
	if r.Next() || r.Err() != nil {
		t.Errorf("more comes, or %v", r.Err())
	}
	r.Release()
	if r.Next() {
		t.Error("a reader that was released goes on")
	}
}

// What a schema or a batch claims to have is not believed.
func TestMoreClaims(t *testing.T) {
	text := whole(t)
	fields := bytes.Index(text, binary.LittleEndian.AppendUint32(nil, uint32(schema.NumFields())))
	many := bytes.Clone(text)
	binary.LittleEndian.PutUint32(many[fields:], 1<<30)
	nulls := arrow.NewSchema([]arrow.Field{{Name: "N", Type: arrow.Null}}, nil)
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(nulls))
	endless := array.NewRecordBatch(nulls, []arrow.Array{array.NewNull(1 << 40)}, 1<<40)
	if err := errors.Join(w.Write(endless), w.Close()); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"fields": many, "rows": buf.Bytes()} {
		began := time.Now()
		if rows, err := drain(text); !errors.Is(err, frames.ErrBroken) {
			t.Errorf("claims of %s: %d rows, %v", name, rows, err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("claims of %s take %v", name, took)
		}
	}
}

// FuzzBatches spoils a stream: whatever comes is rows that can be read, or an
// error.
func FuzzBatches(f *testing.F) {
	text := whole(f)
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte{})
	for _, at := range []int{0, 4, 9, 40, 100, 300, 600, len(text) / 2, len(text) - 100} {
		spoilt := bytes.Clone(text)
		spoilt[at] ^= 0x55
		f.Add(spoilt)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := drain(text); err != nil && !errors.Is(err, frames.ErrBroken) {
			t.Errorf("%v is of another kind", err)
		}
	})
}
