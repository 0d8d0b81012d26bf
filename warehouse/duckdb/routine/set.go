package routine

import (
	"cmp"
	"slices"
	"sync"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// A Set is the functions, or the procedures, of all databases. Its zero value is
// empty; several goroutines may use it at once.
type Set struct {
	mu  sync.RWMutex
	all map[catalog.Name][]*Routine
}

// Empty reports a set with nothing in it.
func (s *Set) Empty() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.all) == 0
}

// Named are those of a name.
func (s *Set) Named(at catalog.Name) []*Routine {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.all[at])
}

// All is every one, in the order of their names.
func (s *Set) All() (all []*Routine) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, some := range s.all {
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b *Routine) int {
		return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Signature(), b.Signature()))
	})
	return all
}

// Put adds a routine in the place of one with its signature.
func (s *Set) Put(r *Routine) {
	s.Remove(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[catalog.Name][]*Routine{}
	}
	s.all[r.At()] = append(s.all[r.At()], r)
}

// Remove takes out the routine with r's name and signature.
func (s *Set) Remove(r *Routine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := r.At()
	kept := slices.DeleteFunc(slices.Clone(s.all[at]), func(other *Routine) bool { return other.Signature() == r.Signature() })
	if len(kept) == 0 {
		delete(s.all, at)
		return
	}
	s.all[at] = kept
}

// RemoveIn takes out those of a schema, or of all of a database's for "".
func (s *Set) RemoveIn(database, schema string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.all {
		if t.Database == database && (schema == "" || t.Schema == schema) {
			delete(s.all, t)
		}
	}
}
