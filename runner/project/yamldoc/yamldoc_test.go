package yamldoc_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// TestScalars holds what plain scalars mean in YAML 1.1, which is what PyYAML,
// and so dbt, reads: https://yaml.org/type/int.html, float.html, bool.html,
// null.html, merge.html.
func TestScalars(t *testing.T) {
	for text, want := range map[string]string{
		// The six forms of 685230 of the page on integers.
		"685230": "685230", "+685_230": "685230", "02472256": "685230", "0x_0A_74_AE": "685230",
		"0b1010_0111_0100_1010_1110": "685230", "190:20:30": "685230",
		// Those of 685230.15, as far as JSON has them.
		"685.230_15e+03": "685.23015e+03", "685_230.15": "685230.15", "6.8523015e+5": "6.8523015e+5",
		"-0": "0", "-1:30": "-90", "-.5": "-0.5", "+1.": "1.0", "01.50": "1.50", "-00.5": "-0.5", "1.e+5": "1.0e+5", "3.": "3.0",
		// No sign in the exponent, or no point: texts in YAML 1.1.
		"1e5": `"1e5"`, "1.5e3": `"1.5e3"`, "0o14": `"0o14"`, "08": `"08"`, "1-2": `"1-2"`, "2020-01-01": `"2020-01-01"`, "1.2.3": `"1.2.3"`,
		"yes": "true", "No": "false", "ON": "true", "off": "false", "y": `"y"`, "n": `"n"`, "tRUE": `"tRUE"`,
		"~": "null", "null": "null", "NULL": "null", "": "null", "nULL": `"nULL"`, "none": `"none"`, "None": `"None"`,
		"'yes'": `"yes"`, `"1"`: `"1"`, `"a\u00e9\n"`: `"aé\n"`, "'it''s'": `"it's"`, "'~'": `"~"`,
		"!!str 2020": `"2020"`, "!!str yes": `"yes"`,
		"99999999999999999999999999": "99999999999999999999999999",
		"|\n  a\n  b\n":              `"a\nb\n"`, ">-\n  a\n  b\n": `"a b"`,
		"[a, 1, ~]": `["a",1,null]`, "{a: {b: no}}": `{"a":{"b":false}}`, "[]": "[]", "{}": "{}",
	} {
		v, err := yamldoc.Parse("f.yml", "key: "+text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := json.Marshal(v.Get("key").Plain())
		if err != nil || string(got) != want {
			t.Errorf("%s is %s, error %v, want %s", text, got, err, want)
		}
	}
}

// TestMerge holds https://yaml.org/type/merge.html: keys of the map win over
// merged ones wherever they stand, and earlier maps of a list over later ones.
func TestMerge(t *testing.T) {
	const anchors = "center: &center {x: 1, y: 2}\nleft: &left {x: 0, y: 2}\nbig: &big {r: 10}\nsmall: &small {r: 1}\n"
	for text, want := range map[string]string{
		"<<: *center\n  r: 10":                            `{"x":1,"y":2,"r":10}`,
		"<<: [*center, *big]\n  label: l":                 `{"x":1,"y":2,"r":10,"label":"l"}`,
		"<<: [*big, *left, *small]\n  x: 1":               `{"r":10,"x":1,"y":2}`,
		"x: 1\n  <<: *left":                               `{"x":1,"y":2}`,
		"y: 3\n  <<: [{y: 4}, {z: 5}]\n  label: center/b": `{"y":3,"z":5,"label":"center/b"}`,
	} {
		v, err := yamldoc.Parse("f.yml", anchors+"it:\n  "+text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := json.Marshal(v.Get("it").Plain())
		var a, b any
		if err != nil || json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(want), &b) != nil || !cmp.Equal(a, b) {
			t.Errorf("%s\nis   %s, error %v\nwant %s", text, got, err, want)
		}
	}
	for _, text := range []string{"<<: 1", "<<: [*center, 1]", "<<: *nowhere", "<<: text"} {
		if v, err := yamldoc.Parse("f.yml", anchors+"it:\n  "+text); err == nil || !strings.HasPrefix(err.Error(), "f.yml:6:") {
			t.Errorf("%s: %v, error %v; want one at line 6", text, v.Plain(), err)
		}
	}
}

// TestPlaces says where values and faults stand.
func TestPlaces(t *testing.T) {
	v, err := yamldoc.Parse("f.yml", "# first\na:\n  - b: 1\n    c: [x, 'y']\n")
	if err != nil {
		t.Fatal(err)
	}
	item := v.Get("a").List[0]
	for what, got := range map[string]string{
		"3:8":  item.Get("b").Pos.String(),
		"3:5":  item.Pos.String(),
		"4:12": item.Get("c").List[1].Pos.String(),
		"3:5 ": item.Get("nothing").Pos.String() + " ",
	} {
		if got != "f.yml:"+what {
			t.Errorf("got %s, want f.yml:%s", got, what)
		}
	}
	for text, want := range map[string]string{
		"a: [":             "f.yml:1:4: YAML: ",
		"a: 1\nb: 2\na: 3": "f.yml:3:1: YAML: ",
		"a: *b":            "f.yml:1:4: YAML: there is no anchor &b above",
		"a: 1\n---\nb: 2":  "f.yml: a file holds one YAML document, and this one has 2",
		"a:\n\t- b":        "f.yml:2:1: YAML: ",
	} {
		if v, err := yamldoc.Parse("f.yml", text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, error %v, want %s", text, v.Plain(), err, want)
		}
	}
}

// TestLists reads what may be one thing or a list of things.
func TestLists(t *testing.T) {
	v, err := yamldoc.Parse("f.yml", "one: a\nmany: [a, 1, true]\nnone: ~\nmap: {a: 1}\ndeep: [[a]]\nmixed: [{a: 1}]\nempty: []\n")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"one": "[a]", "many": "[a 1 true]", "none": "[]", "empty": "[]", "missing": "[]"} {
		if got, err := v.Get(key).Texts("it"); err != nil || fmt.Sprint(got) != want {
			t.Errorf("texts of %s: %v, error %v, want %s", key, got, err, want)
		}
	}
	for _, key := range []string{"map", "deep", "mixed"} {
		if got, err := v.Get(key).Texts("it"); err == nil || !strings.Contains(err.Error(), "it must be a list of names") {
			t.Errorf("texts of %s: %v, error %v", key, got, err)
		}
	}
	for key, n := range map[string]int{"many": 3, "none": 0, "empty": 0, "missing": 0} {
		if got, err := v.Get(key).Each("it"); err != nil || len(got) != n {
			t.Errorf("items of %s: %d, error %v", key, len(got), err)
		}
	}
	for _, key := range []string{"one", "map"} {
		if _, err := v.Get(key).Each("it"); err == nil || !strings.Contains(err.Error(), ": it must be a list") {
			t.Errorf("items of %s: error %v", key, err)
		}
	}
}

