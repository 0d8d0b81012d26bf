package duckdb

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// schemaViews are the views of INFORMATION_SCHEMA that tell what DuckDB's catalog
// does not know.
var schemaViews = map[string]func(*settling, *ast.TableName, string) ast.Table{
	"TABLES":           (*settling).tablesView,
	"TABLE_PRIVILEGES": computed((*session).tablePrivileges),
	"ENABLED_ROLES":    computed((*session).enabledRoles),
	"APPLICABLE_ROLES": computed((*session).applicableRoles),
}

// schemaView is how one of those is read, and the database that it tells of; nil
// if the name is another's.
func (s *session) schemaView(n *ast.Name) (read func(*settling, *ast.TableName, string) ast.Table, database string) {
	if read = schemaViews[n.Last()]; read == nil {
		return nil, ""
	}
	t, err := s.resolveName(n)
	if err != nil || t.Schema != catalog.ShownInformationSchema {
		return nil, ""
	}
	return read, t.Database
}

// computed puts a view's rows, under the columns that listing.Columns reads, into
// a temporary table that stands in the view's place.
func computed(of func(*session, context.Context, string) (columns string, rows [][]any, err error)) func(*settling, *ast.TableName, string) ast.Table {
	return func(st *settling, t *ast.TableName, database string) ast.Table {
		columns, rows, err := of(st.s, st.ctx, database)
		if err != nil {
			st.err = cmp.Or(st.err, err)
			return t
		}
		name, err := st.s.rowsAsTable(st.ctx, t.Name.Last()+"_OF_"+database, columns, rows)
		if err != nil {
			st.err = cmp.Or(st.err, err)
			return t
		}
		st.changed = true
		return &ast.TableName{At: t.At, Name: name, Alias: aliasOr(t.Alias, t.Name.Last())}
	}
}

// tablePrivileges are INFORMATION_SCHEMA.TABLE_PRIVILEGES: what was granted on a
// database's tables and views, and who owns them.
func (s *session) tablePrivileges(ctx context.Context, database string) (columns string, rows [][]any, err error) {
	objects, err := catalog.In(ctx, s.conn, catalog.Area{Database: database}, "TABLE", "VIEW")
	grants := s.w.account.Now().Grants
	for _, o := range objects {
		t, owned := o.At.Permanent(), false
		row := func(to, kind, privilege string, grantable bool, created time.Time) {
			rows = append(rows, []any{"SNOWPIT", to, kind, t.Database, t.Schema, t.Table, privilege, yesNo(grantable), "NO", created})
		}
		for _, g := range grants {
			if g.On == o.Kind && g.Name == catalog.Written(t, true) && !g.Future {
				owned = owned || g.Privilege == account.Ownership
				row(g.To, g.ToKind, g.Privilege, g.Option || g.Privilege == account.Ownership, g.Created)
			}
		}
		if !owned {
			row("SNOWPIT", "ROLE", account.Ownership, true, o.Meta.Created)
		}
	}
	return "GRANTOR GRANTEE GRANTED_TO TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PRIVILEGE_TYPE IS_GRANTABLE WITH_HIERARCHY CREATED@", rows, err
}

func yesNo(yes bool) string {
	if yes {
		return "YES"
	}
	return "NO"
}

// enabledRoles are INFORMATION_SCHEMA.ENABLED_ROLES.
func (s *session) enabledRoles(context.Context, string) (columns string, rows [][]any, err error) {
	for _, role := range s.activeRoles() {
		rows = append(rows, []any{role, "SNOWPIT"})
	}
	return "ROLE_NAME ROLE_OWNER", rows, nil
}

// applicableRoles are INFORMATION_SCHEMA.APPLICABLE_ROLES: which role was granted
// to whom.
func (s *session) applicableRoles(context.Context, string) (columns string, rows [][]any, err error) {
	for _, g := range s.w.account.Now().Grants {
		if g.On == "ROLE" {
			rows = append(rows, []any{g.To, g.Name, "SNOWPIT", yesNo(g.Option)})
		}
	}
	return "GRANTEE ROLE_NAME ROLE_OWNER IS_GRANTABLE", rows, nil
}

// activeRoles are the session's roles. The role that owns everything is one of
// them, since nobody is refused anything.
func (s *session) activeRoles() []string {
	now := s.w.account.Now()
	return now.Active(cmp.Or(s.user, "SNOWPIT"), "SNOWPIT", cmp.Or(s.role, "SNOWPIT"))
}

// roleInSession is IS_ROLE_IN_SESSION and IS_DATABASE_ROLE_IN_SESSION of a name;
// there are no database roles.
func (s *session) roleInSession(c *ast.Call) ast.Expr {
	if len(c.Args) != 1 {
		return nil
	}
	in := &ast.In{At: c.At, X: c.Args[0].Value, List: []ast.Expr{&ast.String{Value: ""}}}
	if !strings.HasPrefix(c.Name.Last(), "IS_DATABASE") {
		for _, role := range s.activeRoles() {
			in.List = append(in.List, &ast.String{Value: role})
		}
	}
	return in
}
