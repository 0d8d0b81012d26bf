package rewrite

import (
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// waitUnits are what SYSTEM$WAIT counts in.
var waitUnits = map[string]time.Duration{
	"MILLISECONDS": time.Millisecond, "SECONDS": time.Second, "MINUTES": time.Minute, "HOURS": time.Hour, "DAYS": 24 * time.Hour,
}

// Waits is how long a call of SYSTEM$WAIT waits, which is up to whoever runs
// the statement, and what it then gives. ok is false for any other call, and for
// one whose arguments are no literals.
func Waits(c *ast.Call) (d time.Duration, says string, ok bool) {
	if len(c.Name.Parts) != 1 || c.Name.Last() != "SYSTEM$WAIT" || len(c.Args) < 1 || len(c.Args) > 2 {
		return 0, "", false
	}
	unit := "SECONDS"
	if len(c.Args) == 2 {
		text, isText := c.Args[1].Value.(*ast.String)
		if !isText {
			return 0, "", false
		}
		unit = strings.ToUpper(text.Value)
	}
	number, isNumber := c.Args[0].Value.(*ast.Number)
	if !isNumber || waitUnits[unit] == 0 {
		return 0, "", false
	}
	n, err := strconv.ParseUint(number.Text, 10, 31)
	if err != nil {
		return 0, "", false
	}
	return time.Duration(n) * waitUnits[unit], "waited " + number.Text + " " + strings.ToLower(unit), true
}
