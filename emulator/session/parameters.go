package session

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// defaults are the parameters that clients are told, as Snowflake has them.
// What a client does without one is in no documentation of theirs: Python needs
// TIMEZONE and CLIENT_STAGE_ARRAY_BINDING_THRESHOLD, Node BINARY_OUTPUT_FORMAT; Go
// writes times inside of objects by the formats for input, unless it is told none.
var defaults = map[string]any{
	"AUTOCOMMIT":           true,
	"BINARY_INPUT_FORMAT":  "HEX",
	"BINARY_OUTPUT_FORMAT": "HEX",
	"CLIENT_ENABLE_LOG_INFO_STATEMENT_PARAMETERS":   false,
	"CLIENT_PREFETCH_THREADS":                       int64(4),
	"CLIENT_RESULT_CHUNK_SIZE":                      int64(160),
	"CLIENT_SESSION_KEEP_ALIVE":                     false,
	"CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": int64(3600),
	"CLIENT_STAGE_ARRAY_BINDING_THRESHOLD":          int64(65280),
	"CLIENT_TELEMETRY_ENABLED":                      false,
	"DATE_OUTPUT_FORMAT":                            "YYYY-MM-DD",
	"DISABLE_PUT_AND_GET_ON_EXTERNAL_STAGE":         true,
	"ERROR_ON_NONDETERMINISTIC_MERGE":               true,
	"GEOGRAPHY_OUTPUT_FORMAT":                       "GeoJSON",
	"JS_TREAT_INTEGER_AS_BIGINT":                    false,
	"MULTI_STATEMENT_COUNT":                         int64(1),
	"PYTHON_SNOWPARK_USE_SCOPED_TEMP_OBJECTS":       false,
	"QUERY_CONTEXT_CACHE_SIZE":                      int64(5),
	"QUERY_TAG":                                     "",
	"STATEMENT_TIMEOUT_IN_SECONDS":                  int64(172800),
	"TIMESTAMP_LTZ_OUTPUT_FORMAT":                   "",
	"TIMESTAMP_NTZ_OUTPUT_FORMAT":                   "YYYY-MM-DD HH24:MI:SS.FF3",
	"TIMESTAMP_OUTPUT_FORMAT":                       "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
	"TIMESTAMP_TYPE_MAPPING":                        "TIMESTAMP_NTZ",
	"TIMESTAMP_TZ_OUTPUT_FORMAT":                    "",
	"TIMEZONE":                                      "UTC", // as the local account has it
	"TIME_OUTPUT_FORMAT":                            "HH24:MI:SS",
	"TRANSACTION_DEFAULT_ISOLATION_LEVEL":           "READ COMMITTED",
	"TWO_DIGIT_CENTURY_START":                       int64(1970),
	"WEEK_OF_YEAR_POLICY":                           int64(0),
	"WEEK_START":                                    int64(0),
}

// ofClients are how the names of parameters begin that mean something to
// clients and the wire, and nothing to a warehouse.
var ofClients = []string{
	"BIND_", "CLIENT_", "ENABLE_", "FEATURE_", "FORCE_", "GO_", "IGNORE_CLIENT_", "JDBC_", "JS_", "ODBC_", "PYTHON_", "SNOWPARK_", "QUERY_CONTEXT_", "VARCHAR_AND_BINARY_MAX_SIZE_",
	"BINARY_OUTPUT_FORMAT", "DISABLE_PUT_AND_GET_ON_EXTERNAL_STAGE", "MULTI_STATEMENT_COUNT", "DOTNET_", "C_API_", "GEOGRAPHY_", "INTERNAL_", "UI_", "USE_CACHED_RESULT",
	"USE_STATEMENT_TYPE_", "STATEMENT_TIMEOUT_IN_SECONDS", "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "ABORT_DETACHED_QUERY", "LOCK_TIMEOUT",
}

