package emulator_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/snowpit-dev/snowpit/emulator"
)

// TestReplay sends what other clients send, request by request, and checks
// that each answer has what that client cannot do without. testdata/replay has
// a file a sequence:
//
//	app NAME       who logs in
//	{…}            a query request; $ID is the id of the statement before
//	put FILE       upload to the URL of the answer before: frame.parquet, or text,
//	               or gzip and a text, which is packed
//	get TEXT       what the URLs of the answer before give
//	rows TEXT      the answer's rows, as JSON
//	names TEXT     the answer's columns, as name:type
//	nullable TEXT  whether each of them may be null, as name:bool
//	code NUMBER    the answer's refusal
func TestReplay(t *testing.T) {
	paths, err := filepath.Glob("testdata/replay/*.txt")
	if err != nil || len(paths) < 8 {
		t.Fatalf("%d sequences found, error %v; is the corpus gone?", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			p := &player{t: t}
			for line := range strings.Lines(string(text)) {
				p.play(strings.TrimSpace(line))
			}
			p.settle()
		})
	}
}

// A player replays one sequence.
type player struct {
	t       *testing.T
	c       *client
	sent    string
	last    reply
	checked bool // whether the sequence says what the last answer is
}

func (p *player) play(line string) {
	p.t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "" || line[0] == '#':
	case line[0] == '{':
		p.settle()
		p.send(strings.ReplaceAll(line, "$ID", p.last.Data.QueryID))
	case word == "app":
		p.c = login(p.t, emulator.Config{}, rest)
	case word == "put":
		body := rest
		if rest == "frame.parquet" {
			body = frame(p.t)
		} else if text, ok := strings.CutPrefix(rest, "gzip "); ok {
			body = packed(p.t, text)
		}
		if status, text := send(p.t, "PUT", p.last.Data.StageInfo.PresignedURL, body); status != 200 {
			p.t.Errorf("%s: put: %d %s", p.sent, status, text)
		}
	case word == "get":
		var got []string
		for _, url := range p.last.Data.PresignedURLs {
			_, text := send(p.t, "GET", url, "")
			got = append(got, text)
		}
		p.want(rest, strings.Join(got, "|"))
	case word == "rows":
		got, _ := json.Marshal(p.last.Data.RowSet)
		p.want(rest, string(got))
	case word == "names":
		var got []string
		for _, c := range p.last.Data.RowType {
			got = append(got, fmt.Sprint(c["name"], ":", c["type"]))
		}
		p.want(rest, strings.Join(got, " "))
	case word == "nullable":
		var got []string
		for _, c := range p.last.Data.RowType {
			got = append(got, fmt.Sprint(c["name"], ":", c["nullable"]))
		}
		p.want(rest, strings.Join(got, " "))
	case word == "code":
		p.checked = true
		p.want(rest, p.last.Code)
	default:
		p.t.Fatalf("no such step: %s", line)
	}
}

func (p *player) want(want, got string) {
	p.t.Helper()
	if want != got {
		p.t.Errorf("%s:\ngot  %s\nwant %s (%s)", p.sent, got, want, p.last.Message)
	}
}

func (p *player) send(body string) {
	p.t.Helper()
	p.sent, p.checked = body, false
	var more map[string]any
	if err := json.Unmarshal([]byte(body), &more); err != nil {
		p.t.Fatalf("%s: %v", body, err)
	}
	sql, _ := more["sqlText"].(string)
	p.last = p.c.query(sql, more)
	if p.last.Code == "333334" {
		p.last = p.c.poll(p.last)
	}
	if p.last.Success {
		required(p.t, p.c.app, sql, p.last)
	}
}

// settle fails where a refusal came that the sequence does not have.
func (p *player) settle() {
	p.t.Helper()
	if p.sent != "" && !p.last.Success && !p.checked {
		p.t.Errorf("%s: %s %s", p.sent, p.last.Code, p.last.Message)
	}
}

// required checks what each client's code reads without a look whether it is
// there.
func required(t *testing.T, app, sql string, r reply) {
	t.Helper()
	var answer struct{ Data map[string]json.RawMessage }
	if err := json.Unmarshal(r.raw, &answer); err != nil {
		t.Fatal(err)
	}
	null := func(key string) bool { v, ok := answer.Data[key]; return ok && string(v) == "null" }
	for _, key := range []string{"parameters", "statementTypeId", "sendResultTime", "resultIds", "chunks", "chunkHeaders", "parallel", "finalRoleName"} {
		if null(key) {
			t.Errorf("%s: %s is null", sql, key)
		}
	}
	need := []string{"rowtype", "queryId", "total", "returned", "statementTypeId", "parameters", "queryResultFormat"}
	if r.Data.Command != "" {
		need = []string{"command", "src_locations", "stageInfo", "sourceCompression", "autoCompress", "overwrite", "parallel", "encryptionMaterial"}
		if r.Data.StageInfo.Creds == nil || r.Data.StageInfo.Region == "" {
			t.Errorf("%s: stageInfo is %+v", sql, r.Data.StageInfo)
		}
	} else if r.Data.QueryResultFormat == "json" {
		need = append(need, "rowset")
	} else {
		need = append(need, "rowsetBase64")
	}
	for _, key := range need {
		if _, ok := answer.Data[key]; !ok {
			t.Errorf("%s: there is no %s", sql, key)
		}
	}
	for _, c := range r.Data.RowType {
		for _, key := range []string{"name", "type", "length", "precision", "scale", "nullable"} {
			if _, ok := c[key]; !ok {
				t.Errorf("%s: column %v has no %s", sql, c["name"], key)
			}
		}
	}
	if app == "JavaScript" && r.Data.QueryResultFormat == "arrow" {
		t.Errorf("%s: the Node driver reads no Arrow", sql)
	}
}

// packed is text as gzip has it.
func packed(t *testing.T, text string) string {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// frame is a file as pandas writes it, the index of its rows included.
func frame(t *testing.T) string {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "A", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "B", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "C", Type: arrow.PrimitiveTypes.Float64, Nullable: true}, {Name: "__index_level_0__", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 2}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"x", ""}, []bool{true, false})
	b.Field(2).(*array.Float64Builder).AppendValues([]float64{1.5, -2}, nil)
	b.Field(3).(*array.Int64Builder).AppendValues([]int64{7, 9}, nil)
	batch := b.NewRecordBatch()
	defer batch.Release()
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &buf, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}
