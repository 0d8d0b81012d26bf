package rewrite

import (
	"maps"
	"slices"
	"strings"
)

// byHand are the functions that have code of their own.
var byHand = words(`CONVERT_TIMEZONE TIMESTAMP_TZ_FROM_PARTS TIMESTAMPTZFROMPARTS BOOLXOR_AGG COUNT_IF STDDEV STDDEV_POP STDDEV_SAMP VARIANCE VARIANCE_POP VARIANCE_SAMP VAR_POP VAR_SAMP
	ADD_MONTHS APPROX_TOP_K HASH_AGG JSON_EXTRACT_PATH_TEXT SYS_CONNECT_BY_PATH FILTER TRANSFORM REDUCE ARRAY_CONSTRUCT_COMPACT ARRAY_UNIQUE_AGG CONDITIONAL_CHANGE_EVENT CONDITIONAL_TRUE_EVENT HASH REGEXP REGEXP_EXTRACT_ALL REGEXP_INSTR
	REGEXP_SUBSTR_ALL STRTOK_SPLIT_TO_TABLE TIMEADD TO_BINARY TRY_TO_BINARY ARRAYAGG ARRAY_AGG ARRAY_CONSTRUCT ARRAY_TO_STRING CONCAT CONCAT_WS CURRENT_ACCOUNT CURRENT_DATABASE CURRENT_REGION CURRENT_ROLE
	CURRENT_ACCOUNT_NAME CURRENT_AVAILABLE_ROLES CURRENT_IP_ADDRESS CURRENT_ORGANIZATION_NAME CURRENT_ROLE_TYPE CURRENT_SCHEMAS CURRENT_SECONDARY_ROLES
	CURRENT_SCHEMA CURRENT_USER CURRENT_VERSION CURRENT_WAREHOUSE DATE DATEADD DATEDIFF DATE_PART TIME TRY_TO_TIMESTAMP_LTZ TRY_TO_TIMESTAMP_TZ DATE_TRUNC DECODE FIRST_VALUE FLATTEN GENERATOR GET
	GET_PATH GREATEST LAST_VALUE LEAST LISTAGG MAP_CAT MAP_CONTAINS_KEY MAP_DELETE MAP_INSERT MAP_KEYS MAP_PICK MAP_SIZE NTH_VALUE OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL OBJECT_DELETE OBJECT_PICK RANDOM RATIO_TO_REPORT SHA2 SHA2_BINARY SHA2_HEX
	SPLIT_PART SPLIT_TO_TABLE STRING_AGG SYSTEM$TYPEOF SYSTEM$WAIT TIMEDIFF TIMESTAMPADD TIMESTAMPDIFF TIME_SLICE TO_CHAR TO_DATE TO_DECIMAL TO_NUMBER TO_NUMERIC TO_TIME
	TO_TIMESTAMP TO_TIMESTAMP_LTZ TO_TIMESTAMP_NTZ TO_TIMESTAMP_TZ TO_VARCHAR TRUNC UNIFORM TRY_TO_DATE TRY_TO_DECIMAL TRY_TO_NUMBER TRY_TO_NUMERIC TRY_TO_TIME
	TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ`)

// bySession are the functions that the warehouse answers before a statement is
// rewritten: they tell of its sessions, its objects and its stages.
var bySession = words(`COPY_HISTORY CURRENT_CLIENT CURRENT_SESSION CURRENT_TRANSACTION GET_DDL GETVARIABLE INFER_SCHEMA LAST_QUERY_ID LAST_TRANSACTION
	QUERY_HISTORY QUERY_HISTORY_BY_SESSION QUERY_HISTORY_BY_USER RESULT_SCAN VALIDATE`)

// A Function is one of Snowflake's functions and what becomes of it here. It
// works if both of its notes are empty.
type Function struct {
	Name    string
	Differs string // how it differs from Snowflake's
	Refused string // the family that it is refused with
}

// Functions are all that are documented, sorted by name.
func Functions() []Function {
	translated := maps.Clone(byHand)
	maps.Copy(translated, same)
	maps.Copy(translated, bySession)
	for name := range templates() {
		function, _, _ := strings.Cut(name, "/")
		translated[function] = true
	}
	var out []Function
	for name := range translated {
		out = append(out, Function{Name: name, Differs: differs(name)})
	}
	for _, f := range families {
		for name := range words(f.names) {
			if !translated[name] {
				out = append(out, Function{Name: name, Refused: f.why})
			}
		}
	}
	slices.SortFunc(out, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return out
}
