// Package logreg is Snowpit's built-in plugin for multinomial logistic
// regression: train fits scikit-learn's LogisticRegression objective to its
// optimum and writes the model as JSON, predict scores rows with it.
//
// [New] gives a plugin to serve; this package knows nothing of how it is
// served. The parts that are about numbers alone have packages of their own:
// [github.com/snowpit-dev/snowpit/plugins/logreg/split],
// [github.com/snowpit-dev/snowpit/plugins/logreg/fit] and
// [github.com/snowpit-dev/snowpit/plugins/logreg/metrics].
//
// # Train
//
// The rows' columns are features (integers, floats, decimals, booleans) but
// for the target (text, integers, booleans). The rows come back in their
// order with a column DATASET_TYPE: train, test, or null for a row that the
// split leaves out. Without a split, or with train_size=1.0, every row trains
// and the metrics are those of the training rows; the artifact then says so.
// Rows are kept as the Arrow batches they came in, and nothing else as large
// is.
//
// # Predict
//
// The rows come back with the predicted label, in the target's type, in the
// column that output names, TARGET_PREDICTED by default; with
// probabilities=true also one column PROBABILITY_LABEL for each class. Equally
// likely classes go by the artifact's order. The features must be there by
// name, case aside, and of the kind of number they were trained with: any
// integer type, decimals without a fraction included, goes for any other.
//
// # The artifact
//
// One JSON object, the same bytes for the same rows and config; see [Artifact].
package logreg
