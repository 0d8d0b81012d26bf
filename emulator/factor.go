package emulator

import (
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/snowpit-dev/snowpit/emulator/wire"
)

const (
	// passcodePeriod is how long a passcode is the current one. The one before and
	// the one after let in, too, for clocks that differ (RFC 6238, 5.2).
	passcodePeriod = 30 * time.Second
	passcodeDigits = 6
	// factorValidity is how long a login with a passcode stands for those that
	// follow, where a client asks for that: Snowflake's at most.
	factorValidity = 4 * time.Hour
)

// The words and codes are those that clients of Snowflake report.
var (
	errPasscode   = &loginError{wire.CodePasscode, "TOTP Invalid."}
	errNoPasscode = &loginError{wire.CodeNoPasscode,
		"Failed to authenticate: MFA with TOTP is required. To authenticate, provide both your password and a current TOTP passcode."}
)

// checkFactors refuses users whose passcodes nobody could make.
func checkFactors(users []User) error {
	for _, u := range users {
		if _, err := totp.GenerateCode(u.TOTP, time.Now()); u.TOTP != "" && err != nil {
			return fmt.Errorf("emulator: the secret of %s's passcodes is no base32 text such as %s", u.Name, base32.StdEncoding.EncodeToString([]byte("snowpit-")))
		}
	}
	return nil
}

// byPassword lets in whoever has a user's password, and the second factor if the
// user has one.
func (s *Server) byPassword(l wire.Login) (*User, error) {
	user := s.user(l.LoginName)
	if user == nil || user.Password == "" {
		same(l.Password, "") // as long as for a user there is
		return nil, errPassword
	}
	password, passcode := l.Password, l.Passcode
	if cut := len(password) - passcodeDigits; user.TOTP != "" && passcode == "" && l.Duo == "passcode" && cut >= 0 {
		password, passcode = password[:cut], password[cut:]
	}
	if !same(password, user.Password) {
		return nil, errPassword
	}
	return user, s.secondFactor(user, passcode, l.Token)
}

// secondFactor wants a passcode of a user who has them, or the token of a login
// that had one.
func (s *Server) secondFactor(user *User, passcode, token string) error {
	if user.TOTP == "" {
		return nil
	}
	var of string
	if token != "" && s.key.Open(purposeFactor, token, &of) == nil && strings.EqualFold(of, user.Name) {
		return nil
	}
	if passcode == "" {
		return errNoPasscode
	}
	if !s.passcodes.take(user, passcode, time.Now()) {
		return errPasscode
	}
	return nil
}

// giveFactor gives a client that asks for it the token with which it need not ask
// for a passcode again.
func (s *Server) giveFactor(user *User, l wire.Login, data *wire.LoginData) error {
	if wants, _ := l.SessionParameters["CLIENT_REQUEST_MFA_TOKEN"].(bool); !wants || user.TOTP == "" {
		return nil
	}
	token, err := s.key.Seal(purposeFactor, user.Name, time.Now().Add(factorValidity))
	data.MFAToken, data.MFATokenValidity = &token, int64(factorValidity.Seconds())
	return err
}

// passcodes are which have let in: each does once (RFC 6238, 5.2).
type passcodes struct {
	mu   sync.Mutex
	last map[string]int64 // the period of the last one, by user
}

// take reports whether a passcode is one of a user's that is good now.
func (p *passcodes) take(user *User, passcode string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		p.last = map[string]int64{}
	}
	for _, at := range []time.Time{now.Add(-passcodePeriod), now, now.Add(passcodePeriod)} {
		good, err := totp.GenerateCode(user.TOTP, at)
		period := at.Unix() / int64(passcodePeriod.Seconds())
		if err == nil && same(passcode, good) && period > p.last[user.Name] {
			p.last[user.Name] = period
			return true
		}
	}
	return false
}
