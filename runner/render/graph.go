package render

import (
	"slices"
	"sync"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A blackboard is what templates have written into graph beside what dbt has
// there: one for all of an invocation. A template works on a copy, and what it
// has changed is written when it ends, so that those that run at once lose
// nothing of each other's.
type blackboard struct {
	mu      sync.Mutex
	written *value.Dict
}

// read is a copy of what has been written.
func (b *blackboard) read() *value.Dict {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.written == nil {
		b.written = value.NewDict()
	}
	return value.Clone(b.written).(*value.Dict)
}

// write takes what a template has made, now, of what it had read, was.
func (b *blackboard) write(was, now *value.Dict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	mergeDict(b.written, was, value.Clone(now).(*value.Dict), 0)
}

// maxMerge is how deep dicts are merged; below, the later takes the place of
// the earlier.
const maxMerge = 50

// mergeDict makes in to the changes from was to now.
func mergeDict(to, was, now *value.Dict, depth int) {
	for _, k := range was.Keys() {
		if _, kept := now.Get(k); !kept {
			to.Delete(k)
		}
	}
	now.Each(func(k, v any) {
		there, _ := to.Get(k)
		before, known := was.Get(k)
		if known && depth < maxMerge && merged(there, before, v, depth) {
			return
		}
		if same, err := value.Equal(before, v); !known || err != nil || !same {
			_ = to.Set(k, v) // it is a key already
		}
	})
}

// merged reports whether the change of a dict, or what is new at the end of a
// list, could be made in place.
func merged(to, was, now any, depth int) bool {
	switch now := now.(type) {
	case *value.Dict:
		old, ok := was.(*value.Dict)
		into, ok2 := to.(*value.Dict)
		if ok && ok2 {
			mergeDict(into, old, now, depth+1)
		}
		return ok && ok2
	case *value.List:
		old, ok := was.(*value.List)
		into, ok2 := to.(*value.List)
		if !ok || !ok2 || len(now.Items) < len(old.Items) || now.Tuple {
			return false
		}
		head := &value.List{Items: now.Items[:len(old.Items)]}
		if same, err := value.Equal(head, old); err != nil || !same {
			return false
		}
		into.Items = append(slices.Clip(into.Items), now.Items[len(old.Items):]...)
		return true
	}
	return false
}

// A graph is one template's.
type graph struct {
	all *value.Dict
	own map[string]bool // the keys that are dbt's
	was *value.Dict     // the others, as they were
}

// graph is the name graph. While a project is read nothing is in it, and what
// templates write into it is lost, as in dbt.
func (c *rendering) graph() any {
	if c.l.Graph == nil {
		return value.NewDict()
	}
	if !c.s.Execute {
		return value.DictOf("nodes", value.NewDict(), "sources", value.NewDict(), "exposures", value.NewDict(), "groups", value.NewDict(),
			"metrics", value.NewDict(), "semantic_models", value.NewDict(), "saved_queries", value.NewDict())
	}
	g := &graph{all: value.LazyClone(c.l.Graph()), own: map[string]bool{}, was: c.l.board.read()}
	for _, k := range g.all.Keys() {
		g.own[value.Str(k)] = true
	}
	g.all.Update(value.Clone(g.was)) // dicts' keys can be keys
	c.g = g
	return g.all
}

// end writes what the template has put into graph, for the next.
func (c *rendering) end() {
	if c.g == nil {
		return
	}
	now := value.NewDict()
	c.g.all.Each(func(k, v any) {
		if !c.g.own[value.Str(k)] {
			_ = now.Set(k, v) // it is a key already
		}
	})
	c.l.board.write(c.g.was, now)
	c.g = nil
}
