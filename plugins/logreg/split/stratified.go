package split

import (
	"fmt"
	"math"
	"slices"
)

// stratified is StratifiedShuffleSplit with one split.
func stratified(rng *twister, classes []uint16, nTrain, nTest int) (train, test []int32, err error) {
	members := byClass(classes)
	counts := make([]int, len(members))
	for c, rows := range members {
		counts[c] = len(rows)
		if len(rows) < 2 {
			return nil, nil, fmt.Errorf("%w: class %d has %d row; stratify needs two of each class", ErrSize, c, len(rows))
		}
	}
	for _, set := range []struct {
		name string
		rows int
	}{{"train", nTrain}, {"test", nTest}} {
		if set.rows < len(counts) {
			return nil, nil, fmt.Errorf("%w: %d %s rows cannot hold all %d classes, as stratify asks", ErrSize, set.rows, set.name, len(counts))
		}
	}
	takeTrain := approximateMode(rng, counts, nTrain)
	for c := range counts {
		counts[c] -= takeTrain[c]
	}
	takeTest := approximateMode(rng, counts, nTest)
	for c, rows := range members {
		order := rng.permutation(len(rows))
		for i, at := range order[:takeTrain[c]+takeTest[c]] {
			if i < takeTrain[c] {
				train = append(train, rows[at])
			} else {
				test = append(test, rows[at])
			}
		}
	}
	rng.shuffle(train)
	rng.shuffle(test)
	return train, test, nil
}

// byClass lists the rows of each class in row order.
func byClass(classes []uint16) [][]int32 {
	var members [][]int32
	for row, c := range classes {
		for int(c) >= len(members) {
			members = append(members, nil)
		}
		members[c] = append(members[c], int32(row))
	}
	return members
}

// approximateMode shares draws out among classes of the given sizes, as
// sklearn.utils._approximate_mode does: rounded down first, then the largest
// remainders one more each, ties by lot.
func approximateMode(rng *twister, counts []int, draws int) []int {
	total := 0
	for _, n := range counts {
		total += n
	}
	share := make([]int, len(counts))
	remainder := make([]float64, len(counts))
	left := draws
	for c, n := range counts {
		exact := float64(n) / float64(total) * float64(draws)
		floor := math.Floor(exact)
		share[c], remainder[c] = int(floor), exact-floor
		left -= share[c]
	}
	values := slices.Clone(remainder)
	slices.Sort(values)
	values = slices.Compact(values)
	for _, v := range slices.Backward(values) {
		if left <= 0 {
			break
		}
		var tied []int
		for c, r := range remainder {
			if r == v {
				tied = append(tied, c)
			}
		}
		add := min(len(tied), left)
		for _, i := range rng.permutation(len(tied))[:add] {
			share[tied[i]]++
		}
		left -= add
	}
	return share
}
