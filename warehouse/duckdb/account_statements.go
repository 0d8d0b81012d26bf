package duckdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// accountName is the name of an object of the account; a tag's has its place, and
// a database role's its database.
func (s *session) accountName(kind string, n *ast.Name) (string, error) {
	switch {
	case kind == "TAG":
		t, err := s.resolveName(n)
		return catalog.Written(t, true), err
	case kind == "DATABASE ROLE":
		database, role, err := s.ofDatabase(n)
		return database + "." + role, err
	case len(n.Parts) != 1:
		return "", refusal.Unsupported("a " + kind + " whose name has several parts")
	}
	return n.Last(), nil
}

// ofDatabase is the database and the last part of a name of one or two parts.
func (s *session) ofDatabase(n *ast.Name) (database, name string, err error) {
	database = s.database
	switch len(n.Parts) {
	case 1:
	case 2:
		database = n.Parts[0].Name
	default:
		return "", "", refusal.Unsupported("a database role whose name has more than two parts")
	}
	switch {
	case database == "":
		return "", "", errNoDatabase()
	case !s.w.hasDatabase(database):
		return "", "", refusal.Missing("Database", database)
	}
	return database, n.Last(), nil
}

// createOfAccount is CREATE of a role, user, warehouse or tag.
func (s *session) createOfAccount(rec *record, stmt *ast.CreateObject) (*warehouse.Result, error) {
	name, err := s.accountName(stmt.Object, stmt.Name)
	if err != nil {
		return nil, err
	}
	o := account.Object{Kind: stmt.Object, Name: name, Created: time.Now(), Options: optionTexts(stmt.Options)}
	status := fmt.Sprintf("%s %s successfully created.", titled(stmt.Object), stmt.Name.Last())
	err = s.w.account.Change(func(a *account.State) error {
		i := a.Find(o.Kind, o.Name)
		switch there := i >= 0 || account.IsOwn(o.Kind, o.Name); {
		case there && stmt.IfNotExists:
			status = stmt.Name.Last() + " already exists, statement succeeded."
		case there && !stmt.Replace:
			return refusal.Exists(stmt.Name.Last(), nil)
		case i >= 0:
			a.Objects[i] = o
		default:
			a.Objects = append(a.Objects, o)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if stmt.Object == "WAREHOUSE" {
		s.compute = name // as on Snowflake
	}
	return rec.status(status), nil
}

// secrets are the options that are never kept.
var secrets = []string{"PASSWORD", "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2"}

// optionTexts are options as they are kept.
func optionTexts(options []ast.Option) map[string]string {
	out := map[string]string{}
	for _, o := range options {
		if slices.Contains(secrets, o.Key) {
			continue
		}
		if text, ok := optionText(o); ok {
			out[o.Key] = text
		} else if o.Value != nil {
			out[o.Key] = print.SQL(o.Value)
		}
	}
	return out
}

// dropOfAccount is DROP of a role, user, warehouse or tag.
func (s *session) dropOfAccount(rec *record, stmt *ast.Drop) (*warehouse.Result, error) {
	name, err := s.accountName(stmt.Object, stmt.Name)
	if err != nil {
		return nil, err
	}
	status := stmt.Name.Last() + " successfully dropped."
	err = s.w.account.Change(func(a *account.State) error {
		i := a.Find(stmt.Object, name)
		switch {
		case i < 0 && stmt.IfExists:
			status = "Drop statement executed successfully (" + stmt.Name.Last() + " already dropped)."
			return nil
		case i < 0:
			return refusal.Missing(titled(stmt.Object), stmt.Name.Last())
		}
		a.Objects = slices.Delete(a.Objects, i, i+1)
		a.Grants = slices.DeleteFunc(a.Grants, func(g account.Grant) bool {
			return g.On == stmt.Object && g.Name == name || g.ToKind == stmt.Object && g.To == name
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rec.status(status), nil
}

// alterOfAccount is ALTER of a role, user, warehouse or tag.
func (s *session) alterOfAccount(rec *record, stmt *ast.Alter) (*warehouse.Result, error) {
	done := func() (*warehouse.Result, error) { return rec.status("Statement executed successfully."), nil }
	if stmt.Name == nil {
		return done() // the warehouse in use: there is nothing to suspend
	}
	name, err := s.accountName(stmt.Object, stmt.Name)
	if err != nil {
		return nil, err
	}
	err = s.w.account.Change(func(a *account.State) error {
		i := a.Find(stmt.Object, name)
		if i < 0 {
			if stmt.IfExists || account.IsOwn(stmt.Object, name) {
				return nil
			}
			return refusal.Missing(titled(stmt.Object), stmt.Name.Last())
		}
		o := a.Objects[i]
		o.Options = maps.Clone(o.Options)
		for _, action := range stmt.Actions {
			if err := s.alterAccountObject(&o, action); err != nil {
				return err
			}
		}
		if o.Name != name {
			if a.Find(o.Kind, o.Name) >= 0 || account.IsOwn(o.Kind, o.Name) {
				return refusal.Exists(o.Name, nil)
			}
			a.Rename(o.Kind, name, o.Name)
		}
		a.Objects[i] = o
		return nil
	})
	if err != nil {
		return nil, err
	}
	return done()
}

func (s *session) alterAccountObject(o *account.Object, action ast.Action) (err error) {
	switch act := action.(type) {
	case *ast.SetOptions:
		if act.Tags != nil {
			return refusal.Unsupported("ALTER " + o.Kind + " SET TAG")
		}
		if o.Options == nil {
			o.Options = map[string]string{}
		}
		maps.Copy(o.Options, optionTexts(act.Options))
	case *ast.UnsetOptions:
		for _, key := range act.Keys {
			delete(o.Options, key)
		}
	case *ast.RenameTo:
		o.Name, err = s.accountName(o.Kind, act.Name)
	case *ast.Do: // SUSPEND, RESUME and the like: there is nothing that runs or sleeps
	default:
		return refusal.Unsupported("ALTER " + o.Kind + " of this form")
	}
	return err
}

// titled is the kind of an object with its first letter large.
func titled(word string) string { return word[:1] + strings.ToLower(word[1:]) }
