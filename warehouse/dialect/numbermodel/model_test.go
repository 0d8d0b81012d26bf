package numbermodel_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/numbermodel"
)

// What TO_CHAR's page shows: > and < are literals that make spaces visible.
func TestFormat(t *testing.T) {
	numbers := []string{"-12.391", "0.000", "-1.000", "0.100", "0.010", "3987.000", "1.111"}
	for model, want := range map[string][]string{
		`">"$99.0"<"`:    {">-$12.4<", ">  $0.0<", "> -$1.0<", ">  $0.1<", ">  $0.0<", "> $##.#<", ">  $1.1<"},
		`">"B9,999.0"<"`: {">   -12.4<", ">      .0<", ">    -1.0<", ">      .1<", ">      .0<", "> 3,987.0<", ">     1.1<"},
		`">"TME"<"`:      {">-1.2391E1<", ">0E0<", ">-1E0<", ">1E-1<", ">1E-2<", ">3.987E3<", ">1.111E0<"},
		`">"TM9"<"`:      {">-12.391<", ">0.000<", ">-1.000<", ">0.100<", ">0.010<", ">3987.000<", ">1.111<"},
		`">"0XXX"<"`:     {">FFF4<", ">0000<", ">FFFF<", ">0000<", ">0000<", ">0F93<", ">0001<"},
		`">"S0XXX"<"`:    {">-000C<", ">+0000<", ">-0001<", ">+0000<", ">+0000<", ">+0F93<", ">+0001<"},
	} {
		for i, number := range numbers {
			check(t, model, number, want[i])
		}
	}
}

// The examples of the page on format models, and edges of what it says.
func TestFormatFixed(t *testing.T) {
	for _, c := range []struct{ model, number, want string }{
		{"99", "12", " 12"}, {"99", "-7", " -7"}, {"S99", "12", "+12"}, {"S99", "-7", " -7"}, {"99S", "12", "12+"}, {"99S", "-7", " 7-"},
		{"MI99", "12", " 12"}, {"MI99", "-7", "- 7"}, {"99MI", "12", "12 "}, {"99MI", "-7", " 7-"}, {"$99", "12", " $12"}, {"$99", "-7", " -$7"},
		{"FM99", "12", "12"}, {"FM99", "-7", "-7"}, {"FM99MI", "7", "7"}, {"FM$9,999.00", "1234.5", "$1,234.50"},
		{"999,999.999", "1.2", "       1.2  "}, {"999,999.999", "1234.56", "   1,234.56 "}, {"999,999.999", "-123456.789", "-123,456.789"},
		{"S000,000.000", "1.2", "+000,001.200"}, {"S000,000.000", "-123456.789", "-123,456.789"},
		{"000", "7", " 007"}, {"00", "-3", "-03"}, {"00", "123", " ##"}, {"9", "9.5", " #"}, {"99", "0.5", "  1"}, {"99", "-0.4", "  0"},
		{"0.99", "2.5", " 2.5 "}, {"9.99", "0.125", " 0.13"}, {"99.99", "12", " 12.  "}, {"D99", "0.5", " .5 "}, {"D99", "1", " .##"}, {".99", "1", ".  1"},
		{"999", "1e2", " 100"}, {"9.9", "inf", " #.#"}, {"TM", "100000000000", "1E11"}, {"TM", "12", "12"}, {"tme", "1500", "1.5e3"},
		{"$TM9", "-5", "-$5"}, {"$TM9", "5", "$5"}, {"TM9MI", "-5", "5-"}, {"xxxx", "255", "  ff"}, {"XX", "256", "##"}, {"XX", "0", " 0"},
		{`"a""b"9`, "1", `a"b 1`}, {"(999)", "5", "(   5)"}, {"99999999999999999999999999999999999999", strings.Repeat("9", 38), " " + strings.Repeat("9", 38)},
	} {
		check(t, c.model, c.number, c.want)
	}
}

