package dialecttest

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

//go:embed corpus
var corpus embed.FS

// floor is fewer cases than the corpus has; fewer still and it is gone.
const floor = 1200

// A File is the cases of one behaviour.
type File struct {
	Name  string // path below corpus, without .txtar, such as functions/iff
	Docs  string // the page of Snowflake's documentation, such as sql-reference/functions/iff
	Rule  string // what the comment says beyond the page, or ""
	Setup []string
	Cases []*Case
}

// Area is the folder that the file lies in.
func (f *File) Area() string { return path.Dir(f.Name) }

// A Case is one statement and what it must give.
type Case struct {
	Name string // the file's name and the section's, such as functions/iff/nulls
	SQL  string
	Want *Table // what a query gives, or nil
	Fail *Fail  // how the statement is refused, or nil
}

// A Table is the columns and the rows that a case wants.
type Table struct {
	Columns []Column
	Rows    [][]string
}

// A Column is what a case wants of a column; what is "" does not matter.
type Column struct{ Name, Type string }

// A Fail is the refusal that a case wants.
type Fail struct {
	Code         int
	State        string
	Line, Column int    // Line is 0 where the place does not matter
	Message      string // "" where it does not matter
}

// Files are the corpus, in the order of their names. The caller may not
// change them. An error is a file that cannot be read, or a corpus so small
// that most of it must be missing.
var Files = sync.OnceValues(func() ([]*File, error) { return readFiles(corpus, floor) })

func readFiles(fsys fs.FS, floor int) (files []*File, err error) {
	cases := 0
	err = fs.WalkDir(fsys, "corpus", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f, err := readFile(strings.TrimPrefix(strings.TrimSuffix(name, ".txtar"), "corpus/"), text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files, cases = append(files, f), cases+len(f.Cases)
		return nil
	})
	if err == nil && cases < floor {
		err = fmt.Errorf("%d cases found, fewer than %d; is the corpus gone?", cases, floor)
	}
	return files, err
}

func readFile(name string, text []byte) (*File, error) {
	ar := txtar.Parse(text)
	page, rule, _ := strings.Cut(strings.TrimSpace(string(ar.Comment)), "\n")
	docs, ok := strings.CutPrefix(page, "docs: ")
	if !ok || strings.TrimSpace(docs) == "" {
		return nil, fmt.Errorf("the first line names no page: %q, want docs: PAGE", page)
	}
	f := &File{Name: name, Docs: docs, Rule: strings.TrimSpace(rule)}
	seen := map[string]bool{}
	var last *Case
	for _, section := range ar.Files {
		data := strings.TrimRight(string(section.Data), "\n")
		var err error
		switch section.Name {
		case "setup":
			for _, piece := range parse.Split(data) {
				f.Setup = append(f.Setup, piece.Text)
			}
			last = nil
		case "want", "error":
			err = last.outcome(section.Name, data)
		default:
			last = &Case{Name: name + "/" + strings.ReplaceAll(section.Name, " ", "_"), SQL: data}
			f.Cases = append(f.Cases, last)
			if seen[section.Name] {
				err = fmt.Errorf("there are two of that name")
			}
			seen[section.Name] = true
		}
		if err != nil {
			return nil, fmt.Errorf("section %s: %w", section.Name, err)
		}
	}
	return f, nil
}

// outcome reads what c must give.
func (c *Case) outcome(kind, data string) (err error) {
	switch {
	case c == nil:
		return fmt.Errorf("it belongs to no statement")
	case c.Want != nil || c.Fail != nil:
		return fmt.Errorf("%s has two outcomes", c.Name)
	case kind == "want":
		c.Want, err = readTable(data)
	default:
		c.Fail, err = readFail(data)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", c.Name, err)
	}
	return err
}

