package snowflake

import (
	"strconv"
	"sync"
)

// tokens keep a session's tokens for the driver, and its number, which the
// driver tells nowhere else.
type tokens struct {
	renewing sync.Mutex

	mu            sync.Mutex
	token, master string
	session       int64
}

// GetTokens is what SetTokens was given last.
func (t *tokens) GetTokens() (token, master string, session int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.token, t.master, t.session
}

// SetTokens takes what a login or a renewal gave.
func (t *tokens) SetTokens(token, master string, session int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.master, t.session = token, master, session
}

// Lock keeps others from renewing the tokens.
func (t *tokens) Lock() error {
	t.renewing.Lock()
	return nil
}

// Unlock lets them.
func (t *tokens) Unlock() { t.renewing.Unlock() }

// id is the session's number as text.
func (t *tokens) id() string {
	_, _, n := t.GetTokens()
	return strconv.FormatInt(n, 10)
}
