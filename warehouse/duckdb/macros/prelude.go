package macros

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/prebuilt"
)

//go:embed prelude.sql
var preludeSQL string

// prelude is the statements of prelude.sql. Macros name one another in full:
// their bodies are read in the place of whoever calls them.
var prelude = sync.OnceValue(func() []string {
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^create macro (\w+)\(`).FindAllStringSubmatch(preludeSQL, -1) {
		names[m[1]] = true
	}
	text := regexp.MustCompile(`\w+\(`).ReplaceAllStringFunc(preludeSQL, func(call string) string {
		if names[strings.TrimSuffix(call, "(")] {
			return rewrite.Macros + ".MAIN." + call
		}
		return call
	})
	return strings.Split(strings.TrimSuffix(strings.TrimSpace(text), ";"), ";\n")
})

// Add makes them known to a DuckDB instance, by way of one of its connections:
// the functions, and the macros in an attached database of their own, whose file
// the folder keeps. It is done once for an instance, before anything else runs.
func Add(ctx context.Context, c *engine.Conn, folder string) error {
	if err := errors.Join(addNative(c), addGenerator(c), addRandomText(c), addRooms(c), addJavaScript(c)); err != nil {
		return err
	}
	if err := prebuilt.Attach(ctx, c, folder, rewrite.Macros, prelude()); err != nil {
		return fmt.Errorf("prelude: %w", err)
	}
	return nil
}
