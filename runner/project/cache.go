package project

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// Read is how much of a project had to be read anew.
type Read struct {
	Parsed int // templates that were rendered to find what they need, and YAML files
	Kept   int // those that were as the last time
}

// A cache keeps what was found out about each file, for the next time. An entry
// is good while all that it was made of is the same: the file's text, the
// config around it, the macros, the variables and the target.
type cache struct {
	file string
	old  stored
	new  stored
	all  hash.Hash // of what every template may depend on
	sum  string    // of that, once the macros are read
}

// stored is a cache on disk.
type stored struct {
	Program string
	Env     map[string]variable // those of the environment that were asked for
	Nodes   map[string]storedNode
	YAML    map[string][]byte
}

// A variable of the environment: one that is empty is not one that is not set.
type variable struct {
	Value string
	Set   bool
}

// A storedNode is what a template's render found.
type storedNode struct {
	Config []byte // JSON
	At     runner.Pos
	Needs  []storedNeed
}

type storedNeed struct {
	At                 runner.Pos
	Name, Pkg, Version string
	Source             bool
}

func (s storedNode) needs() []need {
	var out []need
	for _, n := range s.Needs {
		out = append(out, need{at: n.At, name: n.Name, source: n.Source, pkg: n.Pkg, version: n.Version})
	}
	return out
}

func (s storedNode) config() nodeconfig.Layer {
	kept, err := value.FromJSON(string(s.Config))
	if err == nil {
		kept, err = value.ToGo(kept)
	}
	if err != nil {
		panic(err) // keep wrote it, and openCache checked the file's sum
	}
	return nodeconfig.Map(kept)
}

// program is what tells builds of this program apart.
func program() string {
	text := runner.DBTVersion
	if info, ok := debug.ReadBuildInfo(); ok {
		text += info.Main.Version
		for _, s := range info.Settings {
			if strings.HasPrefix(s.Key, "vcs.") {
				text += s.Value
			}
		}
	}
	if self, err := os.Executable(); err == nil {
		if info, err := os.Stat(self); err == nil {
			text += info.ModTime().String()
		}
	}
	return text
}

func newCache() *cache {
	return &cache{all: sha256.New(), new: stored{Nodes: map[string]storedNode{}, YAML: map[string][]byte{}}}
}

// cacheFile is the cache's name in the target folder.
const cacheFile = "partial_parse.bin"

// openCache reads the cache of the last time. One that is not there, or not
// whole, or another program's, is none.
func (l *loader) openCache() error {
	l.p.Read = Read{} // dbt_project.yml is read always
	if !l.opts.Cache {
		return nil
	}
	c := l.cache
	c.new.Program = program()
	if c.file = filepath.Join(l.dir, filepath.FromSlash(l.p.TargetPath), cacheFile); l.opts.TargetPath != "" {
		c.file = filepath.Join(l.opts.TargetPath, cacheFile)
	}
	text, err := os.ReadFile(c.file)
	if err != nil || len(text) < sha256.Size {
		return nil //nolint:nilerr // without a cache all is read anew
	}
	sum := sha256.Sum256(text[sha256.Size:])
	var old stored
	if !bytes.Equal(sum[:], text[:sha256.Size]) || gob.NewDecoder(bytes.NewReader(text[sha256.Size:])).Decode(&old) != nil || old.Program != c.new.Program {
		return nil
	}
	for name, was := range old.Env {
		if is, set := l.env(name); was != (variable{is, set}) {
			return nil
		}
	}
	c.old = old
	return nil
}

// add makes every entry depend on a text.
func (c *cache) add(name, text string) { fmt.Fprintf(c.all, "%s\x00%d\x00%s", name, len(text), text) }

// seal adds what else every template depends on.
func (l *loader) seal() {
	c := l.cache
	if c.sum != "" {
		return
	}
	for _, p := range l.packs {
		c.add(p.name, jsonText(l.varsOf(p.name)))
		c.add(p.root, jsonText(p.file.Plain()))
	}
	t := l.p.Target
	t.Settings = nil
	c.add("target", fmt.Sprintf("%+v %s %s", t, l.spelt("schema", ""), l.spelt("database", "")))
	c.sum = hex.EncodeToString(c.all.Sum(nil))
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%#v", v)
	}
	return string(text)
}

// key is an entry's: a hash of all that a node's render depends on.
func (c *cache) key(n *runner.Node, text string, below nodeconfig.Layer) string {
	if c.file == "" {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00%s\x00%s\x00%s", c.sum, n.ID, n.Pos.File, text, n.Doc, jsonText(below))
	return hex.EncodeToString(h.Sum(nil))
}

func (c *cache) node(key string) (storedNode, bool) {
	n, ok := c.old.Nodes[key]
	if ok {
		c.new.Nodes[key] = n
	}
	return n, ok
}

// keep keeps what a node's render found.
func (c *cache) keep(key string, set nodeconfig.Layer, at runner.Pos, calls []need) error {
	if key == "" {
		return nil
	}
	config, err := json.Marshal(set)
	if err != nil {
		return nil //nolint:nilerr // what JSON has no word for is found out again the next time
	}
	n := storedNode{Config: config, At: at}
	for _, x := range calls {
		n.Needs = append(n.Needs, storedNeed{At: x.at, Name: x.name, Pkg: x.pkg, Version: x.version, Source: x.source})
	}
	c.new.Nodes[key] = n
	return nil
}

// yamlFile parses a YAML file, unless it is as the last time.
func (l *loader) yamlFile(file, text string) (yamldoc.Value, error) {
	c := l.cache
	if c.file == "" {
		l.p.Read.Parsed++
		return yamldoc.Parse(file, text)
	}
	sum := sha256.Sum256([]byte(file + "\x00" + text))
	key := hex.EncodeToString(sum[:])
	if kept, ok := c.old.YAML[key]; ok {
		if v, err := yamldoc.Decode(kept, file); err == nil {
			c.new.YAML[key] = kept
			l.p.Read.Kept++
			return v, nil
		}
	}
	l.p.Read.Parsed++
	v, err := yamldoc.Parse(file, text)
	if err == nil {
		c.new.YAML[key] = yamldoc.Encode(nil, v)
	}
	return v, err
}

// saveCache writes the cache for the next time, if anything is new.
func (l *loader) saveCache() error {
	c := l.cache
	l.varsMu.Lock()
	l.done = true
	c.new.Env = l.asked
	l.varsMu.Unlock()
	if c.file == "" || maps.EqualFunc(c.new.Nodes, c.old.Nodes, func(a, b storedNode) bool { return true }) &&
		len(c.new.YAML) == len(c.old.YAML) && l.p.Read.Parsed == 0 {
		return nil
	}
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(c.new); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	sum := sha256.Sum256(buf.Bytes())
	if err := writeWhole(c.file, slices.Concat(sum[:], buf.Bytes())); err != nil && l.opts.Log != nil {
		l.opts.Log("debug", fmt.Sprintf("the next run reads all files again: write %s: %v", c.file, err))
	}
	return nil
}

// writeWhole writes a file beside its place and moves it there.
func writeWhole(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}
