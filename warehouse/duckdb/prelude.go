package duckdb

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

//go:embed prelude.sql
var preludeSQL string

// prelude is the statements of prelude.sql. Macros name one another in full:
// their bodies are read in the place of whoever calls them.
var prelude = sync.OnceValue(func() []string {
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^create macro (\w+)\(`).FindAllStringSubmatch(preludeSQL, -1) {
		names = append(names, m[1])
	}
	text := regexp.MustCompile(`\b(`+strings.Join(names, "|")+`)\(`).ReplaceAllString(preludeSQL, rewrite.Macros+`.MAIN.$1(`)
	return strings.Split(strings.TrimSuffix(strings.TrimSpace(text), ";"), ";\n")
})

// addMacros makes the database of the macros that translations call.
func (w *Warehouse) addMacros(ctx context.Context) error {
	if err := errors.Join(w.admin.addNative(), w.admin.addGenerator(), w.admin.addRandomText(), w.admin.addRooms()); err != nil {
		return err
	}
	for _, sql := range append([]string{"attach ':memory:' as " + rewrite.Macros}, prelude()...) {
		if err := w.admin.exec(ctx, sql); err != nil {
			return fmt.Errorf("prelude: %.60s: %w", sql, err)
		}
	}
	return nil
}
