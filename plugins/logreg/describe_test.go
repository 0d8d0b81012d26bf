package logreg_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/logreg"
)

// Each key that the plugin describes is one that it reads: nonsense in it is
// refused by the key's name.
func TestDescribedKeysAreRead(t *testing.T) {
	d, err := logreg.New().Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, action := range d.Actions {
		for _, option := range action.Config {
			if option.Name == "artifact" { // Snowpit's own
				continue
			}
			seen++
			nonsense := map[string]any{"target": "KIND", option.Name: map[string]any{"no": "sense"}}
			call := plugins.Call{Model: "flowers", Config: nonsense}
			if action.Name == plugins.ActionTrain {
				err = logreg.New().Train(t.Context(), call, small(t, 0), &kept{})
			} else {
				err = logreg.New().Predict(t.Context(), call, unread{}, small(t, 0), &kept{})
			}
			var refused *plugins.Error
			if !errors.As(err, &refused) || !strings.HasPrefix(refused.Message, "config "+option.Name) {
				t.Errorf("to %s, nonsense in %s gives %v", action.Name, option.Name, err)
			}
			if option.Default != "" && !json.Valid([]byte(option.Default)) {
				t.Errorf("the default of %s is %s, no JSON", option.Name, option.Default)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d keys are described", seen)
	}
}

// unread is an artifact that nobody may read.
type unread struct{}

func (unread) Read([]byte) (int, error) { return 0, io.ErrNoProgress }
