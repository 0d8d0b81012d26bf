package redact_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/redact"
)

func TestSQL(t *testing.T) {
	for in, want := range map[string]string{
		"select 'a', b": "select 'a', b",
		"alter user u set password = 'a''b' x = 'y'":                           "alter user u set password = '***' x = 'y'",
		"alter user u set PASSWORD=$$it's$$":                                   "alter user u set PASSWORD='***'",
		"create stage s credentials = (aws_key_id = 'k' aws_secret_key = 's')": "create stage s credentials = (aws_key_id = '***' aws_secret_key = '***')",
		"call f(token => 'x', a => 'y')":                                       "call f(token => '***', a => 'y')",
		"select 'password', 'x'":                                               "select 'password', 'x'",
		"alter user u set password = 'cut off in the mid":                      "alter user u set password = '***'",
	} {
		if got := redact.SQL(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzSQL(f *testing.F) {
	f.Add("alter user u set password = 'hidden'")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(redact.SQL("set password = 'hidden-word' /*"+text), "hidden-word") && !strings.Contains(text, "hidden-word") {
			t.Error(text)
		}
	})
}
