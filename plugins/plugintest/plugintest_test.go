package plugintest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/snowpit-dev/snowpit/plugins/plugintest"
)

// TestRun is the kit on a plugin that keeps every promise, in as few lines as
// one can.
func TestRun(t *testing.T) {
	plugintest.Run(t, be("well"), nil)
}

// What a plugin does not say it can do is passed over.
func TestRunPart(t *testing.T) {
	if err := plugintest.Check(t.Context(), be("trains only")); err != nil {
		t.Error(err)
	}
	s := be("predicts only")
	s.Artifact = []byte(`{"format":"kit"}`)
	if err := plugintest.Check(t.Context(), s); err != nil {
		t.Error(err)
	}
}

// A known fault is passed over while it is there.
func TestRunKnown(t *testing.T) {
	plugintest.Run(t, be("panics on nulls"), map[string]string{
		"train on odd rows": "it adds what is not there", "predict odd rows": "it adds what is not there",
	})
}

// The plugin that comes with Snowpit, over the wire.
func TestLogreg(t *testing.T) {
	plugintest.Run(t, be("logreg"), nil)
}

// The plugin that authors copy, built as they build it.
func TestExample(t *testing.T) {
	file := filepath.Join(t.TempDir(), "snowpit-plugin-centroid")
	if out, err := exec.Command("go", "build", "-o", file, "../sdk/example/centroid").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	plugintest.Run(t, plugintest.Subject{Command: []string{file}}, nil)
}

// The kit is worth nothing if it passes a plugin that breaks a promise: each
// one has a plugin that breaks it.
func TestCatches(t *testing.T) {
	breakers := map[string][]string{
		"starts":                        {"noise", "version", "mute", "missing"},
		"refuses to run by hand":        {"no cookie"},
		"speaks TLS to its host alone":  {"no TLS"},
		"ends when asked":               {"stays"},
		"ends with its host":            {"outlives"},
		"describes itself":              {"nameless", "no actions", "odd action", "odd default", "silent key", "same key"},
		"train":                         {"no artifact", "no rows", "crash", "fails"},
		"train again":                   {"once"},
		"train ends with its context":   {"deaf to stop"},
		"predict":                       {"no scores", "crash", "artifact from predict"},
		"predict streams":               {"gathers"},
		"predict no rows":               {"no empty batch"},
		"train without a key":           {"takes anything", "plain errors"},
		"train with any config":         {"panics on config"},
		"train on no rows":              {"panics on no rows"},
		"train on odd rows":             {"panics on nulls"},
		"predict odd rows":              {"panics on nulls"},
		"predict with another artifact": {"any artifact", "plain artifact errors"},
		"lacks an action":               {"crashes on predict"},
	}
	for _, promise := range plugintest.Promises() {
		if len(breakers[promise]) == 0 {
			t.Errorf("no plugin breaks %q", promise)
		}
		for _, how := range breakers[promise] {
			t.Run(promise+"/"+how, func(t *testing.T) {
				t.Parallel()
				err := plugintest.CheckOne(t.Context(), promise, be(how))
				if err == nil {
					t.Error("the kit found nothing wrong")
				}
				t.Log(err)
			})
		}
		delete(breakers, promise)
	}
	for promise := range breakers {
		t.Errorf("%q is no promise", promise)
	}
}

// Check tells every broken promise, by name and rule.
func TestCheck(t *testing.T) {
	err := plugintest.Check(t.Context(), be("panics on nulls"))
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 2 {
		t.Errorf("it tells %v", err)
	}
}

// be is this test binary as a plugin.
func be(how string) plugintest.Subject {
	if how == "missing" {
		return plugintest.Subject{Command: []string{"/nowhere/snowpit-plugin-missing"}}
	}
	return plugintest.Subject{Command: []string{os.Args[0], "be-plugin", how}}
}
