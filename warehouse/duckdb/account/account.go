package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

const fileName = "account.json"

// An Account keeps its objects and grants, in memory or in a file. Several
// goroutines may use it at once.
type Account struct {
	mu   sync.Mutex
	path string // "" in memory
	now  State
}

// A State is an account as its file has it.
type State struct {
	Objects []Object `json:"objects,omitempty"`
	Grants  []Grant  `json:"grants,omitempty"`
}

// An Object is a role, a user, a warehouse, or, in a database, a tag or a database
// role.
type Object struct {
	Kind    string            `json:"kind"`
	Name    string            `json:"name"` // of a tag, with its database and schema; of a database role, with its database
	Created time.Time         `json:"created"`
	Options map[string]string `json:"options,omitempty"` // by name, COMMENT for one
}

// At is the full name of an object that is in a schema, which a tag is.
func (o *Object) At() (at catalog.Name, ok bool) {
	parts := parse.Name(o.Name)
	if len(parts) != 3 {
		return at, false
	}
	return catalog.NameOf(parts[0].Name, parts[1].Name, parts[2].Name), true
}

// Open reads the account of a state folder, which is empty where there is no
// file yet; "" is for one in memory.
func Open(dir string) (*Account, error) {
	a := &Account{}
	if dir == "" {
		return a, nil
	}
	a.path = filepath.Join(dir, fileName)
	text, err := os.ReadFile(a.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return a, nil
	case err != nil:
		return nil, fmt.Errorf("the account's roles and grants cannot be read: %w", err)
	}
	if err := json.Unmarshal(text, &a.now); err != nil {
		return nil, fmt.Errorf("the account's roles and grants in %s: %w", a.path, err)
	}
	return a, nil
}

// Change has do change the account, in its file too: all of it or, where do or
// the writing fails, nothing. What do gets is its own to change but for the
// options of the objects.
func (a *Account) Change(do func(*State) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := State{Objects: slices.Clone(a.now.Objects), Grants: slices.Clone(a.now.Grants)}
	if err := do(&next); err != nil {
		return err
	}
	if err := a.write(next); err != nil {
		return fmt.Errorf("the account's roles and grants cannot be written: %w", err)
	}
	a.now = next
	return nil
}

func (a *Account) write(next State) error {
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

// Now is the account as it is now. It is not to be changed.
func (a *Account) Now() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// Find is where an object stands, -1 if there is none.
func (s *State) Find(kind, name string) int {
	return slices.IndexFunc(s.Objects, func(o Object) bool { return o.Kind == kind && o.Name == name })
}

// OwnRoles are the roles that every account has.
var OwnRoles = []string{"ACCOUNTADMIN", "ORGADMIN", "PUBLIC", "SECURITYADMIN", "SNOWPIT", "SYSADMIN", "USERADMIN"}

// IsOwn says whether an account has an object without anybody making it.
func IsOwn(kind, name string) bool {
	return kind == "ROLE" && slices.Contains(OwnRoles, name) || (kind == "USER" || kind == "WAREHOUSE") && name == "SNOWPIT"
}

// inherited are the roles that Snowflake's own have from the start
// (docs.snowflake.com/user-guide/security-access-control-overview).
var inherited = map[string][]string{"ACCOUNTADMIN": {"SYSADMIN", "SECURITYADMIN"}, "SECURITYADMIN": {"USERADMIN"}}

// Active are the roles that a user has in a session with some roles: those, those
// granted to the user, PUBLIC, and what any of them has been granted. They are
// sorted.
func (s *State) Active(user string, roles ...string) []string {
	next := append([]string{"PUBLIC"}, roles...)
	for _, g := range s.Grants {
		if g.On == "ROLE" && g.ToKind == "USER" && g.To == user {
			next = append(next, g.Name)
		}
	}
	var all []string
	for len(next) > 0 {
		role := next[0]
		next = next[1:]
		if slices.Contains(all, role) {
			continue
		}
		all, next = append(all, role), append(next, inherited[role]...)
		for _, g := range s.Grants {
			if g.On == "ROLE" && g.ToKind == "ROLE" && g.To == role {
				next = append(next, g.Name)
			}
		}
	}
	slices.Sort(all)
	return all
}
