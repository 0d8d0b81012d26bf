package graph

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Criterion is one term of a selection: the nodes that a method finds, and
// how far to go from them.
type Criterion struct {
	Method string // tag, path, fqn, ...; see [Methods]
	Arg    string // of config.KEY: the key, which may be dotted
	Value  string
	Up     int  // how many steps of needs to add; 0 for none, -1 for all
	Down   int  // likewise for what needs it
	Around bool // @: all below, and all those need

	// Indirect is which tests come along, as in [Selection]; "" for what the
	// selection says.
	Indirect string
}

// Methods are the ways to find nodes, sorted.
var Methods = []string{
	"access", "config", "exposure", "file", "fqn", "group", "metric", "package", "path", "resource_type", "result", "saved_query",
	"selector", "semantic_model", "source", "source_status", "state", "tag", "test_name", "test_type", "unit_test", "version",
}

// values are what the methods with a fixed set of values take.
var values = map[string][]string{
	"access":        {"private", "protected", "public"},
	"resource_type": ResourceTypes,
	"result":        {"error", "fail", "no-op", "partial success", "pass", "runtime error", "skipped", "success", "warn"},
	"source_status": {"fresher"},
	"state": {"modified", "modified.body", "modified.configs", "modified.contract", "modified.macros", "modified.persisted_descriptions",
		"modified.relation", "new", "old", "unmodified"},
	"test_type": {"data", "generic", "schema", "singular", "unit"},
	"version":   {"latest", "none", "old", "prerelease"},
}

// ParseCriterion reads one term, as a command line has it.
func ParseCriterion(text string) (Criterion, error) {
	c := Criterion{}
	bad := func(why string) (Criterion, error) {
		return c, fmt.Errorf("selection %q: %s", text, why)
	}
	rest, around := strings.CutPrefix(text, "@")
	c.Around = around
	if n, after, ok := strings.Cut(rest, "+"); ok && (n == "" || isNumber(n)) {
		c.Up, rest = steps(n), after
	}
	if i := strings.LastIndex(rest, "+"); i >= 0 && (i == len(rest)-1 || isNumber(rest[i+1:])) {
		c.Down, rest = steps(rest[i+1:]), rest[:i]
	}
	if around && (c.Up != 0 || c.Down != 0) {
		return bad("@ already means all below and what they need; leave out the +")
	}
	if method, value, ok := strings.Cut(rest, ":"); ok {
		c.Method, c.Arg, _ = strings.Cut(method, ".")
		rest = value
	} else {
		c.Method = guessMethod(rest)
	}
	c.Value = rest
	if err := c.Check(); err != nil {
		return bad(err.Error())
	}
	return c, nil
}

// Check says what is wrong with a criterion, if anything is.
func (c Criterion) Check() error {
	known := values[c.Method]
	switch {
	case !slices.Contains(Methods, c.Method):
		return fmt.Errorf("there is no method %s; the methods are %s", c.Method, strings.Join(Methods, ", "))
	case c.Value == "":
		return fmt.Errorf("it names nothing")
	case c.Method == "config" && c.Arg == "":
		return fmt.Errorf("config needs a key, as in config.materialized:table")
	case c.Method != "config" && c.Arg != "":
		return fmt.Errorf("%s takes no key: write %s:%s", c.Method, c.Method, c.Value)
	case known != nil && !slices.Contains(known, c.Value):
		return fmt.Errorf("there is no %s %s; it is one of %s", c.Method, c.Value, strings.Join(known, ", "))
	}
	return checkIndirect(c.Indirect)
}

func checkIndirect(mode string) error {
	if slices.Contains([]string{"", "eager", "cautious", "buildable", "empty"}, mode) {
		return nil
	}
	return fmt.Errorf("indirect selection %q: it is eager, cautious, buildable or empty", mode)
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil
}

// steps is how far a + goes: as far as the number beside it, or all the way.
func steps(n string) int {
	if k, err := strconv.Atoi(n); err == nil {
		return k
	}
	return -1
}

func guessMethod(value string) string {
	switch ext := path.Ext(value); {
	case strings.Contains(value, "/"):
		return "path"
	case ext == ".sql" || ext == ".csv" || ext == ".py":
		return "file"
	}
	return "fqn"
}
