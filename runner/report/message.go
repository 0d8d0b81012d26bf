package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/snowpit-dev/snowpit/runner"
)

// A Message is one line of what dbt tells of a command, or several that belong
// together. Name and code are those of dbt's own event, for who reads the log
// as JSON.
type Message struct {
	Name, Code string
	Level      string // info, warn or error
	Data       map[string]any

	at    time.Time // zero for now
	parts []part
}

// A part is text in one color.
type part struct {
	text  string
	color text.Color
}

// A Teller tells how a command goes: messages, and the events of a run.
type Teller interface {
	runner.Reporter
	// Tell tells one message.
	Tell(Message)
}

func said(name, code, level, line string, data map[string]any) Message {
	return Message{Name: name, Code: code, Level: level, Data: data, parts: []part{{text: line}}}
}

// text is the message without colors.
func (m Message) text() string {
	s := ""
	for _, p := range m.parts {
		s += p.text
	}
	return s
}

func (m Message) painted(color text.Color) Message {
	m.parts = []part{{m.text(), color}}
	return m
}

// Line is a message of one line that has no name of dbt's.
func Line(text string) Message { return said("Note", "S003", "info", Clean(text), nil) }

// blank is dbt's empty line.
func blank() Message { return said("Formatting", "Z017", "info", "", map[string]any{"msg": ""}) }

// Header tells what a command works with, before its nodes: the version, the
// kind of warehouse, what the project has, and how much runs at once where.
func Header(t Teller, dbt, own string, p *runner.Project, macros, threads, nodes int) {
	t.Tell(said("MainReportVersion", "A001", "info", fmt.Sprintf("Running with dbt=%s (snowpit %s)", dbt, own), map[string]any{"version": "=" + dbt, "snowpit": own}))
	t.Tell(said("AdapterRegistered", "E034", "info", "Registered adapter: "+p.Target.Type, map[string]any{"adapter_name": p.Target.Type}))
	stats := found(p, macros)
	t.Tell(said("FoundStats", "W006", "info", "Found "+stats, map[string]any{"stat_line": stats}))
	if nodes == 0 {
		t.Tell(said("NothingToDo", "Q035", "warn", "Nothing to do. Try checking your model configs and model specification args", nil))
		return
	}
	t.Tell(blank())
	t.Tell(said("ConcurrencyLine", "Q027", "info", fmt.Sprintf("Concurrency: %d threads (target='%s')", threads, p.Target.Name),
		map[string]any{"num_threads": threads, "target_name": p.Target.Name, "node_count": nodes}))
	t.Tell(blank())
}

// Found tells only what a project has.
func Found(p *runner.Project, macros int) string { return "Found " + found(p, macros) }

// found is dbt's list of what a project has.
func found(p *runner.Project, macros int) string {
	n := map[runner.ResourceType]int{}
	for _, node := range p.Nodes {
		n[node.Type]++
	}
	n[runner.Operation] = len(p.OnRunStart) + len(p.OnRunEnd)
	n["macro"] = macros
	line := ""
	for _, t := range []runner.ResourceType{
		runner.Model, runner.Snapshot, runner.Analysis, runner.Seed, runner.Operation, runner.Test, runner.Source, runner.Exposure, "macro", runner.UnitTest,
	} {
		if n[t] == 0 {
			continue
		}
		if line != "" {
			line += ", "
		}
		line += counted(n[t], t)
	}
	return line
}

// counted is a number of nodes of a type, in dbt's words.
func counted(n int, t runner.ResourceType) string {
	switch {
	case n == 1:
		return "1 " + strings.ReplaceAll(string(t), "_", " ")
	case t == runner.Analysis:
		return fmt.Sprintf("%d analyses", n)
	case t == runner.Test:
		return fmt.Sprintf("%d data tests", n)
	case t == runner.UnitTest:
		return fmt.Sprintf("%d unit tests", n)
	}
	return fmt.Sprintf("%d %ss", n, t)
}
