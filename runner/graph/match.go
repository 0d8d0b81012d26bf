package graph

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// matches reports whether a node is one the criterion names. What only the
// selection knows (state, results) is asked of it.
func (c Criterion) matches(n Node, s *Selection) bool {
	switch c.Method {
	case "fqn":
		return matchFQN(c.Value, n)
	case "path":
		return matchPath(c.Value, n.Path) || n.Patch != "" && matchPath(c.Value, n.Patch)
	case "file":
		base := path.Base(n.Path)
		return like(c.Value, base) || like(c.Value, strings.TrimSuffix(base, path.Ext(base)))
	case "tag":
		return slices.ContainsFunc(n.Tags, func(t string) bool { return like(c.Value, t) })
	case "source":
		return n.Type == "source" && matchParts(c.Value, append([]string{n.Package}, strings.Split(n.Source, ".")...), 2)
	case "exposure", "metric", "semantic_model", "saved_query", "unit_test":
		return n.Type == c.Method && matchParts(c.Value, []string{n.Package, n.Name}, 1)
	case "resource_type":
		return n.Type == c.Value
	case "package":
		return like(c.Value, n.Package) || c.Value == "this" && n.Package == s.Package
	case "group":
		return n.Group == c.Value
	case "access":
		return n.Access == c.Value
	case "version":
		return matchVersion(c.Value, n)
	case "test_name":
		return n.TestName != "" && like(c.Value, n.TestName)
	case "test_type":
		return matchTestType(c.Value, n)
	case "state":
		return slices.Contains(s.State[n.ID], c.Value)
	case "result":
		return s.Results[n.ID] == c.Value
	case "source_status":
		return n.Type == "source" && s.Fresher[n.ID]
	}
	return matchConfig(n.Config, c.Arg, c.Value)
}

// matchFQN compares a name: with the node's own, or, part by part, with the
// beginning of its FQN, with or without the package. From the first part with
// a wildcard on, the rest is compared as one text. A versioned model's FQN ends
// in its name and version, of which the version may follow with a dot or an
// underscore, or not at all.
func matchFQN(value string, n Node) bool {
	if n.Type == "source" || n.Type == "exposure" || len(n.FQN) == 0 {
		return false
	}
	if last := n.FQN[len(n.FQN)-1]; n.Version != "" && (value == n.Name+"."+last || value == n.Name+"_"+last) {
		return true
	}
	return value == n.Name || matchParted(value, n.FQN) || matchParted(value, n.FQN[1:])
}

func matchParted(value string, fqn []string) bool {
	fqn = strings.Split(strings.Join(fqn, "."), ".")
	parts := strings.Split(value, ".")
	if len(parts) > len(fqn) {
		return false
	}
	for i, part := range parts {
		if strings.ContainsAny(part, "*?[]") {
			return like(strings.Join(parts[i:], "."), strings.Join(fqn[i:], "."))
		}
		if part != fqn[i] {
			return false
		}
	}
	return true
}

// matchParts compares a dotted name with as many of the last parts as it has;
// with fewer than usual of them, it is compared from the first usual one on.
func matchParts(value string, parts []string, usual int) bool {
	want := strings.Split(value, ".")
	if len(want) > len(parts) {
		return false
	}
	have := parts[len(parts)-usual:]
	if len(want) > usual {
		have = parts
	}
	for i, w := range want {
		if !like(w, have[i]) {
			return false
		}
	}
	return true
}

// matchPath compares a file, or a folder it is in. A star stays within a
// folder's name, two stars go through folders.
func matchPath(pattern, file string) bool {
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
	for at := file; at != "." && at != "/"; at = path.Dir(at) {
		if likePath(strings.Split(pattern, "/"), strings.Split(at, "/")) {
			return true
		}
	}
	return false
}

func likePath(pattern, file []string) bool {
	for i, p := range pattern {
		if p == "**" {
			for j := i; j <= len(file); j++ {
				if likePath(pattern[i+1:], file[j:]) {
					return true
				}
			}
			return false
		}
		if i >= len(file) || !like(p, file[i]) {
			return false
		}
	}
	return len(pattern) == len(file)
}

func matchVersion(value string, n Node) bool {
	switch {
	case n.Type != "model":
		return false
	case value == "none" || n.Version == "":
		return value == "none" && n.Version == ""
	case value == "latest" || n.Version == n.Latest:
		return value == "latest" && n.Version == n.Latest
	}
	return value == "prerelease" == newer(n.Version, n.Latest)
}

// newer reports whether version a comes after b: as numbers where both are,
// else as texts.
func newer(a, b string) bool {
	x, errX := json.Number(a).Float64()
	y, errY := json.Number(b).Float64()
	if errX == nil && errY == nil {
		return x > y
	}
	return a > b
}

func matchTestType(value string, n Node) bool {
	switch value {
	case "unit":
		return n.Type == "unit_test"
	case "data":
		return n.Type == "test"
	case "generic", "schema":
		return n.Type == "test" && n.TestName != ""
	}
	return n.Type == "test" && n.TestName == ""
}

// matchConfig compares a config value, or any member of a list of them. A
// dotted key goes down into maps.
func matchConfig(config map[string]any, key, want string) bool {
	v, ok := config[key]
	if head, rest, dotted := strings.Cut(key, "."); !ok && dotted {
		return matchConfig(value.Fields(config[head]), rest, want)
	}
	switch v := v.(type) {
	case nil:
		return false
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { return fmt.Sprint(x) == want })
	case []string:
		return slices.Contains(v, want)
	case map[string]any, value.Ordered:
		_, ok := value.Fields(v)[want]
		return ok
	case bool:
		return strings.EqualFold(fmt.Sprint(v), want)
	default:
		return fmt.Sprint(v) == want
	}
}

// like matches a pattern as a shell does: a star is any text, a question mark
// one character, brackets one of a set, or with ! none of it.
func like(pattern, text string) bool { return likeRunes([]rune(pattern), []rune(text)) }

func likeRunes(pattern, text []rune) bool {
	star, mark := -1, 0
	p, t := 0, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == '*' {
			star, mark = p, t
			p++
			continue
		}
		if n := one(pattern[p:], text[t]); n > 0 {
			p, t = p+n, t+1
			continue
		}
		if star < 0 {
			return false
		}
		mark++
		p, t = star+1, mark
	}
	return !slices.ContainsFunc(pattern[p:], func(r rune) bool { return r != '*' })
}

// one is how much of the pattern's beginning matches the character: 0 if it
// does not.
func one(pattern []rune, c rune) int {
	if len(pattern) == 0 {
		return 0
	}
	end := 0
	if pattern[0] == '[' {
		end = slices.Index(pattern[min(2, len(pattern)):], ']') + 2
	}
	if end < 2 {
		if pattern[0] == '?' || pattern[0] == c {
			return 1
		}
		return 0
	}
	set, not := pattern[1:end], false
	if set[0] == '!' && len(set) > 1 {
		set, not = set[1:], true
	}
	in := false
	for i := 0; i < len(set); i++ {
		if i+2 < len(set) && set[i+1] == '-' {
			in = in || set[i] <= c && c <= set[i+2]
			i += 2
			continue
		}
		in = in || set[i] == c
	}
	if in == not {
		return 0
	}
	return end + 1
}
