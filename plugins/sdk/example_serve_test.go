package sdk_test

import (
	"context"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// echo can do nothing yet, but snowpit plugin describe echo shows it.
type echo struct{}

func (echo) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: "echo", Version: "0.1.0", Summary: "will hand rows on"}, nil
}

// The main function of a plugin, and the least that it can serve.
func ExampleServe() {
	sdk.Serve(echo{})
}
