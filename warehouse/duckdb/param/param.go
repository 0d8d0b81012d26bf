package param

import (
	"slices"
	"strconv"
	"strings"
)

// A Kind is the type of a parameter's values, spelt as SHOW PARAMETERS does.
type Kind string

// The kinds.
const (
	Boolean Kind = "BOOLEAN"
	Number  Kind = "NUMBER"
	String  Kind = "STRING"
)

// A Param is one session parameter.
type Param struct {
	Name        string // in upper case
	Kind        Kind
	Default     string // as SHOW PARAMETERS writes it
	Description string // one sentence

	min, max int64                  // of a Number
	words    []string               // all that a String may be, in any case; nil for anything
	valid    func(text string) bool // nil for anything
}

// clients are how the names of parameters begin that only a client reads.
var clients = []string{"CLIENT_", "PYTHON_", "JDBC_", "ODBC_", "GO_", "JS_", "NODEJS_", "SNOWPARK_", "GCS_",
	"SNOWSERVICES_", "QUERY_CONTEXT_", "USE_CACHED_", "C_API_"}

// Lookup finds a parameter by its name, in upper case. One that only a client
// reads is found too where Snowflake documents it nowhere: a text of any kind.
func Lookup(name string) (Param, bool) {
	i, found := slices.BinarySearchFunc(all, name, func(p Param, name string) int { return strings.Compare(p.Name, name) })
	if found {
		return all[i], true
	}
	for _, prefix := range clients {
		if strings.HasPrefix(name, prefix) && len(name) > len(prefix) {
			return Param{Name: name, Kind: String, Description: "Read by clients alone."}, true
		}
	}
	return Param{}, false
}

// All are the parameters that Snowflake documents and a session of the local
// warehouse takes, by their names.
func All() []Param { return slices.Clone(all) }

// Read is a value that somebody wrote as the parameter keeps it, and false for
// one that it does not take.
func (p Param) Read(text string) (value string, ok bool) {
	switch p.Kind {
	case Boolean:
		b, err := strconv.ParseBool(strings.ToLower(text))
		return strconv.FormatBool(b), err == nil
	case Number:
		n, err := strconv.ParseInt(text, 10, 64)
		return strconv.FormatInt(n, 10), err == nil && n >= p.min && (p.max == 0 || n <= p.max)
	}
	if p.words != nil {
		i := slices.IndexFunc(p.words, func(w string) bool { return strings.EqualFold(w, text) })
		if i < 0 {
			return "", false
		}
		return p.words[i], true
	}
	return text, p.valid == nil || p.valid(text)
}

func shortTag(text string) bool { return len(text) <= 2000 }
