package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/snowpit-dev/snowpit/fixtures"
	"github.com/snowpit-dev/snowpit/runner/graph"
)

const dbtPage = "../../runner/DBT.md"

// A dbtRow is a line of the page: a feature, what is made of it here, and what
// shows that.
type dbtRow struct {
	line          string
	feature, here string
	shown         []string
}

var quotedWord = regexp.MustCompile("`([^`]+)`")

// words are what stands in backquotes.
func (r dbtRow) words() []string {
	var out []string
	for _, m := range quotedWord.FindAllStringSubmatch(r.feature, -1) {
		out = append(out, m[1])
	}
	return out
}

// both are those of the row's scripts that run on an account, too.
func (r dbtRow) both() string {
	var names []string
	for _, name := range r.shown {
		if slices.Contains(onAccounts, name) {
			names = append(names, name)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case len(r.shown):
		return "all"
	}
	return strings.Join(names, ", ")
}

// dbtRows reads the page, and gives it with the column of both as it should be.
func dbtRows(t *testing.T, page string) (rows []dbtRow, want string) {
	var out []string
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| feature ") {
			out = append(out, line)
			continue
		}
		if len(cells) != 4 && len(cells) != 3 {
			t.Fatalf("%s: %d cells in %q, want 4", dbtPage, len(cells), line)
		}
		row := dbtRow{line: line, feature: cells[0][2:], here: cells[1], shown: strings.Split(strings.TrimRight(cells[2], " |"), ", ")}
		rows = append(rows, row)
		out = append(out, strings.ReplaceAll(fmt.Sprintf("| %s | %s | %s | %s |\n", row.feature, row.here, strings.Join(row.shown, ", "), row.both()), "|  |", "| |"))
	}
	return rows, strings.Join(out, "")
}

// evidence is the text of what a row names, or an error where it is not there.
type evidence struct {
	tests    map[string]string // the text of each test's file
	fixtures map[string]string // of each sample project
	later    string
}

