package plugins_test

import (
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/plugins"
)

// What a plugin refuses because of its input is told apart from a plugin that
// broke, and says where the fault is.
func ExampleError() {
	train := func() error {
		return fmt.Errorf("plugin logreg, model podium: %w", &plugins.Error{
			Message: "feature GRID: 3 nulls, the first in row 17; filter such rows or fill them in", Column: "GRID", Row: 17,
		})
	}
	err := train()
	var refused *plugins.Error
	switch {
	case errors.As(err, &refused):
		fmt.Println(err)
		fmt.Printf("look at column %s, row %d\n", refused.Column, refused.Row)
	case errors.Is(err, plugins.ErrCrashed), errors.Is(err, plugins.ErrTimeout), errors.Is(err, plugins.ErrProtocol):
		fmt.Println("the plugin broke:", err)
	}
	// Output:
	// plugin logreg, model podium: feature GRID: 3 nulls, the first in row 17; filter such rows or fill them in
	// look at column GRID, row 17
}
