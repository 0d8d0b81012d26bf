package logreg

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/logreg/split"
)

// trainConfig is the config of a model that trains.
type trainConfig struct {
	target      string
	features    []string // nil: all columns but the target
	c           float64
	balanced    bool
	weights     map[string]float64 // by label, as text; nil: none
	noIntercept bool
	maxIter     int
	tol         float64
	split       *splitConfig // nil: all rows train
}

type splitConfig struct {
	split.Options
	all      bool // train_size=1.0
	stratify string
}

// settings reads config keys and keeps the first fault.
type settings struct {
	values map[string]any
	within string // "split." or ""
	err    error
}

func (s *settings) refuse(key, format string, args ...any) {
	if s.err == nil {
		s.err = refusal("config %s%s: "+format, append([]any{s.within, key}, args...)...)
	}
}

func refusal(format string, args ...any) *plugins.Error {
	return &plugins.Error{Message: fmt.Sprintf(format, args...)}
}

func (s *settings) text(key string) string {
	v, ok := s.values[key]
	if !ok || v == nil {
		return ""
	}
	text, ok := v.(string)
	if !ok || text == "" {
		s.refuse(key, "%s is not a name", show(v))
	}
	return text
}

func (s *settings) flag(key string, otherwise bool) bool {
	v, ok := s.values[key]
	if !ok || v == nil {
		return otherwise
	}
	on, ok := v.(bool)
	if !ok {
		s.refuse(key, "%s is neither true nor false", show(v))
	}
	return on
}

func (s *settings) positive(key string, otherwise float64) float64 {
	v, ok := s.values[key]
	if !ok || v == nil {
		return otherwise
	}
	x, ok := float(v)
	if !ok || !(x > 0) || math.IsInf(x, 0) {
		s.refuse(key, "%s is not a number above 0", show(v))
	}
	return x
}

func (s *settings) integer(key string, low, high, otherwise int64) int64 {
	v, ok := s.values[key]
	if !ok || v == nil {
		return otherwise
	}
	n, isNumber := v.(json.Number)
	i, err := n.Int64()
	if !isNumber || err != nil || i < low || i > high {
		s.refuse(key, "%s is not a whole number from %d to %d", show(v), low, high)
		return otherwise
	}
	return i
}

func (s *settings) names(key string) []string {
	v, ok := s.values[key]
	if !ok || v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		s.refuse(key, "%s is not a list of column names", show(v))
	}
	var names []string
	for _, item := range list {
		name, ok := item.(string)
		if !ok {
			s.refuse(key, "%s is not a column name", show(item))
		}
		names = append(names, name)
	}
	return names
}

func float(v any) (float64, bool) {
	n, ok := v.(json.Number)
	x, err := n.Float64()
	return x, ok && err == nil
}

func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

func readTrainConfig(values map[string]any) (*trainConfig, error) {
	s := &settings{values: values}
	c := &trainConfig{
		target:      s.text("target"),
		features:    s.names("features"),
		c:           s.positive("C", 1),
		noIntercept: !s.flag("fit_intercept", true),
		maxIter:     int(s.integer("max_iter", 1, math.MaxInt32, 200)),
		tol:         s.positive("tol", 1e-12),
	}
	if c.target == "" {
		s.refuse("target", "missing; name the column to predict, such as target='LABEL'")
	}
	s.weights(c)
	if v := values["split"]; v != nil {
		c.split = s.split(v)
	}
	return c, s.err
}

func (s *settings) weights(c *trainConfig) {
	switch v := s.values["class_weight"].(type) {
	case nil:
	case string:
		if c.balanced = v == "balanced"; !c.balanced {
			s.refuse("class_weight", "%q is neither 'balanced' nor a map from labels to weights", v)
		}
	case map[string]any:
		c.weights = map[string]float64{}
		for _, label := range slices.Sorted(maps.Keys(v)) {
			x, ok := float(v[label])
			if !ok || !(x >= 0) || math.IsInf(x, 0) {
				s.refuse("class_weight", "the weight of %s is %s, not a number from 0 on", label, show(v[label]))
			}
			c.weights[label] = x
		}
	default:
		s.refuse("class_weight", "%s is neither 'balanced' nor a map from labels to weights", show(v))
	}
}

var splitKeys = []string{"random_state", "shuffle", "stratify", "test_size", "train_size"}

func (s *settings) split(v any) *splitConfig {
	values, ok := v.(map[string]any)
	if !ok {
		s.refuse("split", "%s is not a map such as {'train_size': 0.7, 'random_state': 42}", show(v))
		return nil
	}
	in := &settings{values: values, within: "split."}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(splitKeys, key) {
			in.refuse(key, "no such key; there are %s%s", strings.Join(splitKeys, ", "), didYouMean(key, splitKeys))
		}
	}
	c := &splitConfig{}
	c.RandomState = uint32(in.integer("random_state", 0, math.MaxUint32, 0))
	c.NoShuffle = !in.flag("shuffle", true)
	c.Train, c.all = in.size("train_size")
	c.Test, _ = in.size("test_size")
	if c.all && values["test_size"] != nil {
		in.refuse("test_size", "train_size=1.0 leaves no test rows; leave test_size out")
	}
	switch on := values["stratify"].(type) {
	case nil:
	case bool:
		if on {
			c.stratify = "true"
		}
	case string:
		c.stratify = on
	default:
		in.refuse("stratify", "%s is neither true nor the target's name", show(on))
	}
	if s.err == nil {
		s.err = in.err
	}
	return c
}

// size reads a fraction (with a point or an exponent) or a count. all is for
// the fraction 1.0.
func (s *settings) size(key string) (size split.Size, all bool) {
	v := s.values[key]
	if v == nil {
		return split.Size{}, false
	}
	x, ok := float(v)
	switch {
	case !ok:
		s.refuse(key, "%s is neither a fraction nor a count of rows", show(v))
	case strings.ContainsAny(v.(json.Number).String(), ".eE"):
		if all = x == 1 && key == "train_size"; !all && !(x > 0 && x < 1) {
			s.refuse(key, "%s is out of range; a fraction is above 0 and below 1 (train_size may be 1.0), a count has no point", show(v))
		}
		return split.Fraction(x), all
	case x < 1 || x > math.MaxInt32:
		s.refuse(key, "%s is out of range; a count is at least 1, a fraction is above 0 and below 1", show(v))
	default:
		return split.Count(int(x)), false
	}
	return split.Size{}, false
}

// didYouMean suggests the key that is at most two edits away.
func didYouMean(got string, keys []string) string {
	for _, key := range keys {
		if edits(strings.ToLower(got), key) <= 2 {
			return "; did you mean " + strconv.Quote(key) + "?"
		}
	}
	return ""
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
