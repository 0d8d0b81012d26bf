package show

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// Describe is DESCRIBE of a warehouse or a user of the account.
func (v *Viewer) Describe(kind, name string) ([]warehouse.Column, [][]any, error) {
	for _, o := range v.of(kind, "SNOWPIT") {
		switch {
		case o.Name != name:
		case kind == "WAREHOUSE":
			return listing.Columns("created_on@ name kind"), [][]any{{o.Created, o.Name, kind}}, nil
		case kind == "USER":
			return listing.Columns("property value default description"), userProperties(o), nil
		}
	}
	return nil, nil, refusal.Missing(map[string]string{"WAREHOUSE": "Warehouse", "USER": "User"}[kind], name)
}

// properties are a user's, with the values that hold where nobody set them; "" is
// none.
var properties = []struct{ name, value, about string }{
	{"NAME", "", "Name"},
	{"COMMENT", "", "What was said of the user"},
	{"DISPLAY_NAME", "", "The name to show"},
	{"TYPE", "", "Type of the user"},
	{"LOGIN_NAME", "", "The name to log in with"},
	{"FIRST_NAME", "", "First name"},
	{"MIDDLE_NAME", "", "Middle name"},
	{"LAST_NAME", "", "Last name"},
	{"EMAIL", "", "Email address"},
	{"PASSWORD", "", "Password, which is never kept"},
	{"MUST_CHANGE_PASSWORD", "false", "Whether the user has to change the password"},
	{"DISABLED", "false", "Whether the user is disabled"},
	{"SNOWFLAKE_LOCK", "false", "Whether Snowflake has locked the user"},
	{"SNOWFLAKE_SUPPORT", "false", "Whether Snowflake Support may act as the user"},
	{"DAYS_TO_EXPIRY", "", "Days until the user expires"},
	{"MINS_TO_UNLOCK", "", "Minutes until the user is unlocked"},
	{"DEFAULT_WAREHOUSE", "", "The warehouse that sessions start with"},
	{"DEFAULT_NAMESPACE", "", "The database and schema that sessions start in"},
	{"DEFAULT_ROLE", "", "The role that sessions start with"},
	{"DEFAULT_SECONDARY_ROLES", "", "The secondary roles that sessions start with"},
	{"EXT_AUTHN_DUO", "false", "Whether Duo Security is the second factor"},
	{"EXT_AUTHN_UID", "", "The user's id for external authentication"},
	{"HAS_MFA", "false", "Whether the user has a second factor"},
	{"MINS_TO_BYPASS_MFA", "", "Minutes for which no second factor is asked for"},
	{"MINS_TO_BYPASS_NETWORK_POLICY", "", "Minutes for which no network policy holds"},
	{"RSA_PUBLIC_KEY_FP", "", "Fingerprint of the public key"},
	{"RSA_PUBLIC_KEY_2_FP", "", "Fingerprint of the second public key"},
	{"HAS_WORKLOAD_IDENTITY", "false", "Whether the user has a workload identity"},
}

func userProperties(o account.Object) (rows [][]any) {
	get := otherwise(o)
	for _, p := range properties {
		value := get(p.name, p.value)
		switch p.name {
		case "NAME", "DISPLAY_NAME", "LOGIN_NAME":
			value = get(p.name, o.Name)
		}
		rows = append(rows, []any{p.name, orWord(value), orWord(p.value), p.about})
	}
	return rows
}

// orWord is a text, or the word null, which DESCRIBE USER has for none.
func orWord(text string) string {
	if text == "" {
		return "null"
	}
	return text
}
