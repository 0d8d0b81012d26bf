package conformance

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
)

// bucketed are the tests of external stages. Their bucket is one that the emulator
// has, with the file that one of them reads; who they say they are matters to
// nobody there.
var bucketed = []string{"TestPutLoadFromUserStage", "TestPutLocalFile", "TestLoadS3"}

// owner is what these tests are told.
var owner = []string{"CLOUD_PROVIDER=AWS", "SF_AWS_USER_BUCKET=conformance/reg", "AWS_ACCESS_KEY_ID=nobody", "AWS_SECRET_ACCESS_KEY=secret"}

// tweets is a file of the table of 61 columns that TestLoadS3 fills, the first of
// which is a time and the others may be empty.
var tweets = "created_at" + strings.Repeat(",c", 60) + "\n" + "2014-01-01 12:00:00,1,\"1\",\"a text, with a comma\"" + strings.Repeat(",", 57) + "\n"

// fillBuckets makes the buckets.
func fillBuckets(t *testing.T, volume stage.Volume) {
	for root, files := range map[string]map[string]string{"s3://conformance": nil, "s3://sfc-eng-data": {"twitter/O1k/tweets/1.csv.gz": tweets}} {
		u, _ := stage.ParseURL(root)
		if err := volume.Create(t.Context(), u.Name(), ""); err != nil {
			t.Fatal(err)
		}
		st, err := volume.Stage(t.Context(), u.Name())
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			if _, err := st.Put(t.Context(), name, zipped(text), stage.PutOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// zipped is text as gzip has it.
func zipped(text string) *bytes.Buffer {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text)) // to memory
	z.Close()
	return &b
}