func newEvidence(t *testing.T) evidence {
	e := evidence{tests: map[string]string{}, fixtures: map[string]string{"season": textOf(t, fixtures.Season()), "paddock": textOf(t, fixtures.Paddock())}}
	name := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, root := range []string{".", "../../runner", "../../fixtures"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range name.FindAllStringSubmatch(string(text), -1) {
				e.tests[m[1]] += string(text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, flags := range laterOf {
		e.later += strings.Join(flags, " --") + " --"
	}
	e.later += strings.Join(laterFlags, " --") + " --" + strings.Join(sameAnyway, " --") + " " + strings.Join(laterCommands, " ")
	return e
}

func textOf(t *testing.T, files fs.FS) string {
	var b strings.Builder
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		fmt.Fprintf(&b, "%s\n%s\n", path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (e evidence) of(name string) (string, error) {
	if strings.HasPrefix(name, "Test") {
		text, ok := e.tests[name]
		if !ok {
			return "", fmt.Errorf("there is no test %s", name)
		}
		if name == "TestLaterNames" {
			text += " --" + e.later
		}
		return text, nil
	}
	folder := "script/"
	if strings.HasPrefix(name, "broken/") {
		folder = ""
	}
	text, err := os.ReadFile("testdata/" + folder + name + ".txtar")
	for project, more := range e.fixtures {
		if regexp.MustCompile(`(?m)^` + project + `$`).Match(text) {
			text = append(text, more...)
		}
	}
	return string(text), err
}

// has reports whether a word is in a text; a flag by its whole name.
func (e evidence) has(text, word string) bool {
	if !strings.HasPrefix(word, "--") {
		return strings.Contains(text, word)
	}
	return regexp.MustCompile(regexp.QuoteMeta(word) + `([^\w-]|$)`).MatchString(text)
}

// fits finds what is wrong with a row.
func (e evidence) fits(row dbtRow) (faults []string) {
	all := ""
	for _, name := range row.shown {
		text, err := e.of(name)
		if err != nil {
			faults = append(faults, err.Error())
		}
		all += text + "\n"
	}
	for _, word := range row.words() {
		if !e.has(all, word) {
			faults = append(faults, fmt.Sprintf("%s is in none of %s", word, strings.Join(row.shown, ", ")))
		}
	}
	told := map[string]string{"works": "", "no effect, told": "no effect", "refused by name": "not supported", "not there": "! exists"}
	kind, _, _ := strings.Cut(row.here, ":")
	sign, known := told[kind]
	if !known {
		faults = append(faults, fmt.Sprintf("%q is none of works, no effect, refused and not there", kind))
	}
	if !strings.Contains(all, sign) && (kind != "refused by name" || !strings.Contains(all, "status 2") && !strings.Contains(all, "exits 1 ") && !strings.Contains(all, "exits 2")) {
		faults = append(faults, fmt.Sprintf("nothing says %q in %s", sign, strings.Join(row.shown, ", ")))
	}
	return faults
}

// TestDBTPage holds the page of dbt's features against what there is.
// SNOWPIT_UPDATE=1 writes which scripts run on both targets.
func TestDBTPage(t *testing.T) {
	page, err := os.ReadFile(dbtPage)
	if err != nil {
		t.Fatal(err)
	}
	rows, want := dbtRows(t, string(page))
	if os.Getenv("SNOWPIT_UPDATE") != "" {
		if err := os.WriteFile(dbtPage, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, string(page)); diff != "" {
		t.Errorf("%s is out of date: run SNOWPIT_UPDATE=1 go test ./cmd/snowpit -run TestDBTPage\n%s", dbtPage, diff)
	}
	e := newEvidence(t)
	words := map[string]bool{}
	for _, row := range rows {
		for _, fault := range e.fits(row) {
			t.Errorf("%s: %s: %s", dbtPage, row.feature, fault)
		}
		for _, word := range row.words() {
			words[word] = true
		}
	}
	for _, name := range dbtNames() {
		if !words[name] {
			t.Errorf("%s: there is no row of %s", dbtPage, name)
		}
	}
}

// ownNames are commands and flags that dbt has not.
var ownNames = []string{
	"snowpit completion", "snowpit demo", "snowpit history", "snowpit plugin", "snowpit promote", "snowpit serve", "snowpit sql", "snowpit stage",
	"--dialect", "--empty-catalog", "--help", "--junit", "--memory-limit", "--no-color", "--seed-path", "--state-dir",
}

// dbtNames are the commands, flags and methods that the page has to have.
func dbtNames() []string {
	seen := map[string]bool{}
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if name := cmd.CommandPath(); slices.Contains(ownNames, name) {
			return
		} else if cmd.HasParent() && !cmd.HasSubCommands() && !cmd.Hidden {
			seen[name] = true
		}
		for _, set := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
			set.VisitAll(func(f *pflag.Flag) { seen["--"+f.Name] = !slices.Contains(ownNames, "--"+f.Name) })
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit((&app{}).root())
	for _, name := range laterCommands {
		seen[name] = true
	}
	for _, name := range laterFlags {
		seen["--"+name] = true
	}
	for _, method := range graph.Methods {
		seen[method+":"] = true
	}
	var names []string
	for name, asked := range seen {
		if asked {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestDBTPageFaults: a row that shows nothing is found out.
func TestDBTPageFaults(t *testing.T) {
	e := newEvidence(t)
	for _, row := range []dbtRow{
		{feature: "`run`", here: "works", shown: []string{"no_such_script"}},
		{feature: "`run`", here: "works", shown: []string{"TestNoSuchThing"}},
		{feature: "`no such word`", here: "works", shown: []string{"run"}},
		{feature: "`run`", here: "perhaps", shown: []string{"run"}},
		{feature: "`run`", here: "works", shown: []string{""}},
		{feature: "`tags`", here: "no effect, told", shown: []string{"junit"}},
	} {
		if len(e.fits(row)) == 0 {
			t.Errorf("%v passes", row)
		}
	}
}

// TestLaterNames runs every command and flag of dbt's that is not there: each
// is refused by its name, and nothing is done.
func TestLaterNames(t *testing.T) {
	dir := projectDir(t, "-- dbt_project.yml --\nname: chain\n")
	refused := func(want string, args ...string) {
		t.Helper()
		code, out, errs := snowpit(t.Context(), args...)
		if code != 2 || out != "" || errs != "snowpit: "+want+", not supported by Snowpit\n" {
			t.Errorf("snowpit %s: status %d: %s%s", strings.Join(args, " "), code, out, errs)
		}
	}
	for _, name := range laterCommands {
		refused(name+": known dbt command", name, "--project-dir", dir)
	}
	for _, name := range laterFlags {
		refused("--"+name+": known dbt flag", "run", "--project-dir", dir, "--"+name)
	}
	for command, flags := range laterOf {
		for _, name := range flags {
			refused("--"+name+": known dbt flag", append(strings.Fields(command), "--project-dir", dir, "--"+name)...)
		}
	}
	for _, name := range sameAnyway {
		if code, out, errs := snowpit(t.Context(), "parse", "--project-dir", dir, "--quiet", "--"+name); code != 0 || out+errs != "" {
			t.Errorf("snowpit parse --%s: status %d: %s%s", name, code, out, errs)
		}
	}
}