func readTable(data string) (*Table, error) {
	lines := strings.Split(data, "\n")
	t := &Table{}
	cells, err := readCells(lines[0])
	if err != nil {
		return nil, err
	}
	for _, c := range cells {
		t.Columns = append(t.Columns, readColumn(c))
	}
	for _, line := range lines[1:] {
		if cells, err = readCells(line); err != nil {
			return nil, err
		}
		if len(cells) != len(t.Columns) {
			return nil, fmt.Errorf("the row %q has %d cells for %d columns", line, len(cells), len(t.Columns))
		}
		t.Rows = append(t.Rows, cells)
	}
	return t, nil
}

var typeWord = regexp.MustCompile(`^(NUMBER|FLOAT|VARCHAR|BINARY|BOOLEAN|DATE|TIME|TIMESTAMP_NTZ|TIMESTAMP_LTZ|TIMESTAMP_TZ|VARIANT|OBJECT|ARRAY|MAP|\*)(\(\d+(,\d+)?\))?$`)

// structuredType is a structured type, which may have blanks in it.
var structuredType = regexp.MustCompile(`^(?:(.*?) )?((?:ARRAY|OBJECT|MAP)\(.*\))$`)

// readColumn reads NAME, TYPE or NAME TYPE.
func readColumn(text string) Column {
	given := func(s string) string {
		switch s {
		case "*", anything:
			return ""
		case null:
			return "NULL"
		}
		return s
	}
	if m := structuredType.FindStringSubmatch(text); m != nil {
		return Column{Name: given(m[1]), Type: m[2]}
	}
	if typeWord.MatchString(text) {
		return Column{Type: given(text)}
	}
	if i := strings.LastIndexByte(text, ' '); i >= 0 && typeWord.MatchString(text[i+1:]) {
		return Column{Name: given(text[:i]), Type: given(text[i+1:])}
	}
	return Column{Name: given(text)}
}

// anything is a cell that may be what it likes.
const anything = "\x00any"

// null is the cell of a null.
const null = "\x00null"

// readCells reads a line of cells.
func readCells(line string) (cells []string, err error) {
	for rest := line; ; {
		cell, behind, more := cutCell(rest)
		switch {
		case cell == "*":
			cell = anything
		case cell == "NULL":
			cell = null
		case strings.HasPrefix(cell, "'") && strings.HasSuffix(cell, "'") && len(cell) > 1:
			inside := strings.ReplaceAll(strings.ReplaceAll(cell[1:len(cell)-1], `\'`, `'`), `"`, `\"`)
			if cell, err = strconv.Unquote(`"` + inside + `"`); err != nil {
				return nil, fmt.Errorf("the cell %s of %q: %w", cell, line, err)
			}
		}
		cells = append(cells, cell)
		if !more {
			return cells, nil
		}
		rest = behind
	}
}

// cutCell cuts a line behind its first cell.
func cutCell(line string) (cell, rest string, more bool) {
	line = strings.TrimLeft(line, " ")
	if strings.HasPrefix(line, "'") {
		for i := 1; i < len(line); i++ {
			switch {
			case line[i] == '\\':
				i++
			case line[i] == '\'' && (i+1 == len(line) || strings.HasPrefix(strings.TrimLeft(line[i+1:], " "), "|") || strings.TrimSpace(line[i+1:]) == ""):
				_, rest, more = strings.Cut(line[i+1:], "|")
				return line[:i+1], rest, more
			}
		}
	}
	cell, rest, more = strings.Cut(line, "|")
	return strings.TrimSpace(cell), rest, more
}

var failLine = regexp.MustCompile(`^(\d{6}|-\d{5}) \((\w{5})\)(?: (\d+):(\d+))?$`)

func readFail(data string) (*Fail, error) {
	head, message, _ := strings.Cut(data, "\n")
	m := failLine.FindStringSubmatch(head)
	if m == nil {
		return nil, fmt.Errorf("the error begins %q, want CODE (STATE) LINE:POSITION", head)
	}
	f := &Fail{State: m[2], Message: message}
	for i, n := range map[int]*int{1: &f.Code, 3: &f.Line, 4: &f.Column} {
		*n, _ = strconv.Atoi(m[i])
	}
	return f, nil
}
