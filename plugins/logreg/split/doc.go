// Package split divides rows into a training and a test set exactly as
// scikit-learn's train_test_split does: the same rows, in the same order, for
// the same sizes and the same random state.
//
// The order comes from NumPy's legacy generator, the Mersenne Twister of
// numpy.random.RandomState, whose stream NumPy keeps unchanged for good. The
// rules of rounding and the stratified draw are those of scikit-learn 1.2.1
// (sklearn/model_selection/_split.py).
package split
