package duckdb_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// The translation of a call may have its arguments in another order, or one of
// them twice: each question mark stands for its own value all the same.
func TestBindsInCalls(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	for _, c := range []struct {
		sql, want string
		args      []any
	}{
		{"select charindex(?, ?)", "2", []any{"b", "abc"}},
		{"select position(?, ?)", "2", []any{"b", "abc"}},
		{"select nvl2(?, ?, ?)", "x", []any{"a", "x", "y"}},
		{"select split_part(?, ?, ?)", "b", []any{"a-b-c", "-", int64(2)}},
		{"select rpad(?, ?, ?)", "abXX", []any{"ab", int64(4), "X"}},
		{"select div0(?, ?)", "3", []any{int64(6), int64(2)}},
		{"select ? between ? and ?", "false", []any{int64(5), int64(6), int64(9)}},
		{"select dateadd(day, ?, ?::date)::varchar", "2020-01-11", []any{int64(10), "2020-01-01"}},
		{"select datediff(day, ?::date, ?::date)", "10", []any{"2020-01-01", "2020-01-11"}},
		{"select decode(?, ?, ?, ?, ?, ?)", "two", []any{int64(2), int64(1), "one", int64(2), "two", "none"}},
		{"select insert(?, ?, ?, ?)", "xbc", []any{"abc", int64(1), int64(1), "x"}},
		{"select ? like ? escape ?", "true", []any{"a_b", "a^_b", "^"}},
		{"select contains(?, ?)", "true", []any{"abc", "b"}},
		{"select regexp_count(?, ?, ?)", "1", []any{"abab", "a", int64(2)}},
		{"select width_bucket(?, ?, ?, ?)", "5", []any{int64(95), int64(0), int64(100), int64(5)}},
		{"select greatest_ignore_nulls(?, ?, ?)", "3", []any{int64(1), int64(3), nil}},
		{"select substr(?, ?, ?)", "bc", []any{"abc", int64(2), int64(2)}},
		{"select concat_ws(?, ?, ?)", "1-2", []any{"-", "1", "2"}},
		{"select array_contains(?::variant, array_construct(?, ?))", "true", []any{int64(2), int64(1), int64(2)}},
		{"select get(object_construct(?, ?), ?)::varchar", "v", []any{"k", "v", "k"}},
		{"select count(*) from (select 1 as a union all select 2 union all select 3) where a > ? limit ?", "2", []any{int64(1), int64(5)}},
		{"with a as (select ? as x) select x + ? + (select ?) from a where x = ?", "9", []any{int64(2), int64(3), int64(4), int64(2)}},
		{"select ? * (select max(y) from (select ? as y) q where q.y < ?)", "6", []any{int64(2), int64(3), int64(4)}},
		{"select iff(? > ?, ?, ?)", "1", []any{int64(2), int64(1), int64(1), int64(0)}},
		{"select round(?::number(10,2) / ?, ?)::float", "0.5", []any{"1", int64(2), int64(3)}},
		{"select strtok(?, ?, ?)", "b", []any{"a.b", ".", int64(2)}},
		{"select zeroifnull(?) - ?", "-1", []any{nil, int64(1)}},
		{"select translate(?, ?, ?)", "x", []any{"a", "a", "x"}},
		{"select bitand(?, ?)", "1", []any{int64(3), int64(5)}},
		{"select mod(?, ?)", "2", []any{int64(8), int64(3)}},
		{"select array_to_string(array_construct(?, ?), ?)", "ab", []any{"a", "b", ""}},
		{"select to_varchar(add_months(?::date, ?))", "2021-01-01", []any{"2020-12-01", int64(1)}},
		{"select startswith(?, ?)", "true", []any{"abc", "a"}},
		{"select editdistance(?, ?)", "3", []any{"abc", "xyz"}},
		{"select right(?, ?)", "c", []any{"abc", int64(1)}},
		{"select regexp_instr(?, ?)", "2", []any{"xab", "a"}},
		{"select regexp_replace(?, ?, ?)", "A", []any{"b", "b", "A"}},
		{"select a from values (1), (2) as v(a) order by a limit ? offset ?", "2", []any{int64(1), int64(1)}},
	} {
		res, err := s.Query(t.Context(), c.sql, c.args...)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		for batch, err := range res.Batches() {
			if err != nil {
				t.Errorf("%s: %v", c.sql, err)
			} else if got := batch.Column(0).ValueStr(0); got != c.want {
				t.Errorf("%s with %v is %s, want %s", c.sql, c.args, got, c.want)
			}
		}
		res.Close()
	}
}
