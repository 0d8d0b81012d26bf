package render

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// TestBlackboard has one template change what another has changed meanwhile:
// both changes stand.
func TestBlackboard(t *testing.T) {
	for _, c := range []struct{ name, was, mine, theirs, want string }{
		{"new keys", `{}`, `{"a": 1}`, `{"b": 2}`, `{"b": 2, "a": 1}`},
		{"the later wins", `{"n": 0}`, `{"n": 1}`, `{"n": 2}`, `{"n": 1}`},
		{"what is not changed does not", `{"n": 0, "m": 0}`, `{"n": 0, "m": 1}`, `{"n": 2, "m": 0}`, `{"n": 2, "m": 1}`},
		{"dicts in dicts", `{"d": {"x": {"n": 1}}}`, `{"d": {"x": {"n": 1, "a": 1}}}`, `{"d": {"x": {"n": 1, "b": 2}}}`, `{"d": {"x": {"n": 1, "b": 2, "a": 1}}}`},
		{"ends of lists", `{"l": [0]}`, `{"l": [0, 1]}`, `{"l": [0, 2, 3]}`, `{"l": [0, 2, 3, 1]}`},
		{"a list taken from", `{"l": [0, 1]}`, `{"l": [1]}`, `{"l": [0, 1, 2]}`, `{"l": [1]}`},
		{"a key that is gone", `{"a": 1, "b": 1}`, `{"b": 1}`, `{"a": 1, "b": 2}`, `{"b": 2}`},
		{"another kind", `{"a": [1]}`, `{"a": {"x": 1}}`, `{"a": [1, 2]}`, `{"a": {"x": 1}}`},
		{"both make the dict", `{}`, `{"d": {"a": 1}}`, `{"d": {"a": 1}}`, `{"d": {"a": 1}}`},
	} {
		b := &blackboard{}
		was, mine, theirs := dict(t, c.was), dict(t, c.mine), dict(t, c.theirs)
		b.write(b.read(), was)
		b.write(was, theirs)
		b.write(was, mine)
		if diff := cmp.Diff(c.want, value.Str(jsonOf(t, b.read()))); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", c.name, diff)
		}
	}
}

// TestBlackboardAtOnce loses nothing of many templates.
func TestBlackboardAtOnce(t *testing.T) {
	b := &blackboard{}
	b.write(b.read(), dict(t, `{"seen": []}`))
	var wg sync.WaitGroup
	for i := range int64(20) {
		wg.Go(func() {
			was := b.read()
			now := value.Clone(was).(*value.Dict)
			seen, _ := now.Get("seen")
			l := seen.(*value.List)
			l.Items = append(l.Items, i)
			b.write(was, now)
		})
	}
	wg.Wait()
	seen, _ := b.read().Get("seen")
	if n := len(seen.(*value.List).Items); n != 20 {
		t.Errorf("%d of 20 were seen", n)
	}
}

// TestBlackboardInItself takes a dict that is a part of itself.
func TestBlackboardInItself(t *testing.T) {
	b := &blackboard{}
	d := value.NewDict()
	_ = d.Set("self", d) // a string can be a key
	b.write(b.read(), d)
	b.write(b.read(), b.read())
}

func dict(t *testing.T, text string) *value.Dict {
	t.Helper()
	v, err := value.FromJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return v.(*value.Dict)
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := value.JSON(v, false, 0)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
