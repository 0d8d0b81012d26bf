package emulator

import (
	"fmt"
	"slices"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// role is the role that a login asks for, or the user's own where it asks for
// none. It is an error if the user does not have it.
func (u *User) role(asked string) (string, error) {
	name := warehouse.FoldIdent(asked)
	switch {
	case name == "" && len(u.Roles) > 0:
		return u.Roles[0], nil
	case name == "":
		return "ACCOUNTADMIN", nil
	case len(u.Roles) > 0 && !slices.Contains(u.Roles, name):
		return "", fmt.Errorf("Role '%s' specified in the connect string is not granted to this user. "+
			"Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.", name)
	}
	return name, nil
}

// warehouse is the virtual warehouse that a login gets: none if the user may
// not use the one that it asks for.
func (u *User) warehouse(asked string) string {
	name := warehouse.FoldIdent(asked)
	if len(u.Warehouses) > 0 && !slices.Contains(u.Warehouses, name) {
		return ""
	}
	return name
}

// usable refuses USE of a role or virtual warehouse that a session's user does
// not have.
func (s *Server) usable(found *session.Session, stmt *ast.Use) error {
	user := s.user(found.User)
	if user == nil || stmt.Name == nil {
		return nil
	}
	name := stmt.Name.Last()
	switch {
	case stmt.Object == "ROLE" && len(user.Roles) > 0 && !slices.Contains(user.Roles, name):
		return &warehouse.Error{Code: 3013, State: "42501", Message: fmt.Sprintf(
			"SQL access control error:\nRequested role '%s' is not assigned to the executing user. Specify another role to activate.", name)}
	case stmt.Object == "WAREHOUSE" && len(user.Warehouses) > 0 && !slices.Contains(user.Warehouses, name):
		return &warehouse.Error{Code: 2043, State: "02000", Kind: warehouse.ErrNotExist, Message: "SQL compilation error:\nObject does not exist, or operation cannot be performed."}
	}
	return nil
}
