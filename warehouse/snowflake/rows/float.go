package rows

import "strconv"

// BindFloat is a number as it is bound. The driver writes a float64 with the
// digits of a float32, so that one which needs more goes as text, which
// Snowflake reads as a FLOAT wherever one is wanted.
func BindFloat(f float64) any {
	if short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64); err == nil && short == f {
		return f
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
