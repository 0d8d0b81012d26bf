package split

import (
	"errors"
	"fmt"
	"math"
)

// Options are the arguments of train_test_split. The zero value takes a
// quarter of the rows as the test set, shuffled with random state 0.
type Options struct {
	Train, Test Size   // unset: what the other one leaves; both unset: a test set of 0.25
	RandomState uint32 // the seed
	NoShuffle   bool   // shuffle=False: the first rows train, the next test

	// Stratify has each row's class, from 0 and numbered in sorted order, and
	// keeps the classes' shares in both sets. Nil does not stratify.
	Stratify []uint16
}

// A Size is how much of the rows a set takes: a fraction or a count. The zero
// Size is unset.
type Size struct {
	fraction float64
	count    int
	kind     uint8
}

const (
	unset uint8 = iota
	fraction
	count
)

// Fraction is a share of the rows, above 0 and below 1.
func Fraction(f float64) Size { return Size{fraction: f, kind: fraction} }

// Count is a number of rows, above 0 and below the number of all rows.
func Count(n int) Size { return Size{count: n, kind: count} }

func (s Size) String() string {
	switch s.kind {
	case fraction:
		return fmt.Sprint(s.fraction)
	case count:
		return fmt.Sprint(s.count)
	}
	return "unset"
}

// ErrSize is a size that cannot be had from the rows there are. Test with
// [errors.Is].
var ErrSize = errors.New("no such split")

// Rows returns the row numbers, from 0, of the training and the test set of n
// rows, in scikit-learn's order. Rows that neither size takes are in neither.
// n is below 2^31.
func Rows(n int, o Options) (train, test []int32, err error) {
	if n < 0 || n > math.MaxInt32 {
		return nil, nil, fmt.Errorf("%w: %d rows, of at most %d", ErrSize, n, math.MaxInt32)
	}
	nTrain, nTest, err := o.sizes(n)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case o.NoShuffle && o.Stratify != nil:
		return nil, nil, fmt.Errorf("%w: stratify needs shuffle", ErrSize)
	case o.NoShuffle:
		rows := make([]int32, nTrain+nTest)
		for i := range rows {
			rows[i] = int32(i)
		}
		return rows[:nTrain], rows[nTrain:], nil
	case o.Stratify != nil:
		return stratified(newTwister(o.RandomState), o.Stratify, nTrain, nTest)
	}
	rows := newTwister(o.RandomState).permutation(n)
	return rows[nTest : nTest+nTrain], rows[:nTest], nil
}

// sizes is _validate_shuffle_split: a test fraction rounds up, a train
// fraction down.
func (o Options) sizes(n int) (train, test int, err error) {
	train, err = o.Train.rows("train_size", n, math.Floor)
	if err != nil {
		return 0, 0, err
	}
	want := o.Test
	if want.kind == unset && o.Train.kind == unset {
		want = Fraction(0.25)
	}
	test, err = want.rows("test_size", n, math.Ceil)
	if err != nil {
		return 0, 0, err
	}
	if o.Train.kind == fraction && want.kind == fraction && o.Train.fraction+want.fraction > 1 {
		return 0, 0, fmt.Errorf("%w: train_size %v and test_size %v are more than 1 together", ErrSize, o.Train, want)
	}
	switch {
	case o.Train.kind == unset:
		train = n - test
	case want.kind == unset:
		test = n - train
	}
	if train+test > n {
		return 0, 0, fmt.Errorf("%w: train_size %v and test_size %v are %d rows together, and there are %d", ErrSize, o.Train, want, train+test, n)
	}
	if train == 0 {
		return 0, 0, fmt.Errorf("%w: train_size %v and test_size %v leave no training rows of %d", ErrSize, o.Train, want, n)
	}
	return train, test, nil
}

func (s Size) rows(name string, n int, round func(float64) float64) (int, error) {
	switch s.kind {
	case fraction:
		if !(s.fraction > 0 && s.fraction < 1) {
			return 0, fmt.Errorf("%w: %s is %v; a fraction is above 0 and below 1", ErrSize, name, s.fraction)
		}
		return int(round(s.fraction * float64(n))), nil
	case count:
		if s.count <= 0 || s.count >= n {
			return 0, fmt.Errorf("%w: %s is %d; a count is above 0 and below the %d rows there are", ErrSize, name, s.count, n)
		}
		return s.count, nil
	}
	return 0, nil
}
