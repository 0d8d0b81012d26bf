package yamldoc

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
)

// The forms of plain scalars that are more than texts, as in YAML 1.1, which is
// what dbt reads.
var (
	yamlTrue  = regexp.MustCompile(`^(yes|Yes|YES|true|True|TRUE|on|On|ON)$`)
	yamlFalse = regexp.MustCompile(`^(no|No|NO|false|False|FALSE|off|Off|OFF)$`)
	yamlNull  = regexp.MustCompile(`^(~|null|Null|NULL|)$`)
	yamlInt   = regexp.MustCompile(`^[-+]?(0b[0-1_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$`)
	yamlTimes = regexp.MustCompile(`^[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+$`)
	yamlFloat = regexp.MustCompile(`^[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?)$`)
)

// plainScalar is what a scalar without quotes means.
func plainScalar(text string) any {
	switch {
	case yamlNull.MatchString(text):
		return nil
	case text[0] > '9' && text[0] != '~' && text[0] != '.' || text[0] == '(':
		if yamlTrue.MatchString(text) {
			return true
		}
		if yamlFalse.MatchString(text) {
			return false
		}
		return text
	case yamlInt.MatchString(text):
		digits := strings.ReplaceAll(strings.TrimPrefix(text, "+"), "_", "")
		if n, ok := new(big.Int).SetString(digits, 0); ok {
			return json.Number(n.String())
		}
	case yamlTimes.MatchString(text):
		return sexagesimal(text)
	case yamlFloat.MatchString(text):
		return decimal(strings.ReplaceAll(text, "_", ""))
	}
	return text
}

// decimal is a number with a point as JSON writes it: with a digit on either
// side of the point, no zero that leads others and no + before it.
func decimal(text string) json.Number {
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = "-", rest
	}
	whole, rest, _ := strings.Cut(strings.TrimPrefix(text, "+"), ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if rest == "" || rest[0] == 'e' || rest[0] == 'E' {
		rest = "0" + rest
	}
	return json.Number(sign + whole + "." + rest)
}

// sexagesimal is a number to the base of 60, such as 1:30.
func sexagesimal(text string) any {
	sign := int64(1)
	if strings.HasPrefix(text, "-") {
		sign = -1
	}
	n := new(big.Int)
	for part := range strings.SplitSeq(strings.TrimLeft(strings.ReplaceAll(text, "_", ""), "+-"), ":") {
		d, ok := new(big.Int).SetString(part, 10)
		if !ok {
			return text
		}
		n.Add(n.Mul(n, big.NewInt(60)), d)
	}
	return json.Number(n.Mul(n, big.NewInt(sign)).String())
}
