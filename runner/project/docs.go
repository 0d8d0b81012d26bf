package project

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	jv "github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

var (
	docsOpen  = regexp.MustCompile(`\{%[-+]?\s*docs\s+([A-Za-z_]\w*)\s*[-+]?%\}`)
	docsClose = regexp.MustCompile(`\{%[-+]?\s*enddocs\s*[-+]?%\}`)
)

// readDocs reads the docs blocks of the Markdown files; what stands outside
// them is nobody's.
func (l *loader) readDocs() error {
	return l.eachFile(func(p *pack) []string { return p.docsPaths }, l.docsBlocks, ".md")
}

func (l *loader) docsBlocks(p *pack, file string) error {
	text, err := l.read(file)
	if err != nil {
		return err
	}
	for at := 0; ; {
		open := docsOpen.FindStringSubmatchIndex(text[at:])
		if open == nil {
			return nil
		}
		name, begin := text[at+open[2]:at+open[3]], at+open[1]
		pos := place(file, text, at+open[0])
		end := docsClose.FindStringIndex(text[begin:])
		next := docsOpen.FindStringIndex(text[begin:])
		if end == nil || next != nil && next[0] < end[0] {
			return fmt.Errorf("%s: the docs block %s has no {%% enddocs %%}", pos, name)
		}
		key := p.name + "." + name
		if old, dup := l.docs[key]; dup && !strings.HasPrefix(name, "__") {
			return fmt.Errorf("%s: there is a docs block %s already, in %s; rename one of them", pos, name, old.Pos)
		}
		contents, err := docsText(file, text, begin, begin+end[0])
		if err != nil {
			return err
		}
		l.docs[key] = runner.DocBlock{ID: "doc." + key, Name: name, Package: p.name, Pos: pos, Contents: contents}
		at = begin + end[1]
	}
}

// docsText is what a docs block holds, rendered with no names but Jinja's own.
func docsText(file, text string, from, to int) (string, error) {
	contents := text[from:to]
	if strings.Contains(contents, "{{") || strings.Contains(contents, "{%") {
		t, err := jinja.Parse(file, blankOut(text[:from])+contents)
		if err != nil {
			return "", err
		}
		if contents, err = (&jinja.Env{}).Render(context.Background(), t); err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(contents), nil
}

// place is the line and column of an offset.
func place(file, text string, at int) runner.Pos {
	return runner.Pos{File: file, Line: 1 + strings.Count(text[:at], "\n"), Col: at - strings.LastIndexByte(text[:at], '\n')}
}

// doc is doc(name) and doc(package, name), in a file of package from.
func (l *loader) doc(from string) func(pkg, name string) (string, error) {
	return func(pkg, name string) (string, error) {
		search := []string{from, l.p.Name}
		if pkg != "" {
			search = []string{pkg}
		} else {
			for _, p := range l.packs {
				search = append(search, p.name)
			}
		}
		for _, p := range search {
			if d, ok := l.docs[p+"."+name]; ok {
				return d.Contents, nil
			}
		}
		var names []string
		for _, d := range l.docs {
			names = append(names, d.Name)
		}
		hint := ""
		if near := jv.Nearest(name, names); near != "" {
			hint = "; did you mean '" + near + "'?"
		}
		return "", fmt.Errorf("there is no docs block '%s'%s", name, hint)
	}
}

// description is a description with its templates rendered, which may use
// doc().
func (l *loader) description(pkg string, v yamldoc.Value) (string, error) {
	text := v.Text()
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	t, err := jinja.Parse(v.Pos.String(), text)
	if err != nil {
		return "", placed(v.Pos, err)
	}
	out, err := l.p.lib.Render(context.Background(), t, render.Scope{Package: pkg, Execute: true, Doc: l.doc(pkg)})
	if err == nil {
		return out, nil
	}
	var inner *jinja.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return "", fmt.Errorf("%s: description: %w", v.Pos, err)
}
