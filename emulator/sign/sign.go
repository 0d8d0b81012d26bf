// Package sign makes and checks the tokens that a server hands out: sessions'
// and those in the URLs of objects and chunks. A token says what it is for and
// until when, in the open, and carries a signature that only the server's key
// makes. So a server that comes back with its key knows its tokens again.
package sign

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The reasons for which a token is refused. Test for one with [errors.Is].
var (
	ErrForged  = errors.New("no token of this server's")
	ErrExpired = errors.New("the token has expired")
)

// KeySize is how many bytes a good key has.
const KeySize = 32

// A Key signs and checks. It is safe for use by several goroutines.
type Key struct{ secret []byte }

// NewKey is a key of the secret given, or of a random one if it is empty.
func NewKey(secret []byte) Key {
	if len(secret) == 0 {
		secret = make([]byte, KeySize)
		rand.Read(secret) // never fails
	}
	return Key{append([]byte(nil), secret...)}
}

// sealed is what a token says.
type sealed struct {
	Purpose string          `json:"p"`
	Expires int64           `json:"e"` // milliseconds
	Value   json.RawMessage `json:"v"`
}

// Seal makes a token for one purpose that says v, until expires.
func (k Key) Seal(purpose string, v any, expires time.Time) (string, error) {
	value, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("token for %s: %w", purpose, err)
	}
	body, err := json.Marshal(sealed{purpose, expires.UnixMilli(), value})
	if err != nil {
		return "", fmt.Errorf("token for %s: %w", purpose, err)
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + base64.RawURLEncoding.EncodeToString(k.mac(text)), nil
}

// Open checks a token of Seal's and reads what it says into v. One of another
// key or purpose is [ErrForged]; one that is too old is [ErrExpired], and v is
// read all the same.
func (k Key) Open(purpose, token string, v any) error {
	text, signature, ok := strings.Cut(token, ".")
	if !ok || len(token) > 16<<10 {
		return ErrForged
	}
	mac, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || !hmac.Equal(mac, k.mac(text)) {
		return ErrForged
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return ErrForged
	}
	var s sealed
	if err := json.Unmarshal(body, &s); err != nil || s.Purpose != purpose {
		return ErrForged
	}
	if err := json.Unmarshal(s.Value, v); err != nil {
		return fmt.Errorf("%w: %w", ErrForged, err)
	}
	if time.Now().UnixMilli() > s.Expires {
		return ErrExpired
	}
	return nil
}

// Derive is a secret of 32 bytes for one purpose and text, the same whenever it
// is asked for, that nobody without the key can tell.
func (k Key) Derive(purpose, text string) []byte { return k.mac("derive\n" + purpose + "\n" + text) }

func (k Key) mac(text string) []byte {
	h := hmac.New(sha256.New, k.secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}
