package resultcache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/resultcache"
)

// add keeps a result of one text of that many megabytes.
func add(c *resultcache.Cache, id string, megabytes int) {
	columns := listing.Texts("T")
	batch := listing.Batch(columns, [][]any{{strings.Repeat("x", megabytes<<20)}})
	defer batch.Release()
	c.Add(id, columns, batch.Schema(), []arrow.RecordBatch{batch})
}

// TestCache keeps results until they are too many, and none that is too large.
func TestCache(t *testing.T) {
	var c resultcache.Cache
	defer c.Close()
	for i := range 4 {
		add(&c, fmt.Sprint(i), 10)
	}
	for id, want := range map[string]bool{"0": false, "1": true, "2": true, "3": true, "4": false} {
		if got := c.Find(id) != nil; got != want {
			t.Errorf("result %s is kept: %t, want %t", id, got, want)
		}
	}
	if r := c.Find("3"); r == nil || r.TooBig || len(r.Batches) != 1 || len(r.Batches[0].Column(0).String()) < 10<<20 {
		t.Error("the last result is not whole")
	}
	add(&c, "large", 17)
	if r := c.Find("large"); r == nil || !r.TooBig || r.Batches != nil {
		t.Errorf("of a result of 17 MB there is %+v", r)
	}
}

// TestQuery counts a session's statements from both ends, as LAST_QUERY_ID does.
func TestQuery(t *testing.T) {
	var c resultcache.Cache
	for _, id := range []string{"a", "b", "c"} {
		c.Note(id)
	}
	for n, want := range map[int]string{1: "a", 3: "c", -1: "c", -3: "a", 0: "", 4: "", -4: ""} {
		if got := c.Query(n); got != want {
			t.Errorf("statement %d is %q, want %q", n, got, want)
		}
	}
}
