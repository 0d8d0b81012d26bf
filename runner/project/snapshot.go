package project

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

var (
	snapshotOpen  = regexp.MustCompile(`\{%[-+]?\s*snapshot\s+([A-Za-z_][A-Za-z0-9_]*)\s*[-+]?%\}`)
	snapshotClose = regexp.MustCompile(`\{%[-+]?\s*endsnapshot\s*[-+]?%\}`)
)

// readSnapshots reads the snapshot blocks of SQL files, and the snapshots that
// YAML defines by naming a relation.
func (l *loader) readSnapshots() error {
	if err := l.eachFile(func(p *pack) []string { return p.snapshotPaths }, l.snapshotBlocks, ".sql"); err != nil {
		return err
	}
	for _, f := range l.yaml {
		for _, item := range f.v.Get("snapshots").List {
			if item.Has("relation") {
				if err := l.yamlSnapshot(f, item); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// snapshotBlocks makes a node of every block in a file.
func (l *loader) snapshotBlocks(p *pack, file string) error {
	text, err := l.read(file)
	if err != nil || strings.TrimSpace(text) == "" {
		return err
	}
	opens := snapshotOpen.FindAllStringSubmatchIndex(text, -1)
	if len(opens) == 0 {
		return fmt.Errorf("%s: there is no {%% snapshot NAME %%} block in it", file)
	}
	for _, open := range opens {
		at := place(file, text, open[0])
		name := text[open[2]:open[3]]
		end := snapshotClose.FindStringIndex(text[open[1]:])
		if end == nil {
			return fmt.Errorf("%s: the block of snapshot %s has no {%% endsnapshot %%}", at, name)
		}
		fqn := fqn(p, p.snapshotPaths, file, strings.TrimSuffix(path.Base(file), ".sql"))
		// What stands before the block becomes space, so that places stay true.
		body := blankOut(text[:open[1]]) + text[open[1]:open[1]+end[0]]
		if err := l.addSnapshot(p.name, name, append(fqn, name), at, file, body); err != nil {
			return err
		}
		n := l.p.Nodes["snapshot."+p.name+"."+name]
		n.Raw, n.Sum = text[open[1]:open[1]+end[0]], sumOf(text)
	}
	return nil
}

// sumOf is the hash of a file as dbt takes it: without the space around its text.
func sumOf(text string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(text)))
	return hex.EncodeToString(sum[:])
}

// blankOut is as much white space as text, on as many lines.
func blankOut(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, text)
}

// yamlSnapshot makes a node of a snapshot that is all of a relation.
func (l *loader) yamlSnapshot(f propertyFile, item yamldoc.Value) error {
	rel := strings.TrimSpace(item.Get("relation").Text())
	if !callText.MatchString(rel) {
		return fmt.Errorf("%s: relation is ref('...') or source('...', '...'), not %q", item.Get("relation").Pos, rel)
	}
	name := item.Get("name").Text()
	text, err := l.read(f.file)
	if err != nil {
		return err
	}
	if err := l.addSnapshot(f.pkg, name, append(append([]string{}, f.fqn...), name), item.Pos, f.file, "select * from {{ "+rel+" }}"); err != nil {
		return err
	}
	l.p.Nodes["snapshot."+f.pkg+"."+name].Sum = sumOf(text)
	return nil
}

func (l *loader) addSnapshot(pkg, name string, fqn []string, at runner.Pos, file, text string) error {
	n := &runner.Node{
		ID: "snapshot." + pkg + "." + name, Type: runner.Snapshot, Package: pkg, Name: name, FQN: fqn, Pos: at, Raw: text,
	}
	l.p.templates[n.ID] = &template{file: file, text: text}
	return l.addNamed(n)
}
