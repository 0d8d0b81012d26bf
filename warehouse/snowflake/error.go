package snowflake

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// A secrets hides what must not be seen in what is said.
type secrets struct{ values *regexp.Regexp } // nil for none

// shortest is how long a secret must be to be looked for: the text of a shorter
// one is everywhere.
const shortest = 4

// secretsOf hides a config's.
func secretsOf(c account.Config) secrets {
	var quoted []string
	for _, v := range c.Secrets() {
		if len(v) >= shortest {
			quoted = append(quoted, regexp.QuoteMeta(v))
		}
	}
	if quoted == nil {
		return secrets{}
	}
	return secrets{regexp.MustCompile("(?i)" + strings.Join(quoted, "|"))} // SQL folds names
}

// signature is the query of a URL, where the right to use it is.
var signature = regexp.MustCompile(`(https?://[^\s"'?]+)\?[^\s"']*`)

func (s secrets) hide(text string) string {
	if s.values != nil {
		text = s.values.ReplaceAllLiteralString(text, "****")
	}
	return signature.ReplaceAllString(text, "$1?****")
}

// A hidden is an error whose text had secrets in it.
type hidden struct {
	text string
	err  error
}

func (h *hidden) Error() string { return h.text }

// Unwrap gives errors.Is and errors.As the cause.
func (h *hidden) Unwrap() error { return h.err }

// error is err without secrets in its text.
func (s secrets) error(err error) error {
	if text := err.Error(); s.hide(text) != text {
		return &hidden{s.hide(text), err}
	}
	return err
}

// The numbers of errors that the driver makes itself begin here; those of its
// file transfers are refusals of PUT and GET.
const (
	firstDriver, lastDriver     = 260000, 299999
	firstTransfer, lastTransfer = 264000, 264999
	firstSession, lastSession   = 390100, 390199
)

// refusal is what an error of the driver's means to a caller: an *Error for a
// statement refused, anything else for a session that is of no more use.
func (s secrets) refusal(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil {
		if errors.Is(err, ended) {
			return s.error(err)
		}
		return fmt.Errorf("%w: %w", ended, s.error(err))
	}
	var refused *gosnowflake.SnowflakeError
	if !errors.As(err, &refused) {
		return fmt.Errorf("snowflake: %w", s.error(err))
	}
	n := refused.Number
	local := n >= firstDriver && n <= lastDriver && (n < firstTransfer || n > lastTransfer)
	if local || n >= firstSession && n <= lastSession {
		return fmt.Errorf("snowflake: %w", s.error(err))
	}
	return s.refused(refused)
}

// refused is the *Error of a driver's error.
func (s secrets) refused(e *gosnowflake.SnowflakeError) *warehouse.Error {
	message := e.Message
	if len(e.MessageArgs) > 0 {
		message = fmt.Sprintf(e.Message, e.MessageArgs...)
	}
	out := &warehouse.Error{Code: e.Number, State: e.SQLState, Message: s.hide(message), QueryID: e.QueryID, Kind: kindOf(e), Err: s.error(e)}
	out.Line, out.Column = place(message)
	return out
}

func kindOf(e *gosnowflake.SnowflakeError) error {
	switch e.Number {
	case 2003, 2043:
		return warehouse.ErrNotExist
	case 1003:
		return warehouse.ErrSyntax
	case 2, 2019:
		return warehouse.ErrUnsupported
	}
	if e.SQLState == "42710" {
		return warehouse.ErrExist
	}
	return nil
}

// position is how Snowflake's compiler writes where a fault is. The driver
// gives it nowhere else.
var position = regexp.MustCompile(`line (\d+) at position (\d+)`)

func place(message string) (line, column int) {
	m := position.FindStringSubmatch(message)
	if m == nil {
		return 0, 0
	}
	line, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, 0
	}
	column, err = strconv.Atoi(m[2])
	if err != nil {
		return 0, 0
	}
	return line, column
}
