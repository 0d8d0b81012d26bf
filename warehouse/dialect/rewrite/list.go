package rewrite

import (
	"maps"
	"slices"
	"strings"
)

// byHand are the functions that have code of their own, in special.go.
var byHand = words(`ARRAYAGG ARRAY_AGG ARRAY_CONSTRUCT ARRAY_TO_STRING CONCAT CONCAT_WS CURRENT_ACCOUNT CURRENT_DATABASE CURRENT_REGION CURRENT_ROLE
	CURRENT_SCHEMA CURRENT_USER CURRENT_VERSION CURRENT_WAREHOUSE DATE DATEADD DATEDIFF DATE_PART DATE_TRUNC DECODE FIRST_VALUE FLATTEN GENERATOR GET
	GET_PATH GREATEST LAST_VALUE LEAST LISTAGG NTH_VALUE OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL OBJECT_DELETE OBJECT_PICK RATIO_TO_REPORT SHA2 SHA2_HEX
	SPLIT_PART SPLIT_TO_TABLE STRING_AGG TIMEDIFF TIMESTAMPADD TIMESTAMPDIFF TIME_SLICE TO_CHAR TO_DATE TO_DECIMAL TO_NUMBER TO_NUMERIC TO_TIME
	TO_TIMESTAMP TO_TIMESTAMP_LTZ TO_TIMESTAMP_NTZ TO_TIMESTAMP_TZ TO_VARCHAR TRUNC TRY_TO_DATE TRY_TO_DECIMAL TRY_TO_NUMBER TRY_TO_NUMERIC TRY_TO_TIME
	TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ`)

// Functions are the names of Snowflake's functions that are translated, and of
// those that are refused by name, each sorted.
func Functions() (translated, refusedByName []string) {
	all := maps.Clone(byHand)
	maps.Copy(all, same)
	for name := range templates() {
		function, _, _ := strings.Cut(name, "/")
		all[function] = true
	}
	no := maps.Clone(refused)
	for name := range all {
		delete(no, name)
	}
	return slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(no))
}
