package report_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/report"
)

func TestWriteJUnit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ci", "out.xml")
	res := &runner.Result{Start: at, Duration: time.Second, Nodes: results()}
	if err := report.WriteJUnit(file, "f1", res); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Tests int    `xml:"tests,attr"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != len(res.Nodes) || got.Failures != 1 || got.Errors != 1 || got.Skipped != 1 || len(got.Suites) != 4 {
		t.Errorf("%+v in\n%s", got, text)
	}
	if strings.Contains(string(text), "\x1b") {
		t.Error("control characters went through")
	}
}
