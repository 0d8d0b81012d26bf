package logreg

import (
	"context"

	"github.com/snowpit-dev/snowpit/plugins"
)

// datasetColumn is the column that training adds.
const datasetColumn = "DATASET_TYPE"

// A Plugin trains and predicts. Its zero value works, and several goroutines
// may use it at once.
type Plugin struct{}

// New returns the plugin.
func New() *Plugin { return &Plugin{} }

var (
	_ plugins.Plugin    = (*Plugin)(nil)
	_ plugins.Trainer   = (*Plugin)(nil)
	_ plugins.Predictor = (*Plugin)(nil)
)

// Describe names the actions and their config keys.
func (*Plugin) Describe(context.Context) (plugins.Description, error) {
	return plugins.Description{
		Name:    "logreg",
		Version: Version,
		Summary: "multinomial logistic regression, at scikit-learn's optimum",
		Actions: []plugins.Action{
			{Name: plugins.ActionTrain, Doc: "fit to the query's rows, write the artifact, return the rows with " + datasetColumn, Config: []plugins.Option{
				{Name: "target", Doc: "the column to predict: text, integer or boolean", Required: true},
				{Name: "artifact", Doc: "where on a stage the model goes", Required: true},
				{Name: "features", Doc: "list of column names; all columns but the target, if left out"},
				{Name: "split", Doc: "map as of scikit-learn's train_test_split: train_size and test_size (a fraction such as 0.7, or a count such as 900), random_state (0), shuffle (true), stratify (false); all rows train, if left out"},
				{Name: "C", Doc: "number above 0: the inverse strength of the L2 penalty", Default: "1.0"},
				{Name: "class_weight", Doc: "'balanced', or a map from labels to weights; each class weighs 1, if left out"},
				{Name: "fit_intercept", Doc: "true or false: whether each class has an intercept, which is not penalised", Default: "true"},
				{Name: "max_iter", Doc: "whole number: Newton steps at most", Default: "200"},
				{Name: "tol", Doc: "number above 0: how far the objective may be from its optimum, as a fraction of it", Default: "1e-12"},
			}},
			{Name: plugins.ActionPredict, Doc: "return the query's rows with the predicted label", Config: []plugins.Option{
				{Name: "artifact", Doc: "where on a stage the model is", Required: true},
				{Name: "output", Doc: "name of the column of predicted labels; TARGET_PREDICTED after the target's name, if left out"},
				{Name: "probabilities", Doc: "true or false: whether there is also a column PROBABILITY_LABEL for each class", Default: "false"},
			}},
		},
	}, nil
}
