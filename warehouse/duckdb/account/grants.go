package account

import (
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// A Grant is one privilege on one object, or a role, given to somebody.
type Grant struct {
	Created   time.Time `json:"created"`
	Privilege string    `json:"privilege"` // USAGE for a role
	On        string    `json:"on"`        // the kind of object
	Name      string    `json:"name"`
	ToKind    string    `json:"to_kind"` // ROLE, USER, ...
	To        string    `json:"to"`
	Option    bool      `json:"option,omitempty"` // with grant option
	Future    bool      `json:"future,omitempty"` // on objects that will be made in Name
}

// Ownership is the privilege on an object that one role has.
const Ownership = "OWNERSHIP"

// allOf are what ALL PRIVILEGES are of each kind of object, without ownership.
var allOf = map[string][]string{
	"TABLE":     {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "REBUILD", "EVOLVE SCHEMA", "APPLYBUDGET"},
	"VIEW":      {"SELECT", "REFERENCES"},
	"DATABASE":  {"APPLYBUDGET", "CREATE DATABASE ROLE", "CREATE SCHEMA", "MODIFY", "MONITOR", "USAGE"},
	"STAGE":     {"READ", "WRITE"},
	"WAREHOUSE": {"APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"},
	"SCHEMA": {"ADD SEARCH OPTIMIZATION", "APPLYBUDGET", "CREATE ALERT", "CREATE DYNAMIC TABLE", "CREATE EXTERNAL TABLE", "CREATE FILE FORMAT",
		"CREATE FUNCTION", "CREATE MATERIALIZED VIEW", "CREATE PIPE", "CREATE PROCEDURE", "CREATE SEQUENCE", "CREATE STAGE", "CREATE STREAM",
		"CREATE TABLE", "CREATE TAG", "CREATE TASK", "CREATE TEMPORARY TABLE", "CREATE VIEW", "MODIFY", "MONITOR", "USAGE"},
	"SEQUENCE": {"USAGE"}, "FUNCTION": {"USAGE"}, "FILE FORMAT": {"USAGE"},
}

// Privileges are those that a statement names on a kind of object, ALL one by one.
func Privileges(named []string, kind string) (out []string) {
	for _, p := range named {
		every := allOf[kind]
		if p != "ALL" && p != "ALL PRIVILEGES" || every == nil {
			every = []string{p}
		}
		out = append(out, every...)
	}
	return out
}

// is reports the same privilege on the same object, given to the same one.
func (g Grant) is(other Grant) bool {
	g.Created, g.Option, other.Created, other.Option = time.Time{}, false, time.Time{}, false
	return g == other
}

// Grant gives a privilege, in the place of what was given before; of an object's
// owners there is one.
func (s *State) Grant(g Grant) {
	s.Grants = slices.DeleteFunc(s.Grants, func(h Grant) bool {
		if g.Privilege == Ownership {
			h.ToKind, h.To = g.ToKind, g.To
		}
		return g.is(h)
	})
	s.Grants = append(s.Grants, g)
}

// Revoke takes a privilege back.
func (s *State) Revoke(g Grant) {
	s.Grants = slices.DeleteFunc(s.Grants, g.is)
}

// RevokeOption takes back that a privilege may be given on.
func (s *State) RevokeOption(g Grant) {
	for i := range s.Grants {
		if g.is(s.Grants[i]) {
			s.Grants[i].Option = false
		}
	}
}

// Owned reports whether somebody was made the owner of an object.
func (s *State) Owned(kind, name string) bool {
	return slices.ContainsFunc(s.Grants, func(g Grant) bool {
		return g.Privilege == Ownership && g.On == kind && g.Name == name && !g.Future
	})
}

// Forget takes back what was granted on an object that is gone, by its full name.
func (a *Account) Forget(name string) error {
	if !slices.ContainsFunc(a.Now().Grants, func(g Grant) bool { return g.Name == name }) {
		return nil
	}
	return a.Change(func(s *State) error {
		s.Grants = slices.DeleteFunc(s.Grants, func(g Grant) bool { return g.Name == name })
		return nil
	})
}

// ForgetIn takes back what was granted on a schema or a database that is gone, and on
// what was in it, and forgets the tags and the database roles in it.
func (a *Account) ForgetIn(area catalog.Area) error {
	return a.Change(func(s *State) error {
		s.Grants = slices.DeleteFunc(s.Grants, func(g Grant) bool {
			return !slices.Contains(elsewhere, g.On) && isIn(g.On, g.Name, area) || g.ToKind == databaseRole && isIn(g.ToKind, g.To, area)
		})
		s.Objects = slices.DeleteFunc(s.Objects, func(o Object) bool { return o.inDatabase() && isIn(o.Kind, o.Name, area) })
		return nil
	})
}

// isIn says whether a name is that of a schema or a database, or of what is in it.
func isIn(kind, name string, area catalog.Area) bool {
	return moved(kind, name, area, catalog.Area{}) != name
}

// Moved has what was granted on a schema or a database, and on what is in it, and
// the tags and the database roles in it, go by its new name.
func (a *Account) Moved(from, to catalog.Area) error {
	return a.Change(func(s *State) error {
		for i, g := range s.Grants {
			if !slices.Contains(elsewhere, g.On) {
				s.Grants[i].Name = moved(g.On, g.Name, from, to)
			}
			if g.ToKind == "DATABASE ROLE" {
				s.Grants[i].To = moved(g.ToKind, g.To, from, to)
			}
			if g.ToKind == databaseRole {
				s.Grants[i].To = moved(g.ToKind, g.To, from, to)
			}
		}
		for i, o := range s.Objects {
			if o.inDatabase() {
				s.Objects[i].Name = moved(o.Kind, o.Name, from, to)
			}
		}
		return nil
	})
}

// databaseRole is the kind of the roles that a database has for itself.
const databaseRole = "DATABASE ROLE"

func (o *Object) inDatabase() bool { return o.Kind == "TAG" || o.Kind == databaseRole }

// Rename gives an object another name, under which it keeps what it was granted and
// what was granted on it.
func (s *State) Rename(kind, from, to string) {
	if i := s.Find(kind, from); i >= 0 {
		s.Objects[i].Name = to
	}
	for i, g := range s.Grants {
		if g.On == kind && g.Name == from {
			s.Grants[i].Name = to
		}
		if g.ToKind == kind && g.To == from {
			s.Grants[i].To = to
		}
	}
}

// elsewhere are the kinds of objects that are in no database.
var elsewhere = []string{"ACCOUNT", "INTEGRATION", "ROLE", "USER", "WAREHOUSE"}

// bare are the kinds of objects whose names have no part in quotes.
var bare = []string{"DATABASE", "SCHEMA", "FUNCTION", "PROCEDURE", "DATABASE ROLE"}

// moved is the name of a schema or a database, or of what is in it, of an object of a
// kind.
func moved(kind, name string, from, to catalog.Area) string {
	write := warehouse.QuoteIdent
	if slices.Contains(bare, kind) || strings.HasSuffix(name, ">") { // <TABLE>, for what is to come
		write = func(part string) string { return part }
	}
	old, now := write(from.Database), write(to.Database)
	if from.Schema != "" {
		old, now = old+"."+write(from.Schema), now+"."+write(to.Schema)
	}
	if rest, ok := strings.CutPrefix(name, old); ok && (rest == "" || rest[0] == '.') {
		return now + rest
	}
	return name
}
