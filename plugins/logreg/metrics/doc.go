// Package metrics says how good a classifier's answers are: accuracy, balanced
// accuracy, log loss, and precision, recall and F1 of each class, as
// scikit-learn 1.2.1 defines them.
//
// It also has the figure the Formula 1 lab calls balanced accuracy
// ([Counter.Lab]), for comparison with the lab; it means nothing with three
// classes.
package metrics
