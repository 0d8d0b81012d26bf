package split_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/plugins/logreg/split"
)

// A golden is one answer of scikit-learn; testdata/golden.py writes them.
type golden struct {
	N           int
	RandomState uint32       `json:"random_state"`
	Shuffle     bool         `json:"shuffle"`
	TrainSize   *json.Number `json:"train_size"`
	TestSize    *json.Number `json:"test_size"`
	Classes     int          `json:"classes"`
	Skew        int          `json:"skew"`
	Train, Test rows
	Refused     string
}

type rows struct {
	Rows   []int32
	SHA256 string
	Count  int
}

func (g golden) options(t *testing.T) split.Options {
	return split.Options{
		Train: size(t, g.TrainSize), Test: size(t, g.TestSize),
		RandomState: g.RandomState, NoShuffle: !g.Shuffle, Stratify: g.stratify(),
	}
}

func size(t *testing.T, n *json.Number) split.Size {
	switch {
	case n == nil:
		return split.Size{}
	case strings.Contains(n.String(), "."):
		f, err := n.Float64()
		if err != nil {
			t.Fatal(err)
		}
		return split.Fraction(f)
	}
	i, err := n.Int64()
	if err != nil {
		t.Fatal(err)
	}
	return split.Count(int(i))
}

// stratify makes the classes that golden.py makes, numbered without gaps.
func (g golden) stratify() []uint16 {
	if g.Classes == 0 {
		return nil
	}
	y := make([]int, g.N)
	for i := range y {
		y[i] = min(g.Classes-1, (i*31%97)*g.Classes/140)
		if g.Skew == 0 {
			y[i] = ((i*i*7 + i*13) % 101) * g.Classes / 101
		}
	}
	distinct := slices.Clone(y)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	out := make([]uint16, g.N)
	for i, v := range y {
		at, _ := slices.BinarySearch(distinct, v)
		out[i] = uint16(at)
	}
	return out
}

func (r rows) diff(got []int32) string {
	if r.SHA256 == "" {
		return cmp.Diff(append([]int32{}, r.Rows...), append([]int32{}, got...))
	}
	h := sha256.New()
	for _, row := range got {
		h.Write(binary.LittleEndian.AppendUint32(nil, uint32(row)))
	}
	if sum := hex.EncodeToString(h.Sum(nil)); sum != r.SHA256 || len(got) != r.Count {
		return fmt.Sprintf("%d rows of SHA-256 %s, want %d of %s", len(got), sum, r.Count, r.SHA256)
	}
	return ""
}

func TestRowsAreScikitLearns(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []golden
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 200 {
		t.Fatalf("%d cases, error %v; is the corpus gone?", len(cases), err)
	}
	for i, g := range cases {
		train, test, err := split.Rows(g.N, g.options(t))
		if g.Refused != "" {
			if !errors.Is(err, split.ErrSize) {
				t.Errorf("case %d: error %v; scikit-learn says %q", i, err, g.Refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("case %d: %v", i, err)
		} else if d := g.Train.diff(train) + g.Test.diff(test); d != "" {
			t.Errorf("case %d (%d rows, seed %d):\n%s", i, g.N, g.RandomState, d)
		}
	}
}

func TestRowsRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
		o    split.Options
		want string
	}{
		{"no rows", 0, split.Options{}, "no training rows"},
		{"one", 10, split.Options{Train: split.Fraction(1)}, "train_size is 1; a fraction is above 0 and below 1"},
		{"above one", 10, split.Options{Train: split.Fraction(1.5)}, "train_size is 1.5"},
		{"not a number", 10, split.Options{Test: split.Fraction(math.NaN())}, "test_size is NaN"},
		{"negative", 10, split.Options{Test: split.Count(-1)}, "test_size is -1"},
		{"all rows", 10, split.Options{Test: split.Count(10)}, "below the 10 rows"},
		{"too much", 10, split.Options{Train: split.Fraction(0.6), Test: split.Fraction(0.6)}, "more than 1 together"},
		{"too many", 10, split.Options{Train: split.Count(6), Test: split.Count(6)}, "12 rows together"},
		{"stratify in order", 4, split.Options{NoShuffle: true, Stratify: []uint16{0, 0, 1, 1}}, "stratify needs shuffle"},
		{"lone class", 4, split.Options{Stratify: []uint16{0, 0, 0, 1}}, "needs two of each class"},
		{"more rows than int32", math.MaxInt32 + 1, split.Options{}, "of at most"},
	} {
		_, _, err := split.Rows(c.n, c.o)
		if !errors.Is(err, split.ErrSize) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func ExampleRows() {
	train, test, _ := split.Rows(10, split.Options{Train: split.Fraction(0.7), RandomState: 42})
	fmt.Println(train, test)
	// Output: [0 7 2 9 4 3 6] [8 1 5]
}
