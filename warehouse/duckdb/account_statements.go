package duckdb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// accountName is the name of an object of the account; a tag's has its place.
func (s *session) accountName(kind string, n *ast.Name) (string, error) {
	if kind != "TAG" {
		if len(n.Parts) != 1 {
			return "", unsupported("a " + kind + " whose name has several parts")
		}
		return n.Last(), nil
	}
	t, err := s.resolveName(n)
	return written(t, true), err
}

// createOfAccount is CREATE of a role, user, warehouse or tag.
func (s *session) createOfAccount(rec *record, stmt *ast.CreateObject) (*warehouse.Result, error) {
	name, err := s.accountName(stmt.Object, stmt.Name)
	if err != nil {
		return nil, err
	}
	o := accountObject{Kind: stmt.Object, Name: name, Created: time.Now(), Options: optionTexts(stmt.Options)}
	status := fmt.Sprintf("%s %s successfully created.", titled(stmt.Object), stmt.Name.Last())
	err = s.w.account.change(func(a *accountState) error {
		i := a.find(o.Kind, o.Name)
		switch there := i >= 0 || isOwn(o.Kind, o.Name); {
		case there && stmt.IfNotExists:
			status = stmt.Name.Last() + " already exists, statement succeeded."
		case there && !stmt.Replace:
			return exists(stmt.Name.Last(), nil)
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
	err = s.w.account.change(func(a *accountState) error {
		i := a.find(stmt.Object, name)
		switch {
		case i < 0 && stmt.IfExists:
			status = "Drop statement executed successfully (" + stmt.Name.Last() + " already dropped)."
			return nil
		case i < 0:
			return noObject(stmt.Object, stmt.Name.Last())
		}
		a.Objects = slices.Delete(a.Objects, i, i+1)
		a.Grants = slices.DeleteFunc(a.Grants, func(g grant) bool {
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
	err = s.w.account.change(func(a *accountState) error {
		i := a.find(stmt.Object, name)
		if i < 0 {
			if stmt.IfExists || isOwn(stmt.Object, name) {
				return nil
			}
			return noObject(stmt.Object, stmt.Name.Last())
		}
		o := a.Objects[i]
		o.Options = maps.Clone(o.Options)
		for _, action := range stmt.Actions {
			if err := s.alterAccountObject(&o, action); err != nil {
				return err
			}
		}
		a.Objects[i] = o
		return nil
	})
	if err != nil {
		return nil, err
	}
	return done()
}

func (s *session) alterAccountObject(o *accountObject, action ast.Action) (err error) {
	switch act := action.(type) {
	case *ast.SetOptions:
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
		return unsupported("ALTER " + o.Kind + " of this form")
	}
	return err
}

// grant is GRANT and REVOKE.
func (s *session) grant(ctx context.Context, rec *record, stmt *ast.Grant) (*warehouse.Result, error) {
	grants, err := s.granted(ctx, stmt)
	if err != nil {
		return nil, err
	}
	err = s.w.account.change(func(a *accountState) error {
		for _, g := range grants {
			same := func(h grant) bool {
				return h.On == g.On && h.Name == g.Name && h.ToKind == g.ToKind && h.To == g.To && h.Future == g.Future &&
					(h.Privilege == g.Privilege || stmt.Revoke && strings.HasPrefix(g.Privilege, "ALL"))
			}
			if !stmt.OptionOnly {
				a.Grants = slices.DeleteFunc(a.Grants, same)
			}
			for i := range a.Grants {
				if stmt.OptionOnly && same(a.Grants[i]) {
					a.Grants[i].Option = false
				}
			}
			if !stmt.Revoke {
				a.Grants = append(a.Grants, g)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
}

// granted are the grants that a statement names, one by one.
func (s *session) granted(ctx context.Context, stmt *ast.Grant) ([]grant, error) {
	g := grant{Created: time.Now(), ToKind: stmt.ToKind, To: stmt.To.Last(), Option: stmt.Suffix == "WITH GRANT OPTION"}
	if g.ToKind == "" {
		g.ToKind = "ROLE"
	}
	if stmt.Role != nil {
		g.Privilege, g.On, g.Name = "USAGE", stmt.RoleKind, stmt.Role.Last()
		return []grant{g}, nil
	}
	names, kind, err := s.grantedOn(ctx, stmt)
	if err != nil {
		return nil, err
	}
	var all []grant
	for _, name := range names {
		for _, p := range stmt.Privileges {
			g.Privilege, g.On, g.Name, g.Future = p, kind, name, stmt.Quantity == "FUTURE"
			all = append(all, g)
		}
	}
	return all, nil
}

// grantedOn are the names of what a statement grants on, and their kind.
func (s *session) grantedOn(ctx context.Context, stmt *ast.Grant) (names []string, kind string, err error) {
	kind = stmt.Object
	switch {
	case kind == "ACCOUNT":
		return []string{"SNOWPIT"}, kind, nil
	case stmt.Quantity != "":
		return s.grantedMany(ctx, stmt)
	case kind == "DATABASE":
		if !s.w.hasDatabase(stmt.Name.Last()) {
			return nil, kind, noContainer("Database", stmt.Name.Last())
		}
		return []string{stmt.Name.Last()}, kind, nil
	case kind == "SCHEMA":
		database, schema, err := s.schemaName(stmt.Name)
		if err == nil {
			err = s.checkSchema(ctx, database, schema)
		}
		return []string{database + "." + schema}, kind, err
	case kind == "TABLE" || kind == "VIEW" || kind == "SEQUENCE" || kind == "":
		o, err := s.mustFind(ctx, stmt.Name, "TABLE", "VIEW", "SEQUENCE")
		if err != nil {
			return nil, kind, err
		}
		return []string{written(o.at.permanent(), true)}, o.kind, nil
	case kind == "FUNCTION":
		f, err := s.functionBySignature(stmt.Name, stmt.Args)
		if err != nil {
			return nil, kind, err
		}
		return []string{f.Database + "." + f.Schema + "." + f.signature()}, kind, nil
	case kind == "WAREHOUSE" || kind == "ROLE" || kind == "USER" || kind == "INTEGRATION":
		return []string{stmt.Name.Last()}, kind, nil
	}
	t, err := s.resolveName(stmt.Name)
	return []string{written(t, true)}, kind, err
}

// grantedMany is for ALL and FUTURE … IN.
func (s *session) grantedMany(ctx context.Context, stmt *ast.Grant) (names []string, kind string, err error) {
	kind = strings.TrimSuffix(stmt.Object, "S")
	in := area{database: stmt.Name.Last()}
	if stmt.In == "SCHEMA" {
		if in.database, in.schema, err = s.schemaName(stmt.Name); err == nil {
			err = s.checkSchema(ctx, in.database, in.schema)
		}
		if err != nil {
			return nil, kind, err
		}
	} else if !s.w.hasDatabase(in.database) {
		return nil, kind, noContainer("Database", in.database)
	}
	if stmt.Quantity == "FUTURE" {
		name := in.database
		if in.schema != "" {
			name += "." + in.schema
		}
		return []string{name + ".<" + kind + ">"}, kind, nil
	}
	if kind == "SCHEMA" {
		schemas, err := showSchemas(ctx, s, in)
		for _, sh := range schemas {
			names = append(names, sh.at.database+"."+sh.at.table)
		}
		return names, kind, err
	}
	objects, err := s.objectsIn(ctx, in, kind)
	for _, o := range objects {
		names = append(names, written(o.at.permanent(), true))
	}
	return names, kind, err
}

// showGrants is SHOW GRANTS.
func (s *session) showGrants(ctx context.Context, rec *record, stmt *ast.Show) (*warehouse.Result, error) {
	columns := showColumnsOf("created_on@ privilege granted_on name granted_to grantee_name grant_option granted_by")
	keep, rows, err := s.grantsOf(ctx, stmt)
	if err != nil {
		return nil, err
	}
	roles := stmt.Where == nil || stmt.Where.Preposition == "OF" || stmt.Where.Object == "USER" && stmt.Where.Preposition == "TO"
	if roles {
		columns, rows = showColumnsOf("created_on@ role granted_to grantee_name granted_by"), nil
	}
	for _, g := range s.w.account.state().Grants {
		switch {
		case !keep(g):
		case roles:
			rows = append(rows, []any{g.Created, g.Name, g.ToKind, g.To, "SNOWPIT"})
		default:
			rows = append(rows, []any{g.Created, g.Privilege, g.On, g.Name, g.ToKind, g.To, fmt.Sprint(g.Option), "SNOWPIT"})
		}
	}
	return rec.table(columns, rows), nil
}

// grantsOf says which grants SHOW GRANTS is about, and the rows of what is so
// without a grant: somebody owns every object.
func (s *session) grantsOf(ctx context.Context, stmt *ast.Show) (keep func(grant) bool, rows [][]any, err error) {
	w := stmt.Where
	if w == nil {
		return func(g grant) bool { return g.ToKind == "USER" && g.To == "SNOWPIT" && g.On == "ROLE" }, nil, nil
	}
	future := stmt.Object == "FUTURE GRANTS"
	name := ""
	if w.Name != nil {
		name = w.Name.Last()
	}
	switch {
	case w.Preposition == "TO" && (w.Object == "USER" || w.Object == "ROLE" || w.Object == ""):
		return func(g grant) bool {
			return g.To == name && g.Future == future && (w.Object == "USER") == (g.ToKind == "USER")
		}, nil, nil
	case w.Preposition == "OF" && w.Object == "ROLE":
		return func(g grant) bool { return g.On == "ROLE" && g.Name == name }, nil, nil
	case future && w.Preposition == "IN":
		prefix := name
		if w.Object == "SCHEMA" {
			database, schema, err := s.schemaName(w.Name)
			if err != nil {
				return nil, nil, err
			}
			prefix = database + "." + schema
		}
		return func(g grant) bool { return g.Future && strings.HasPrefix(g.Name, prefix+".<") }, nil, nil
	case w.Preposition == "ON":
		names, kind, err := s.grantedOn(ctx, &ast.Grant{Object: w.Object, Name: w.Name})
		if err != nil {
			return nil, nil, err
		}
		if kind != "ACCOUNT" {
			rows = [][]any{{time.Time{}, "OWNERSHIP", kind, names[0], "ROLE", "SNOWPIT", "true", "SNOWPIT"}}
		}
		return func(g grant) bool { return g.On == kind && g.Name == names[0] && !g.Future }, rows, nil
	}
	return nil, nil, unsupported("SHOW " + stmt.Object + " " + w.Preposition + " " + w.Object)
}
