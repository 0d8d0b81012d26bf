package report

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// suites is JUnit's file: suites of cases.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Seconds  string   `xml:"time,attr"`
	Suites   []*suite `xml:"testsuite"`
}

type suite struct {
	Name     string  `xml:"name,attr"`
	Tests    int     `xml:"tests,attr"`
	Failures int     `xml:"failures,attr"`
	Errors   int     `xml:"errors,attr"`
	Skipped  int     `xml:"skipped,attr"`
	Seconds  string  `xml:"time,attr"`
	Time     string  `xml:"timestamp,attr"`
	Cases    []tcase `xml:"testcase"`

	took time.Duration
}

type tcase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	File    string   `xml:"file,attr"`
	Line    int      `xml:"line,attr,omitempty"`
	Seconds string   `xml:"time,attr"`
	Failure *problem `xml:"failure,omitempty"`
	Error   *problem `xml:"error,omitempty"`
	Skipped *problem `xml:"skipped,omitempty"`
	Out     string   `xml:"system-out,omitempty"`
}

type problem struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes a run's results to a file in JUnit's XML, which CI systems
// show: a suite for each type of resource and a case for each node. A test that
// warns has passed and says so in its output.
func WriteJUnit(file, project string, res *runner.Result) error {
	all := suites{Name: project, Seconds: seconds(res.Duration)}
	byType := map[runner.ResourceType]*suite{}
	for i := range res.Nodes {
		r := &res.Nodes[i]
		s := byType[r.Node.Type]
		if s == nil {
			s = &suite{Name: string(r.Node.Type), Time: res.Start.UTC().Format("2006-01-02T15:04:05")}
			byType[r.Node.Type] = s
			all.Suites = append(all.Suites, s)
		}
		s.add(r)
	}
	for _, s := range all.Suites {
		s.Seconds = seconds(s.took)
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(xml.Header), append(text, '\n')...), 0o666)
}

// add adds a node as a case.
func (s *suite) add(r *runner.NodeResult) {
	n := r.Node
	c := tcase{Name: n.Name, Class: n.Package + "." + string(n.Type), File: n.Pos.File, Line: n.Pos.Line, Seconds: seconds(r.Duration)}
	text := Clean(r.Message)
	what := &problem{Message: firstLine(text), Text: text}
	switch r.Status {
	case runner.Fail:
		c.Failure = what
		s.Failures++
	case runner.Failed:
		c.Error = what
		s.Errors++
	case runner.Skipped:
		c.Skipped = what
		s.Skipped++
	case runner.Warn:
		c.Out = "warning: " + text
	}
	s.Tests++
	s.took += r.Duration
	s.Cases = append(s.Cases, c)
}

func firstLine(s string) string {
	for i, c := range s {
		if c == '\n' {
			return s[:i]
		}
	}
	return s
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
