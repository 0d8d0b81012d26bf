package dir_test

import (
	"fmt"
	"testing"
)

// BenchmarkList lists a stage of 1,000 objects.
func BenchmarkList(b *testing.B) {
	_, s := open(b, b.TempDir())
	for i := range 1000 {
		put(b, s, fmt.Sprintf("driver_position_1.0/part_%03d.json", i), "{}")
	}
	for b.Loop() {
		if n := len(objects(b, s)); n != 1000 {
			b.Fatal(n)
		}
	}
}