// OfClients reports whether a parameter is none of the warehouse's business.
func OfClients(name string) bool {
	return slices.ContainsFunc(ofClients, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// Parameters are one session's. Several goroutines may use them at once.
type Parameters struct {
	mu     sync.Mutex
	base   map[string]any // what Unset goes back to
	values map[string]any
	list   []wire.Parameter // as sent; nil when it must be made anew
}

// NewParameters are the defaults for a client that calls itself app.
func NewParameters(app string) *Parameters {
	p := &Parameters{base: map[string]any{}, values: map[string]any{}}
	for name, v := range defaults {
		p.base[name] = v
	}
	if strings.HasPrefix(app, "Python") {
		p.base["CLIENT_STAGE_ARRAY_BINDING_THRESHOLD"] = int64(0) // bind inline, always
	}
	return p
}

// Set gives a parameter a value, in the type that its default has. One without
// a default is kept as it is.
func (p *Parameters) Set(name string, value any) error {
	name = strings.ToUpper(name)
	p.mu.Lock()
	defer p.mu.Unlock()
	v, err := as(p.base[name], value)
	if err != nil {
		return fmt.Errorf("invalid value [%v] for parameter '%s'", value, name)
	}
	p.values[name], p.list = v, nil
	return nil
}

// Text is a parameter's value, as JSON has it, as text.
func Text(value any) string {
	if f, ok := value.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// as is value in the type of like.
func as(like, value any) (any, error) {
	text := Text(value)
	switch like.(type) {
	case bool:
		return strconv.ParseBool(strings.ToLower(text))
	case int64:
		return strconv.ParseInt(text, 10, 64)
	case string:
		return text, nil
	}
	if value == nil {
		return "", nil
	}
	switch value.(type) {
	case bool, string:
		return value, nil
	}
	return text, nil
}

// Unset gives a parameter its default again.
func (p *Parameters) Unset(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.values, strings.ToUpper(name))
	p.list = nil
}

// Get is a parameter's value, nil if it has none.
func (p *Parameters) Get(name string) any {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v, ok := p.values[name]; ok {
		return v
	}
	return p.base[name]
}

// Text is a parameter's value as text, "" if it has none.
func (p *Parameters) Text(name string) string {
	if v := p.Get(name); v != nil {
		return fmt.Sprint(v)
	}
	return ""
}

// Int is a parameter's value as a number, 0 if it is none.
func (p *Parameters) Int(name string) int64 {
	n, _ := p.Get(name).(int64)
	return n
}

// ofServers are the parameters that only the server reads. A client is not told
// them: the Go driver keeps what it is told for the other connections of a pool,
// too.
var ofServers = map[string]bool{
	"BINARY_INPUT_FORMAT": true, "DISABLE_PUT_AND_GET_ON_EXTERNAL_STAGE": true, "ERROR_ON_NONDETERMINISTIC_MERGE": true, "MULTI_STATEMENT_COUNT": true, "STATEMENT_TIMEOUT_IN_SECONDS": true,
	"TRANSACTION_DEFAULT_ISOLATION_LEVEL": true, "TWO_DIGIT_CENTURY_START": true, "WEEK_OF_YEAR_POLICY": true, "WEEK_START": true,
}

// told reports whether a client is told a parameter.
func told(name string) bool {
	return !ofServers[name] && !strings.HasSuffix(name, "QUERY_RESULT_FORMAT")
}

// List is what a client is told of them, in order of name, not to be changed.
func (p *Parameters) List() []wire.Parameter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.list != nil {
		return p.list
	}
	for name, v := range p.base {
		if own, ok := p.values[name]; ok {
			v = own
		}
		if told(name) {
			p.list = append(p.list, wire.Parameter{Name: name, Value: v})
		}
	}
	for name, v := range p.values {
		if _, ok := p.base[name]; !ok && told(name) {
			p.list = append(p.list, wire.Parameter{Name: name, Value: v})
		}
	}
	slices.SortFunc(p.list, func(a, b wire.Parameter) int { return strings.Compare(a.Name, b.Name) })
	return p.list
}