// FuzzParse reads any text: what it takes is written as JSON and comes back
// from a cache as it went in.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("../../../fixtures/*/*.yml")
	if err != nil || len(seeds) < 3 {
		f.Fatalf("%d seeds found, error %v", len(seeds), err)
	}
	for _, file := range seeds {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{"a: &x [1]\nb: *x", "<<: [{a: 1}]", "? [a]\n: b", "- |\n a\n- >-\n b", "!!int 'x'", "a: 01.5", "\"\\x41\"", "a: ~\n~: b", "&a a: *a", "--- a\n...\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		hang := time.AfterFunc(10*time.Second, func() { panic(fmt.Sprintf("%q: it hangs", text)) })
		v, err := yamldoc.Parse("f.yml", text)
		hang.Stop()
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yml") {
				t.Fatalf("%q: error %v without the file", text, err)
			}
			return
		}
		if _, err := json.Marshal(v.Plain()); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		back, err := yamldoc.Decode(yamldoc.Encode(nil, v), "f.yml")
		if err != nil {
			t.Fatalf("%q: the cache: %v", text, err)
		}
		if diff := cmp.Diff(v, back); diff != "" {
			t.Fatalf("%q: went in -, came back +:\n%s", text, diff)
		}
	})
}

// FuzzDecode reads any bytes as a cache.
func FuzzDecode(f *testing.F) {
	v, err := yamldoc.Parse("f.yml", "a: [1, x, ~, true, {b: no}]\nc: {}")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(yamldoc.Encode(nil, v))
	f.Fuzz(func(t *testing.T, text []byte) {
		if v, err := yamldoc.Decode(text, "f.yml"); err == nil {
			if again, err := yamldoc.Decode(yamldoc.Encode(nil, v), "f.yml"); err != nil || !cmp.Equal(v, again) {
				t.Fatalf("%q: %v, then %v, error %v", text, v, again, err)
			}
		}
	})
}
