// Package fit finds the coefficients of a multinomial logistic regression: the
// optimum of scikit-learn's objective, not a point on the way there.
//
// [Fit] minimises, over coefficients w and intercepts b,
//
//	sum over rows of weight(class) * cross-entropy + ‖w‖²/(2C)
//
// which has the same optimum as scikit-learn's C * sum + ‖w‖²/2, and equals
// the function scikit-learn 1.2.1 minimises (l2_reg_strength = 1/C in
// sklearn/linear_model/_logistic.py). Intercepts are free. With two classes
// there is one vector of coefficients, for the second class, as with
// scikit-learn's default multi_class='auto'; with more there is one for each
// class and they sum to zero.
//
// # How
//
// Columns are centred and scaled while they are read, and the penalty is
// scaled with them, so the answer is that of the raw columns. Newton's method
// with a line search does the rest; problems with many coefficients solve
// Newton's equation by conjugate gradients. Nothing but one block of rows for
// each thread is copied.
//
// # Determinism
//
// Rows are taken in fixed blocks and partial sums are added in a fixed order,
// so the same rows give the same bits whatever the number of threads.
package fit
