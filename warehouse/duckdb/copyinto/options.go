package copyinto

import (
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// onError is what COPY INTO does about rows that cannot be loaded. The zero
// value stops at the first.
type onError struct {
	goOn    bool    // load the others: CONTINUE
	skip    bool    // leave out the file, if there are too many
	errors  int64   // how many are too many
	percent float64 // or how many of a hundred rows, if not 0
}

// skips reports whether a file with so many errors is left out.
func (o onError) skips(errors, rows int64) bool {
	switch {
	case !o.skip || errors == 0:
		return false
	case o.percent > 0:
		return float64(errors)*100 > o.percent*float64(rows)
	}
	return errors >= o.errors
}

// limit is the error_limit that COPY INTO shows of a file with so many rows.
func (o onError) limit(rows int64) int64 {
	switch {
	case o.goOn:
		return max(rows, 1)
	case o.percent > 0:
		return max(1, int64(o.percent*float64(rows)/100))
	}
	return max(o.errors, 1)
}

func readOnError(o ast.Option) (onError, error) {
	word := strings.ToUpper(fileformat.Word(o.Value))
	switch word {
	case "ABORT_STATEMENT":
		return onError{}, nil
	case "CONTINUE":
		return onError{goOn: true}, nil
	case "SKIP_FILE":
		return onError{skip: true, errors: 1}, nil
	}
	number, ok := strings.CutPrefix(word, "SKIP_FILE_")
	number, percent := strings.CutSuffix(number, "%")
	n, err := strconv.ParseUint(number, 10, 31)
	if !ok || err != nil || percent && n > 100 {
		return onError{}, refusal.BadOption(o, word)
	}
	if percent {
		return onError{skip: true, errors: 1, percent: max(float64(n), 1e-9)}, nil
	}
	return onError{skip: true, errors: max(int64(n), 1)}, nil
}

// validation is what VALIDATION_MODE asks for instead of loading.
type validation struct {
	rows   int64 // RETURN_n_ROWS
	errors bool  // RETURN_ERRORS or RETURN_ALL_ERRORS
}

func readValidation(o ast.Option) (validation, error) {
	word := strings.ToUpper(fileformat.Word(o.Value))
	if word == "RETURN_ERRORS" || word == "RETURN_ALL_ERRORS" {
		return validation{errors: true}, nil
	}
	number, ok := strings.CutPrefix(word, "RETURN_")
	number, ok2 := strings.CutSuffix(number, "_ROWS")
	n, err := strconv.ParseUint(number, 10, 31)
	if !ok || !ok2 || err != nil || n == 0 {
		return validation{}, refusal.BadOption(o, word)
	}
	return validation{rows: int64(n)}, nil
}

// Options are what COPY INTO a table can be told.
type Options struct {
	stagedfile.Selection
	onError    onError
	validation *validation
	purge      bool
	Force      bool   // load what was loaded before, too
	truncate   bool   // cut texts that are too long
	sizeLimit  int64  // in bytes, 0 for none
	match      string // MATCH_BY_COLUMN_NAME: "", CASE_SENSITIVE or CASE_INSENSITIVE
	failedOnly bool
	metadata   []ast.Option // INCLUDE_METADATA: column = METADATA$…
}

// Validates says whether the files are to be looked at and not loaded.
func (o *Options) Validates() bool { return o.validation != nil }

// ReadOptions reads those that are not about the file format.
func ReadOptions(options []ast.Option) (o Options, err error) {
	for _, opt := range options {
		word := strings.ToUpper(fileformat.Word(opt.Value))
		switch opt.Key {
		case "FILES":
			err = o.SetFiles(opt)
		case "PATTERN":
			err = o.SetPattern(opt)
		case "ON_ERROR":
			o.onError, err = readOnError(opt)
		case "VALIDATION_MODE":
			var v validation
			v, err = readValidation(opt)
			o.validation = &v
		case "SIZE_LIMIT":
			if o.sizeLimit, err = strconv.ParseInt(word, 10, 64); err != nil || o.sizeLimit < 0 {
				err = refusal.BadOption(opt, word)
			}
		case "MATCH_BY_COLUMN_NAME":
			err = oneOf(opt, word, "CASE_SENSITIVE", "CASE_INSENSITIVE", "NONE")
			o.match = strings.TrimSuffix(word, "NONE")
		case "INCLUDE_METADATA":
			o.metadata = opt.Nested
		case "FILE_FORMAT":
		case "CREDENTIALS", "STORAGE_INTEGRATION", "ENCRYPTION": // of a bucket, which takes none here
		default:
			err = o.flag(opt, word)
		}
		if err != nil {
			return o, err
		}
	}
	return o, nil
}

// flag reads an option that is TRUE or FALSE.
func (o *Options) flag(opt ast.Option, word string) error {
	on := word == "TRUE"
	switch opt.Key {
	case "PURGE":
		o.purge = on
	case "FORCE":
		o.Force = on
	case "TRUNCATECOLUMNS":
		o.truncate = on
	case "ENFORCE_LENGTH":
		o.truncate = !on
	case "RETURN_FAILED_ONLY":
		o.failedOnly = on
	case "LOAD_UNCERTAIN_FILES": // no load is older here than what is known of loads
	default:
		return refusal.NoOption(opt, "COPY INTO a table")
	}
	return oneOf(opt, word, "TRUE", "FALSE")
}

func oneOf(o ast.Option, word string, words ...string) error {
	for _, w := range words {
		if w == word {
			return nil
		}
	}
	return refusal.BadOption(o, word)
}
