package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// grant is GRANT and REVOKE.
func (s *session) grant(ctx context.Context, rec *record, stmt *ast.Grant) (*warehouse.Result, error) {
	grants, err := s.granted(ctx, stmt)
	if err != nil {
		return nil, err
	}
	err = s.w.account.Change(func(a *account.State) error {
		for _, g := range grants {
			switch {
			case stmt.OptionOnly:
				a.RevokeOption(g)
			case stmt.Revoke:
				a.Revoke(g)
			default:
				a.Grant(g)
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
func (s *session) granted(ctx context.Context, stmt *ast.Grant) ([]account.Grant, error) {
	g := account.Grant{Created: time.Now(), ToKind: cmp.Or(stmt.ToKind, "ROLE"), Option: stmt.Suffix == "WITH GRANT OPTION"}
	var err error
	if g.To, err = s.roleName(g.ToKind, stmt.To); err != nil {
		return nil, err
	}
	if stmt.Role != nil {
		g.Privilege, g.On = "USAGE", stmt.RoleKind
		g.Name, err = s.roleName(g.On, stmt.Role)
		return []account.Grant{g}, err
	}
	names, kind, err := s.grantedOn(ctx, stmt)
	if err != nil {
		return nil, err
	}
	var all []account.Grant
	for _, name := range names {
		for _, p := range account.Privileges(stmt.Privileges, kind) {
			g.Privilege, g.On, g.Name, g.Future = p, kind, name, stmt.Quantity == "FUTURE"
			all = append(all, g)
		}
	}
	return all, nil
}

// roleName is the name of what is granted, or granted to. A database role has to be
// there, as Snowflake has it; roles and users are taken on trust, since those of an
// account need not be made here too.
func (s *session) roleName(kind string, n *ast.Name) (string, error) {
	if kind != "DATABASE ROLE" {
		return n.Last(), nil
	}
	name, err := s.accountName(kind, n)
	if now := s.w.account.Now(); err == nil && now.Find(kind, name) < 0 {
		err = refusal.Missing(titled(kind), name)
	}
	return name, err
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
			return nil, kind, refusal.Missing("Database", stmt.Name.Last())
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
		return []string{catalog.Written(o.At.Permanent(), true)}, o.Kind, nil
	case kind == "FUNCTION":
		f, err := s.functionBySignature(kind, stmt.Name, stmt.Args)
		if err != nil {
			return nil, kind, err
		}
		return []string{f.Database + "." + f.Schema + "." + f.Signature()}, kind, nil
	case kind == "WAREHOUSE" || kind == "ROLE" || kind == "USER" || kind == "INTEGRATION":
		return []string{stmt.Name.Last()}, kind, nil
	}
	t, err := s.resolveName(stmt.Name)
	return []string{catalog.Written(t, true)}, kind, err
}

// grantedMany is for ALL and FUTURE … IN.
func (s *session) grantedMany(ctx context.Context, stmt *ast.Grant) (names []string, kind string, err error) {
	kind = strings.TrimSuffix(stmt.Object, "S")
	in := catalog.Area{Database: stmt.Name.Last()}
	if stmt.In == "SCHEMA" {
		if in.Database, in.Schema, err = s.schemaName(stmt.Name); err == nil {
			err = s.checkSchema(ctx, in.Database, in.Schema)
		}
		if err != nil {
			return nil, kind, err
		}
	} else if !s.w.hasDatabase(in.Database) {
		return nil, kind, refusal.Missing("Database", in.Database)
	}
	if stmt.Quantity == "FUTURE" {
		name := in.Database
		if in.Schema != "" {
			name += "." + in.Schema
		}
		return []string{name + ".<" + kind + ">"}, kind, nil
	}
	if kind == "SCHEMA" {
		schemas, err := catalog.Schemas(ctx, s.conn, in.Database)
		for _, sch := range schemas {
			names = append(names, in.Database+"."+sch.Name)
		}
		return names, kind, err
	}
	objects, err := catalog.In(ctx, s.conn, in, kind)
	for _, o := range objects {
		names = append(names, catalog.Written(o.At.Permanent(), true))
	}
	return names, kind, err
}

// showGrants is SHOW GRANTS.
func (s *session) showGrants(ctx context.Context, rec *record, stmt *ast.Show) (*warehouse.Result, error) {
	columns := listing.Columns("created_on@ privilege granted_on name granted_to grantee_name grant_option granted_by")
	keep, rows, err := s.grantsOf(ctx, stmt)
	if err != nil {
		return nil, err
	}
	roles := stmt.Where == nil || stmt.Where.Preposition == "OF" || stmt.Where.Object == "USER" && stmt.Where.Preposition == "TO"
	if roles {
		columns, rows = listing.Columns("created_on@ role granted_to grantee_name granted_by"), nil
	}
	future := stmt.Object == "FUTURE GRANTS"
	if future {
		columns = listing.Columns("created_on@ privilege grant_on name grant_to grantee_name grant_option")
	}
	for _, g := range s.w.account.Now().Grants {
		switch {
		case !keep(g):
		case roles:
			rows = append(rows, []any{g.Created, g.Name, oneWord(g.ToKind), g.To, "SNOWPIT"})
		case future:
			rows = append(rows, []any{g.Created, g.Privilege, oneWord(g.On), g.Name, oneWord(g.ToKind), g.To, fmt.Sprint(g.Option)})
		default:
			rows = append(rows, []any{g.Created, g.Privilege, oneWord(g.On), g.Name, oneWord(g.ToKind), g.To, fmt.Sprint(g.Option || g.Privilege == account.Ownership), "SNOWPIT"})
		}
	}
	return rec.table(columns, rows), nil
}

// oneWord is a kind of object as SHOW GRANTS has it: FILE_FORMAT.
func oneWord(kind string) string { return strings.ReplaceAll(kind, " ", "_") }

// grantsOf says which grants SHOW GRANTS is about, and the rows of what is so
// without a grant: somebody owns every object.
func (s *session) grantsOf(ctx context.Context, stmt *ast.Show) (keep func(account.Grant) bool, rows [][]any, err error) {
	w := stmt.Where
	if w == nil {
		return func(g account.Grant) bool { return g.ToKind == "USER" && g.To == "SNOWPIT" && g.On == "ROLE" }, nil, nil
	}
	future := stmt.Object == "FUTURE GRANTS"
	name := ""
	if w.Name != nil {
		if name, err = s.roleName(w.Object, w.Name); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case w.Preposition == "TO" && (w.Object == "USER" || w.Object == "ROLE" || w.Object == "DATABASE ROLE" || w.Object == ""):
		kind := cmp.Or(w.Object, "ROLE")
		return func(g account.Grant) bool { return g.To == name && g.Future == future && g.ToKind == kind }, nil, nil
	case w.Preposition == "OF" && (w.Object == "ROLE" || w.Object == "DATABASE ROLE"):
		return func(g account.Grant) bool { return g.On == w.Object && g.Name == name }, nil, nil
	case future && w.Preposition == "IN":
		prefix := name
		if w.Object == "SCHEMA" {
			database, schema, err := s.schemaName(w.Name)
			if err != nil {
				return nil, nil, err
			}
			prefix = database + "." + schema
		}
		return func(g account.Grant) bool { return g.Future && strings.HasPrefix(g.Name, prefix+".<") }, nil, nil
	case w.Preposition == "ON":
		names, kind, err := s.grantedOn(ctx, &ast.Grant{Object: w.Object, Name: w.Name})
		if err != nil {
			return nil, nil, err
		}
		now := s.w.account.Now()
		if kind != "ACCOUNT" && !now.Owned(kind, names[0]) {
			rows = [][]any{{time.Time{}, account.Ownership, oneWord(kind), names[0], "ROLE", "SNOWPIT", "true", "SNOWPIT"}}
		}
		return func(g account.Grant) bool { return g.On == kind && g.Name == names[0] && !g.Future }, rows, nil
	}
	return nil, nil, refusal.Unsupported("SHOW " + stmt.Object + " " + w.Preposition + " " + w.Object)
}
