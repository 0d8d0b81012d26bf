package rewrite

// The templates of the functions that few projects need, by family; see
// templateTable. Some call macros of duckdb/macros/prelude.sql.

const numberTemplates = `
BIT_AND/2             __SF.MAIN.bitand($1, $2)
BIT_OR/2              __SF.MAIN.bitor($1, $2)
BIT_XOR/2             XOR(CAST($1 AS BIGINT), CAST($2 AS BIGINT))
BIT_NOT/1             (-1 - CAST($1 AS BIGINT))
BIT_SHIFTLEFT/2       __SF.MAIN.bitshiftleft($1, $2)
BIT_SHIFTRIGHT/2      __SF.MAIN.bitshiftright($1, $2)
GETBIT/2              __SF.MAIN.bitand(__SF.MAIN.bitshiftright($1, $2), 1)
BITANDAGG/1           BIT_AND(CAST($1 AS BIGINT))
BIT_ANDAGG/1          BIT_AND(CAST($1 AS BIGINT))
BIT_AND_AGG/1         BIT_AND(CAST($1 AS BIGINT))
BITORAGG/1            BIT_OR(CAST($1 AS BIGINT))
BIT_ORAGG/1           BIT_OR(CAST($1 AS BIGINT))
BIT_OR_AGG/1          BIT_OR(CAST($1 AS BIGINT))
BITXORAGG/1           BIT_XOR(CAST($1 AS BIGINT))
BIT_XORAGG/1          BIT_XOR(CAST($1 AS BIGINT))
BIT_XOR_AGG/1         BIT_XOR(CAST($1 AS BIGINT))
BOOLXOR/2             (CAST($1 AS BOOLEAN) <> CAST($2 AS BOOLEAN))
REGR_VALX/2           CASE WHEN $1 IS NOT NULL THEN CAST($2 AS DOUBLE) END
REGR_VALY/2           CASE WHEN $2 IS NOT NULL THEN CAST($1 AS DOUBLE) END
APPROXIMATE_COUNT_DISTINCT/1 APPROX_COUNT_DISTINCT($1)
NORMAL/3              __SF.MAIN.normal($1, $2, $3)
BITMAP_BUCKET_NUMBER/1 __SF.MAIN.bitmap_bucket(CAST($1 AS BIGINT))
BITMAP_BIT_POSITION/1 __SF.MAIN.bitmap_position(CAST($1 AS BIGINT))
BITMAP_COUNT/1        BIT_COUNT(CAST($1 AS BIT))
BITMAP_CONSTRUCT_AGG/1 CAST(BITSTRING_AGG(CAST($1 AS INTEGER), 0, 32767) AS BLOB)
BITMAP_OR_AGG/1       CAST(BIT_OR(CAST($1 AS BIT)) AS BLOB)
RANDSTR/2             __SF_RANDSTR(CAST($1 AS BIGINT), CAST($2 AS VARCHAR))
`

const textTemplates = `
OCTET_LENGTH/1        __SF.MAIN.octets($1)
BIT_LENGTH/1          (8 * __SF.MAIN.octets($1))
RTRIMMED_LENGTH/1     LENGTH(RTRIM($1, ' '))
SOUNDEX/1             __SF.MAIN.soundex($1)
SOUNDEX_P123/1        __SF.MAIN.soundex_p123($1)
JAROWINKLER_SIMILARITY/2 __SF.MAIN.jaro_winkler(UPPER($1), UPPER($2))
EDITDISTANCE/3        CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN LEAST(__SF.MAIN.edit_distance($1, $2), GREATEST($3, 0)) END
INSERT/4              __SF.MAIN.splice($1, __SF.MAIN.from_first($2, 'pos'), $3, $4)
PARSE_IP/2            __SF.MAIN.parse_ip($1, $2)
TRY_PARSE_IP/2        __SF.MAIN.try_parse_ip($1, $2)
PARSE_URL/1           __SF.MAIN.parse_url($1, 0)
PARSE_URL/2           __SF.MAIN.parse_url($1, $2)
STRTOK_TO_ARRAY/1     TO_JSON(__SF.MAIN.tokens($1, ' '))
STRTOK_TO_ARRAY/2     TO_JSON(__SF.MAIN.tokens($1, $2))
MD5_BINARY/1          UNHEX(MD5($1))
MD5_NUMBER_LOWER64/1  __SF.MAIN.hex64(SUBSTR(MD5($1), 17, 16))
MD5_NUMBER_UPPER64/1  __SF.MAIN.hex64(SUBSTR(MD5($1), 1, 16))
SHA1_BINARY/1         UNHEX(SHA1($1))
HEX_ENCODE/2          CASE WHEN $2 = 0 THEN LOWER(HEX($1)) ELSE HEX($1) END
HEX_DECODE_BINARY/1   __SF.MAIN.unhexed($1)
TRY_HEX_DECODE_STRING/1 TRY(DECODE(__SF.MAIN.unhexed($1)))
TRY_HEX_DECODE_BINARY/1 TRY(__SF.MAIN.unhexed($1))
BASE64_DECODE_BINARY/1 FROM_BASE64($1)
TRY_BASE64_DECODE_STRING/1 TRY(DECODE(FROM_BASE64($1)))
TRY_BASE64_DECODE_BINARY/1 TRY(FROM_BASE64($1))
`

