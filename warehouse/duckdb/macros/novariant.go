package macros

import (
	"fmt"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

// noVariant is a semi-structured value that could not be read as a type, for what
// it is worth: TRUE is a number, a number a truth, and a null no value. For others
// it is the refusal, as text that is cast to the type.
func noVariant(to string) (textFunction, error) {
	return func(dst, src []byte) ([]byte, bool, error) {
		shown := string(variant.Shown(nil, src))
		number, err := strconv.ParseFloat(shown, 64)
		switch {
		case shown == "null", variant.IsGap(src):
			return dst, false, nil
		case to == "BOOLEAN" && err == nil:
			return strconv.AppendBool(dst, number != 0), true, nil
		case shown == "true":
			return append(dst, '1'), true, nil
		case shown == "false":
			return append(dst, '0'), true, nil
		case err == nil:
			return fmt.Appendf(dst, "[100039:22003] Numeric value '%s' is out of range", shown), true, nil
		}
		return fmt.Appendf(dst, "[100071:22000] Failed to cast variant value %s to %s", shown, to), true, nil
	}, nil
}