func check(t *testing.T, model, number, want string) {
	t.Helper()
	m, err := numbermodel.New(model)
	if err != nil {
		t.Errorf("%s: %v", model, err)
		return
	}
	if got, err := m.Format(number); err != nil || got != want {
		t.Errorf("%s by %s: %q, %v, want %q", number, model, got, err, want)
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ model, text, want string }{
		{"9,999", "1,234", "1234"}, {"9,999", "1234", "1234"}, {"9,999", " 34", "34"}, {"$99.99", "$12.50", "12.50"}, {"$99.99", "-$12.50", "-12.50"},
		{"999.99", "12.5", "12.5"}, {"999.99", "12", "12"}, {"S999", "- 12", "-12"}, {"999MI", "12-", "-12"}, {"999MI", "12", "12"}, {"99S", "7+", "7"},
		{"XXXX", "ff", "255"}, {"XXXXXXXXXXXXXXXX", "FFFFFFFFFFFFFFFF", "18446744073709551615"}, {"000", "007", "7"}, {"TM9", "12.50", "12.50"},
		{"TME", "1.5e3", "1500"}, {"TM", "2", "2"}, {"B9.9", ".5", "0.5"}, {`99"kg"`, "12kg", "12"}, {"(99)", "(5)", "5"}, {"99.0", "1.0", "1.0"},
		{"9,999", "12,34", ""}, {"9,999", "12345", ""}, {"$99", "12", ""}, {"99", "1.5", ""}, {"000", "07", ""}, {"S99", "12", ""}, {"99", "", ""}, {"99", "a", ""},
		{"TM9", "1e3", ""}, {"TME", "12", ""}, {"XX", "G", ""}, {"XX", "123", ""}, {"9.9", ".5", ""}, {"99", "12x", ""}, {"TM", "1.2.3", ""}, {"TM", "1e", ""},
		{"99.0", "1", ""},
	} {
		m, err := numbermodel.New(c.model)
		if err != nil {
			t.Errorf("%s: %v", c.model, err)
			continue
		}
		got, err := m.Parse(c.text)
		if got != c.want || (c.want == "") != errors.Is(err, numbermodel.ErrMatch) {
			t.Errorf("%q by %s: %q, %v, want %q", c.text, c.model, got, err, c.want)
		}
	}
}

func TestNew(t *testing.T) {
	for model, want := range map[string]error{
		"": numbermodel.ErrModel, "$": numbermodel.ErrModel, "9.9.9": numbermodel.ErrModel, `9"`: numbermodel.ErrModel, "SMI9": numbermodel.ErrModel,
		"abc": numbermodel.ErrModel, "TM99": numbermodel.ErrModel, "9EE": numbermodel.ErrUnsupported, "FX99": numbermodel.ErrUnsupported,
		"AUTO": numbermodel.ErrUnsupported, "9|99": numbermodel.ErrUnsupported, "X.X": numbermodel.ErrUnsupported,
	} {
		if _, err := numbermodel.New(model); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", model, err, want)
		}
	}
}

// What a model writes, it reads, but for the digits that it rounds away.
func FuzzModel(f *testing.F) {
	for _, model := range []string{"999,999.99", "$0.00", "S99", "99MI", "TM9", "XXXX", `"a"9`, "FM9,999.9", "B9.9"} {
		f.Add(model, "12", "12")
		f.Add(model, "-1.5e3", "$1,2.3")
	}
	f.Fuzz(func(t *testing.T, model, number, text string) {
		m, err := numbermodel.New(model)
		if err != nil || len(model) > 1000 {
			return
		}
		out, err := m.Format(number)
		if err == nil && len(out) > 2*len(model)+len(number)+1000 {
			t.Errorf("%s by %s has %d characters", number, model, len(out))
		}
		if parsed, err := m.Parse(text); err == nil {
			if _, err := m.Format(parsed); err != nil {
				t.Errorf("%q by %s is %s, which is no number: %v", text, model, parsed, err)
			}
		}
	})
}
