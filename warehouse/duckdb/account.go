package duckdb

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

const accountFile = "account.json"

// account is what belongs to no database: roles, users, warehouses, tags and
// who may do what. It is kept and shown; nothing here is forbidden by it.
type account struct {
	mu   sync.Mutex
	path string // "" in memory
	accountState
}

// accountState is an account as its file has it.
type accountState struct {
	Objects []accountObject `json:"objects,omitempty"`
	Grants  []grant         `json:"grants,omitempty"`
}

// An accountObject is a role, a user, a warehouse or a tag.
type accountObject struct {
	Kind    string            `json:"kind"`
	Name    string            `json:"name"` // of a tag, with its database and schema
	Created time.Time         `json:"created"`
	Options map[string]string `json:"options,omitempty"` // by name, COMMENT for one
}

// A grant is one privilege on one object, or a role, given to somebody.
type grant struct {
	Created   time.Time `json:"created"`
	Privilege string    `json:"privilege"` // USAGE for a role
	On        string    `json:"on"`        // the kind of object
	Name      string    `json:"name"`
	ToKind    string    `json:"to_kind"` // ROLE, USER, ...
	To        string    `json:"to"`
	Option    bool      `json:"option,omitempty"` // with grant option
	Future    bool      `json:"future,omitempty"` // on objects that will be made in Name
}

// openAccount reads the account of a state folder.
func openAccount(dir string) (*account, error) {
	a := &account{}
	if dir == "" {
		return a, nil
	}
	a.path = filepath.Join(dir, accountFile)
	text, err := os.ReadFile(a.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return a, nil
	case err != nil:
		return nil, fmt.Errorf("the account's roles and grants cannot be read: %w", err)
	}
	if err := json.Unmarshal(text, &a.accountState); err != nil {
		return nil, fmt.Errorf("the account's roles and grants in %s: %w", a.path, err)
	}
	return a, nil
}

// change changes the account, in its file too: all of it or nothing.
func (a *account) change(do func(*accountState) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := accountState{Objects: slices.Clone(a.Objects), Grants: slices.Clone(a.Grants)}
	if err := do(&next); err != nil {
		return err
	}
	if err := a.write(next); err != nil {
		return fmt.Errorf("the account's roles and grants cannot be written: %w", err)
	}
	a.accountState = next
	return nil
}

func (a *account) write(next accountState) error {
	if a.path == "" {
		return nil
	}
	text, err := json.MarshalIndent(next, "", "\t")
	if err != nil {
		return err
	}
	draft := a.path + ".new"
	if err := os.WriteFile(draft, text, 0o666); err != nil {
		return err
	}
	return os.Rename(draft, a.path)
}

// state is the account as it is now.
func (a *account) state() accountState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.accountState
}

// find is where an object stands, -1 if there is none.
func (s *accountState) find(kind, name string) int {
	return slices.IndexFunc(s.Objects, func(o accountObject) bool { return o.Kind == kind && o.Name == name })
}

// ownRoles are the roles that every account has.
var ownRoles = []string{"ACCOUNTADMIN", "ORGADMIN", "PUBLIC", "SECURITYADMIN", "SNOWPIT", "SYSADMIN", "USERADMIN"}

// isOwn says whether an account has an object without anybody making it.
func isOwn(kind, name string) bool {
	return kind == "ROLE" && slices.Contains(ownRoles, name) || (kind == "USER" || kind == "WAREHOUSE") && name == "SNOWPIT"
}

// forget takes back what was granted on an object that is gone.
func (a *account) forget(t target) error {
	name := written(t, true)
	if !slices.ContainsFunc(a.state().Grants, func(g grant) bool { return g.Name == name }) {
		return nil
	}
	return a.change(func(s *accountState) error {
		s.Grants = slices.DeleteFunc(s.Grants, func(g grant) bool { return g.Name == name })
		return nil
	})
}

// noObject refuses an object of the account that is not there.
func noObject(kind, name string) error {
	return &warehouse.Error{Code: 2003, State: "02000", Kind: warehouse.ErrNotExist, Message: fmt.Sprintf(
		"SQL compilation error:\n%s '%s' does not exist or not authorized.", titled(kind), name)}
}

// titled is a word with its first letter large.
func titled(word string) string { return word[:1] + strings.ToLower(word[1:]) }
