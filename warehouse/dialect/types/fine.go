package types

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// MayBeFine reports the types whose values may have more than six digits of a
// second.
func (t Type) MayBeFine() bool {
	return (t.Timestamp() || t.Is(warehouse.Time)) && t.Precision > 6
}

// What functions do with times of nine digits; the others give six.
var (
	// passing give one of their arguments
	passing = set(`MAX MIN ANY_VALUE FIRST_VALUE LAST_VALUE NTH_VALUE MODE MAX_BY MIN_BY NULLIF LAG LEAD COALESCE NVL IFNULL GREATEST LEAST
	GREATEST_IGNORE_NULLS LEAST_IGNORE_NULLS IFF NVL2 DECODE`)

	// moving add to a time, by the place of that
	moving = map[string]int{"DATEADD": 2, "TIMEADD": 2, "TIMESTAMPADD": 2, "ADD_MONTHS": 0}

	// making make a time of something else
	making = set(`TO_TIMESTAMP TO_TIMESTAMP_NTZ TO_TIMESTAMP_LTZ TO_TIMESTAMP_TZ TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ TRY_TO_TIMESTAMP_LTZ
	TRY_TO_TIMESTAMP_TZ TO_TIME TRY_TO_TIME TIME TIMESTAMP_FROM_PARTS TIMESTAMPFROMPARTS TIMESTAMP_NTZ_FROM_PARTS TIMESTAMPNTZFROMPARTS
	TIMESTAMP_LTZ_FROM_PARTS TIMESTAMPLTZFROMPARTS TIMESTAMP_TZ_FROM_PARTS TIMESTAMPTZFROMPARTS TIME_FROM_PARTS TIMEFROMPARTS CONVERT_TIMEZONE`)
)

func set(names string) map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields(names) {
		out[name] = true
	}
	return out
}

// fineResult is the type of a call's result, and whether it is fine.
func (c *checker) fineResult(e *ast.Call, args []Type) Type {
	t, name := result(e, args), e.Name.Last()
	if !t.MayBeFine() {
		t.Fine = false
		return t
	}
	switch place, moves := moving[name]; {
	case passing[name]:
	case moves:
		of := arg(args, place)
		t.Fine = of.Fine || c.cfg.Fine && of.Is(warehouse.Varchar) || Nanoseconds(unitAt(e, 0)) && place > 0
	case making[name]:
		t.Fine = c.cfg.Fine
		for _, a := range args {
			t.Fine = t.Fine || a.Fine
		}
	default:
		t.Fine = false
	}
	return t
}

// part is the type of what a structured value holds, which is kept as text.
func (c *checker) part(t Type) Type {
	t.Fine = c.cfg.Fine && t.MayBeFine()
	return t
}

// Nanoseconds reports the names of that unit.
func Nanoseconds(unit string) bool {
	switch strings.ToLower(unit) {
	case "nanosecond", "ns", "nsec", "nanosec", "nsecond", "nanoseconds", "nanosecs", "nseconds":
		return true
	}
	return false
}