const dateTemplates = `
TIMESTAMPFROMPARTS/6  __SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, 0)
TIMESTAMPFROMPARTS/7  __SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, $7)
TIMESTAMPNTZFROMPARTS/6 __SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, 0)
TIMESTAMPNTZFROMPARTS/7 __SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, $7)
TIMESTAMP_FROM_PARTS/2 (CAST($1 AS DATE) + CAST($2 AS TIME))
TIMESTAMP_NTZ_FROM_PARTS/2 (CAST($1 AS DATE) + CAST($2 AS TIME))
TIMESTAMP_LTZ_FROM_PARTS/6 CAST(__SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, 0) AS TIMESTAMPTZ)
TIMESTAMP_LTZ_FROM_PARTS/7 CAST(__SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, $7) AS TIMESTAMPTZ)
TIMESTAMPLTZFROMPARTS/6 CAST(__SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, 0) AS TIMESTAMPTZ)
TIMEFROMPARTS/4       __SF.MAIN.time_from_parts($1, $2, $3, $4)
CURRENT_TIME/0        CAST(CAST(GET_CURRENT_TIMESTAMP() AS TIMESTAMP) AS TIME)
CURRENT_TIME/1        CAST(CAST(GET_CURRENT_TIMESTAMP() AS TIMESTAMP) AS TIME)
LOCALTIME/0           CAST(CAST(GET_CURRENT_TIMESTAMP() AS TIMESTAMP) AS TIME)
`

const structuredTemplates = `
PARSE_JSON/2          __SF.MAIN.parse_json_of($1, $2)
TRY_PARSE_JSON/2      __SF.MAIN.try_parse_json_of($1, $2)
IS_DOUBLE/1           __SF.MAIN.is_real($1)
IS_REAL/1             __SF.MAIN.is_real($1)
IS_BINARY/1           (__SF.MAIN.type_name($1) = 'BINARY')
IS_DATE/1             (__SF.MAIN.type_name($1) = 'DATE')
IS_DATE_VALUE/1       (__SF.MAIN.type_name($1) = 'DATE')
IS_TIME/1             (__SF.MAIN.type_name($1) = 'TIME')
IS_TIMESTAMP_NTZ/1    (__SF.MAIN.type_name($1) = 'TIMESTAMP_NTZ')
IS_TIMESTAMP_LTZ/1    (__SF.MAIN.type_name($1) = 'TIMESTAMP_LTZ')
IS_TIMESTAMP_TZ/1     (__SF.MAIN.type_name($1) = 'TIMESTAMP_TZ')
AS_REAL/1             __SF.MAIN.real_of($1)
AS_BINARY/1           CASE WHEN __SF.MAIN.type_name($1) = 'BINARY' THEN UNHEX(__SF.MAIN.text_in($1)) END
AS_DATE/1             CASE WHEN __SF.MAIN.type_name($1) = 'DATE' THEN CAST(__SF.MAIN.text_in($1) AS DATE) END
AS_TIME/1             CASE WHEN __SF.MAIN.type_name($1) = 'TIME' THEN __SF.MAIN.text_time(__SF.MAIN.text_in($1)) END
AS_TIMESTAMP_NTZ/1    CASE WHEN __SF.MAIN.type_name($1) = 'TIMESTAMP_NTZ' THEN __SF.MAIN.text_naive(__SF.MAIN.text_in($1)) END
AS_TIMESTAMP_LTZ/1    CASE WHEN __SF.MAIN.type_name($1) = 'TIMESTAMP_LTZ' THEN __SF.MAIN.text_zoned(__SF.MAIN.text_in($1)) END
AS_TIMESTAMP_TZ/1     CASE WHEN __SF.MAIN.type_name($1) = 'TIMESTAMP_TZ' THEN __SF.MAIN.text_offset(__SF.MAIN.text_in($1)) END
UUID_STRING/2         __SF.MAIN.named_uuid($1, $2)
AS_NUMBER/1           CASE WHEN __SF.MAIN.is_decimal($1) THEN CAST(JSON_EXTRACT_STRING($1, '$') AS DECIMAL(38, 0)) END
AS_DECIMAL/1          CASE WHEN __SF.MAIN.is_decimal($1) THEN CAST(JSON_EXTRACT_STRING($1, '$') AS DECIMAL(38, 0)) END
ARRAY_INSERT/3        CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN __SF.MAIN.array_insert($1, $2, __SF.MAIN.or_gap($3)) END
ARRAY_REMOVE/2        CASE WHEN $2 IS NOT NULL THEN TO_JSON(LIST_FILTER(__SF.MAIN.items($1), x -> NOT __SF.MAIN.same_value(x, TO_JSON($2)))) END
ARRAY_REMOVE_AT/2     __SF.MAIN.array_remove_at($1, $2)
ARRAY_REVERSE/1       TO_JSON(LIST_REVERSE(__SF.MAIN.items($1)))
ARRAY_FLATTEN/1       __SF.MAIN.array_flatten($1)
ARRAY_MAX/1           __SF.MAIN.array_max($1)
ARRAY_MIN/1           __SF.MAIN.array_min($1)
ARRAY_SORT/1          CASE WHEN $1 IS NOT NULL THEN __SF.MAIN.array_sort($1, TRUE, FALSE) END
ARRAY_SORT/2          CASE WHEN $1 IS NOT NULL THEN __SF.MAIN.array_sort($1, $2, NOT $2) END
ARRAY_SORT/3          CASE WHEN $1 IS NOT NULL THEN __SF.MAIN.array_sort($1, $2, $3) END
ARRAY_GENERATE_RANGE/2 __SF.MAIN.array_range($1, $2, 1)
ARRAY_GENERATE_RANGE/3 __SF.MAIN.array_range($1, $2, $3)
ARRAYS_TO_OBJECT/2    __SF.MAIN.arrays_to_object($1, $2)
OBJECTAGG/2           __SF.MAIN.object_of(LIST(__SF.MAIN.member($1, $2)))
GET_IGNORE_CASE/2     __SF.MAIN.get_ignore_case($1, $2)
TO_ARRAY/1            __SF.MAIN.to_array($1)
TO_OBJECT/1           __SF.MAIN.to_object($1)
`
