package duckdb_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// A corpus file has cases of one family. A line that begins with # is a
// comment, such as the page of Snowflake's documentation that the values below
// are from; one with > is a statement, which goes on in lines that begin with
// two spaces. What follows is the rows, cells apart by |, or !CODE for a
// refusal with that number. An empty line ends a case; statements of one file
// share a session.
type corpusCase struct {
	file string
	line int
	sql  string
	want []string
}

func readCorpus(t *testing.T, path string) []corpusCase {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var cases []corpusCase
	var c *corpusCase
	in := bufio.NewScanner(file)
	for n := 1; in.Scan(); n++ {
		text := in.Text()
		switch {
		case strings.HasPrefix(text, "> "):
			cases = append(cases, corpusCase{file: filepath.Base(path), line: n, sql: text[2:]})
			c = &cases[len(cases)-1]
		case strings.HasPrefix(text, "#"), text == "":
			c = nil
		case c == nil:
			t.Fatalf("%s:%d: %q belongs to no statement", path, n, text)
		case strings.HasPrefix(text, "  ") && c.want == nil:
			c.sql += "\n" + text
		default:
			c.want = append(c.want, text)
		}
	}
	if in.Err() != nil {
		t.Fatal(in.Err())
	}
	return cases
}

// known are the cases that do not hold yet, FILE:LINE, with the reason. The
// list can only shrink: a case that heals fails the test until it is deleted.
var knownCases = map[string]string{
	"statements.sql:109": "a row with too few values is refused under a general number",
}

// TestCorpus runs Snowflake's SQL and compares what comes out with what its
// documentation says.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/corpus/*.sql")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files found, error %v; is the corpus gone?", len(files), err)
	}
	w, n := open(t, duckdb.Config{}), 0
	for _, path := range files {
		n += len(readCorpus(t, path))
	}
	if n < 250 {
		t.Errorf("%d cases; is the corpus gone?", n)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".sql"), func(t *testing.T) {
			s := session(t, w)
			for _, c := range readCorpus(t, path) {
				at := fmt.Sprintf("%s:%d", c.file, c.line)
				got := outcome(t, s, c.sql)
				why, listed := knownCases[at]
				switch same := strings.Join(got, "\n") == strings.Join(c.want, "\n"); {
				case listed && same:
					t.Errorf("%s: holds now; delete it from knownCases (%s)", at, why)
				case !listed && !same:
					t.Errorf("%s: %s\nwant %q\ngot  %q", at, c.sql, c.want, got)
				}
			}
		})
	}
}

// outcome is a statement's rows as text, or its error's number.
func outcome(t *testing.T, s warehouse.Session, sql string) []string {
	res, err := s.Query(t.Context(), sql)
	var lines []string
	if err == nil {
		for batch, batchErr := range res.Batches() {
			if err = batchErr; err != nil {
				break
			}
			for i := range int(batch.NumRows()) {
				cells := make([]string, batch.NumCols())
				for j, col := range batch.Columns() {
					cells[j] = cell(col, i)
				}
				lines = append(lines, strings.Join(cells, "|"))
			}
		}
		res.Close()
	}
	var e *warehouse.Error
	switch {
	case err == nil && res.Kind != "SELECT":
		return nil
	case errors.As(err, &e):
		return []string{fmt.Sprintf("!%d", e.Code)}
	case err != nil:
		return []string{"error " + err.Error()}
	}
	return lines
}

// cell is a value as Snowflake's clients show it.
func cell(col arrow.Array, i int) string {
	if col.IsNull(i) {
		return "NULL"
	}
	switch col := col.(type) {
	case *array.Float64:
		return strconv.FormatFloat(col.Value(i), 'g', -1, 64)
	case *array.Timestamp:
		return strings.TrimSuffix(col.Value(i).ToTime(col.DataType().(*arrow.TimestampType).Unit).Format("2006-01-02 15:04:05.000"), ".000")
	case *array.Time64:
		return strings.TrimSuffix(col.Value(i).ToTime(col.DataType().(*arrow.Time64Type).Unit).Format("15:04:05.000"), ".000")
	case *array.Date32:
		return col.Value(i).ToTime().Format(time.DateOnly)
	case *array.Decimal128:
		return col.Value(i).ToString(col.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Binary:
		return strings.ToUpper(fmt.Sprintf("%x", col.Value(i)))
	}
	return col.ValueStr(i)
}
