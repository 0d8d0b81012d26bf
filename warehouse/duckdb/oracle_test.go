package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// An oracle is an expression, and what it must be of a random row by another
// reckoning: plain Go, from what Snowflake's documentation says of it.
type oracle[Row any] struct {
	sql  string
	want func(Row) string
}

// ask compares every oracle with the warehouse, for all rows of a table that has
// them in the order of I.
func ask[Row any](t *testing.T, s warehouse.Session, table string, all []Row, oracles []oracle[Row]) {
	t.Helper()
	for _, o := range oracles {
		text, err := rows(t.Context(), s, "select "+o.sql+" from "+table+" order by i")
		if err != nil {
			t.Errorf("%s: %v", o.sql, err)
			continue
		}
		got := strings.Split(text, "\n")
		if len(got) != len(all) {
			t.Errorf("%s has %d rows, want %d", o.sql, len(got), len(all))
			continue
		}
		wrong := 0
		for i, row := range all {
			if want := o.want(row); got[i] != want && wrong < 3 {
				wrong++
				t.Errorf("%s of %+v is %q, want %q", o.sql, row, got[i], want)
			}
		}
	}
}

type textRow struct {
	s, t string
	n, m int
}

// TestTexts: characters are Unicode's, wherever they are counted and cut.
func TestTexts(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	letters := []rune("aabbcA.,-x é❄😀ß")
	word := func(most int) string {
		out := make([]rune, r.IntN(most+1))
		for i := range out {
			out[i] = letters[r.IntN(len(letters))]
		}
		return string(out)
	}
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table words (i int, s varchar, t varchar, n int, m int)")
	var all []textRow
	var values []string
	for i := range 300 {
		row := textRow{word(9), word(2), r.IntN(14) - 4, r.IntN(10) - 3}
		all = append(all, row)
		values = append(values, fmt.Sprintf("(%d, '%s', '%s', %d, %d)", i, row.s, row.t, row.n, row.m))
	}
	run(t, s, "insert into words values "+strings.Join(values, ", "))
	ask(t, s, "words", all, textOracles)
}

var textOracles = []oracle[textRow]{
	{"length(s) || ''", func(r textRow) string { return strconv.Itoa(len([]rune(r.s))) }},
	{"octet_length(s) || ''", func(r textRow) string { return strconv.Itoa(len(r.s)) }},
	{"'<' || substr(s, n) || '>'", func(r textRow) string { return "<" + cut(r.s, r.n, 1<<20) + ">" }},
	{"'<' || substr(s, n, m) || '>'", func(r textRow) string { return "<" + cut(r.s, r.n, r.m) + ">" }},
	{"'<' || left(s, m) || '>'", func(r textRow) string { return "<" + cut(r.s, 1, r.m) + ">" }},
	{"'<' || right(s, m) || '>'", func(r textRow) string {
		c := []rune(r.s)
		return "<" + string(c[len(c)-min(max(r.m, 0), len(c)):]) + ">"
	}},
	{"'<' || lpad(s, n, 'é❄') || '>'", func(r textRow) string { return "<" + padding(r.s, r.n) + cut(r.s, 1, r.n) + ">" }},
	{"'<' || rpad(s, n, 'é❄') || '>'", func(r textRow) string { return "<" + cut(r.s, 1, r.n) + padding(r.s, r.n) + ">" }},
	{"'<' || replace(s, t, '❄') || '>'", func(r textRow) string {
		if r.t == "" {
			return "<" + r.s + ">"
		}
		return "<" + strings.ReplaceAll(r.s, r.t, "❄") + ">"
	}},
	{"'<' || trim(s, 'ab é') || '>'", func(r textRow) string { return "<" + strings.Trim(r.s, "ab é") + ">" }},
	{"'<' || ltrim(s) || '>'", func(r textRow) string { return "<" + strings.TrimLeft(r.s, " ") + ">" }},
	{"position(t, s) || ''", func(r textRow) string { return strconv.Itoa(found(r.s, r.t, 1)) }},
	{"iff(t = '', 'none', charindex(t, s, abs(m) + 1) || '')", func(r textRow) string {
		if r.t == "" {
			return "none"
		}
		return strconv.Itoa(found(r.s, r.t, max(r.m, -r.m)+1))
	}},
	{"contains(s, t) || ''", func(r textRow) string { return strconv.FormatBool(strings.Contains(r.s, r.t)) }},
	{"startswith(s, t) || ''", func(r textRow) string { return strconv.FormatBool(strings.HasPrefix(r.s, r.t)) }},
	{"endswith(s, t) || ''", func(r textRow) string { return strconv.FormatBool(strings.HasSuffix(r.s, r.t)) }},
	{"'<' || split_part(s, t, m) || '>'", func(r textRow) string { return "<" + part(r.s, r.t, r.m) + ">" }},
	{"'<' || nvl(strtok(s, 'a. ', n), 'none') || '>'", func(r textRow) string {
		tokens := strings.FieldsFunc(r.s, func(c rune) bool { return strings.ContainsRune("a. ", c) })
		if r.n < 1 || r.n > len(tokens) {
			return "<none>"
		}
		return "<" + tokens[r.n-1] + ">"
	}},
	{"'<' || translate(s, 'ab❄', 'é') || '>'", func(r textRow) string {
		return "<" + strings.NewReplacer("a", "é", "b", "", "❄", "").Replace(r.s) + ">"
	}},
	{"'<' || repeat(t, m) || '>'", func(r textRow) string { return "<" + strings.Repeat(r.t, max(r.m, 0)) + ">" }},
	{"'<' || reverse(s) || '>'", func(r textRow) string {
		var out []rune
		for _, c := range r.s {
			out = append([]rune{c}, out...)
		}
		return "<" + string(out) + ">"
	}},
	{"hex_encode(s) || 'x'", func(r textRow) string { return strings.ToUpper(fmt.Sprintf("%x", r.s)) + "x" }},
	{"nvl(to_varchar(unicode(s)), 'none')", func(r textRow) string {
		if r.s == "" {
			return "0"
		}
		return strconv.Itoa(int([]rune(r.s)[0]))
	}},
	{"regexp_count(s, 'a|b') || ''", func(r textRow) string { return strconv.Itoa(strings.Count(r.s, "a") + strings.Count(r.s, "b")) }},
	{"'<' || regexp_replace(s, '[ab❄]', '#') || '>'", func(r textRow) string {
		return "<" + strings.NewReplacer("a", "#", "b", "#", "❄", "#").Replace(r.s) + ">"
	}},
	{"regexp_instr(s, '[❄.]') || ''", func(r textRow) string { return strconv.Itoa(foundAny(r.s, "❄.")) }},
	{"array_size(split(s, t)) || ''", func(r textRow) string {
		if r.t == "" {
			return "1"
		}
		return strconv.Itoa(len(strings.Split(r.s, r.t)))
	}},
	{"(s like '%a_') || ''", func(r textRow) string {
		c := []rune(r.s)
		return strconv.FormatBool(len(c) > 1 && c[len(c)-2] == 'a')
	}},
	{"(s < t) || ''", func(r textRow) string { return strconv.FormatBool(r.s < r.t) }},
	{"'<' || parse_json(to_json(object_construct('k', s))):k || '>'", func(r textRow) string { return "<" + r.s + ">" }},
}

// cut is SUBSTR: from the end if from is negative, and from 1 if it is 0.
func cut(s string, from, length int) string {
	c := []rune(s)
	switch {
	case from < 0:
		from += len(c)
	case from > 0:
		from--
	}
	if from < 0 || from >= len(c) || length <= 0 {
		return ""
	}
	return string(c[from:min(from+length, len(c))])
}

// padding is what LPAD and RPAD add to have n characters.
func padding(s string, n int) string {
	var out []rune
	for i := range max(n-len([]rune(s)), 0) {
		out = append(out, []rune("é❄")[i%2])
	}
	return string(out)
}

// found is where t begins in s at or behind a position, 0 if nowhere.
func found(s, t string, from int) int {
	c := []rune(s)
	for i := from - 1; i <= len(c); i++ {
		if strings.HasPrefix(string(c[i:]), t) {
			return i + 1
		}
	}
	return 0
}

func foundAny(s, any string) int {
	for i, c := range []rune(s) {
		if strings.ContainsRune(any, c) {
			return i + 1
		}
	}
	return 0
}

// part is SPLIT_PART.
func part(s, by string, n int) string {
	parts := []string{s}
	if by != "" {
		parts = strings.Split(s, by)
	}
	switch {
	case n == 0:
		n = 1
	case n < 0:
		n += len(parts) + 1
	}
	if n < 1 || n > len(parts) {
		return ""
	}
	return parts[n-1]
}

type dayRow struct {
	a, b time.Time
	n    int
}

// TestDays: dates are those of Go's calendar, and a unit is counted by its
// beginnings between two of them.
func TestDays(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	moment := func() time.Time {
		return time.Date(1890+r.IntN(260), time.Month(1+r.IntN(12)), 1+r.IntN(31), r.IntN(24), r.IntN(60), r.IntN(60), 0, time.UTC)
	}
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table days (i int, a timestamp_ntz, b timestamp_ntz, n int)")
	var all []dayRow
	var values []string
	for i := range 300 {
		row := dayRow{moment(), moment(), r.IntN(60) - 30}
		if i%3 == 0 {
			row.b = row.a.Add(time.Duration(r.IntN(4000000)-2000000) * time.Second)
		}
		all = append(all, row)
		values = append(values, fmt.Sprintf("(%d, '%s', '%s', %d)", i, row.a.Format(time.DateTime), row.b.Format(time.DateTime), row.n))
	}
	run(t, s, "insert into days values "+strings.Join(values, ", "))
	ask(t, s, "days", all, dayOracles())
	run(t, s, "alter session set week_start = 7")
	ask(t, s, "days", all, []oracle[dayRow]{
		{"datediff(week, a, b) || ''", func(r dayRow) string { return strconv.Itoa(weeks(r.a, r.b, time.Sunday)) }},
		{"date_trunc(week, a::date) || ''", func(r dayRow) string { return weekBegin(r.a, time.Sunday).Format(time.DateOnly) }},
		{"dayofweek(a) || ''", func(r dayRow) string { return strconv.Itoa(int(r.a.Weekday()) + 1) }},
	})
}

func dayOracles() []oracle[dayRow] {
	number := func(sql string, f func(dayRow) int) oracle[dayRow] {
		return oracle[dayRow]{sql + " || ''", func(r dayRow) string { return strconv.Itoa(f(r)) }}
	}
	date := func(sql string, f func(dayRow) time.Time) oracle[dayRow] {
		return oracle[dayRow]{sql + "::date || ''", func(r dayRow) string { return f(r).Format(time.DateOnly) }}
	}
	moment := func(sql string, f func(dayRow) time.Time) oracle[dayRow] {
		return oracle[dayRow]{"to_char(" + sql + ", 'YYYY-MM-DD HH24:MI:SS')", func(r dayRow) string { return f(r).Format(time.DateTime) }}
	}
	day := func(t time.Time) int { return int(truncated(t, "day").Unix() / 86400) }
	return []oracle[dayRow]{
		number("datediff(year, a, b)", func(r dayRow) int { return r.b.Year() - r.a.Year() }),
		number("datediff(quarter, a, b)", func(r dayRow) int { return quarters(r.b) - quarters(r.a) }),
		number("datediff(month, a, b)", func(r dayRow) int { return months(r.b) - months(r.a) }),
		number("datediff(week, a, b)", func(r dayRow) int { return weeks(r.a, r.b, time.Monday) }),
		number("datediff(day, a, b)", func(r dayRow) int { return day(r.b) - day(r.a) }),
		number("datediff(hour, a, b)", func(r dayRow) int { return floorDiv(r.b.Unix(), 3600) - floorDiv(r.a.Unix(), 3600) }),
		number("datediff(minute, a, b)", func(r dayRow) int { return floorDiv(r.b.Unix(), 60) - floorDiv(r.a.Unix(), 60) }),
		number("datediff(second, a, b)", func(r dayRow) int { return int(r.b.Unix() - r.a.Unix()) }),
		number("a::date - b::date", func(r dayRow) int { return day(r.a) - day(r.b) }),
		moment("dateadd(year, n, a)", func(r dayRow) time.Time { return addMonths(r.a, 12*r.n) }),
		moment("dateadd(quarter, n, a)", func(r dayRow) time.Time { return addMonths(r.a, 3*r.n) }),
		moment("dateadd(month, n, a)", func(r dayRow) time.Time { return addMonths(r.a, r.n) }),
		moment("dateadd(week, n, a)", func(r dayRow) time.Time { return r.a.AddDate(0, 0, 7*r.n) }),
		moment("dateadd(day, n, a)", func(r dayRow) time.Time { return r.a.AddDate(0, 0, r.n) }),
		moment("dateadd(hour, n, a)", func(r dayRow) time.Time { return r.a.Add(time.Duration(r.n) * time.Hour) }),
		moment("a + interval '3 days, 2 hours'", func(r dayRow) time.Time { return r.a.Add(74 * time.Hour) }),
		date("add_months(a, n)", func(r dayRow) time.Time {
			to := addMonths(r.a, r.n)
			if last := lastDay(r.a); r.a.Day() == last.Day() {
				return lastDay(to)
			}
			return to
		}),
		date("date_trunc(year, a)", func(r dayRow) time.Time { return truncated(r.a, "year") }),
		date("date_trunc(quarter, a)", func(r dayRow) time.Time { return truncated(r.a, "quarter") }),
		date("date_trunc(month, a)", func(r dayRow) time.Time { return truncated(r.a, "month") }),
		date("date_trunc(week, a)", func(r dayRow) time.Time { return weekBegin(r.a, time.Monday) }),
		date("last_day(a)", func(r dayRow) time.Time { return lastDay(r.a) }),
		date("last_day(a::date, 'year')", func(r dayRow) time.Time { return time.Date(r.a.Year(), 12, 31, 0, 0, 0, 0, time.UTC) }),
		date("last_day(a::date, 'week')", func(r dayRow) time.Time { return weekBegin(r.a, time.Monday).AddDate(0, 0, 6) }),
		date("next_day(a, 'fr')", func(r dayRow) time.Time { return r.a.AddDate(0, 0, (int(time.Friday-r.a.Weekday())+6)%7+1) }),
		date("previous_day(a, 'fr')", func(r dayRow) time.Time { return r.a.AddDate(0, 0, -((int(r.a.Weekday()-time.Friday)+6)%7 + 1)) }),
		number("year(a)", func(r dayRow) int { return r.a.Year() }),
		number("quarter(a)", func(r dayRow) int { return (int(r.a.Month()) + 2) / 3 }),
		number("dayofyear(a)", func(r dayRow) int { return r.a.YearDay() }),
		number("dayofweek(a)", func(r dayRow) int { return int(r.a.Weekday()) }),
		number("dayofweekiso(a)", func(r dayRow) int { return (int(r.a.Weekday())+6)%7 + 1 }),
		number("weekiso(a)", func(r dayRow) int { _, w := r.a.ISOWeek(); return w }),
		number("yearofweekiso(a)", func(r dayRow) int { y, _ := r.a.ISOWeek(); return y }),
		number("date_part(epoch_second, a)", func(r dayRow) int { return int(r.a.Unix()) }),
		number("hour(a) * 3600 + minute(a) * 60 + second(a)", func(r dayRow) int { return r.a.Hour()*3600 + r.a.Minute()*60 + r.a.Second() }),
		{"dayname(a) || monthname(a)", func(r dayRow) string { return r.a.Format("MonJan")[:3] + r.a.Format("Jan") }},
		{"to_char(a, 'DD-MON-YY HH12:MI:SS AM')", func(r dayRow) string { return r.a.Format("02-Jan-06 03:04:05 PM") }},
		date("time_slice(a::date, 3, 'month')", func(r dayRow) time.Time { return slice(r.a, 3) }),
		date("time_slice(a::date, 5, 'month', 'end')", func(r dayRow) time.Time { return slice(r.a, 5).AddDate(0, 5, 0) }),
		date("date_from_parts(year(a), month(a) + n, day(a))", func(r dayRow) time.Time {
			return time.Date(r.a.Year(), r.a.Month()+time.Month(r.n), r.a.Day(), 0, 0, 0, 0, time.UTC)
		}),
		moment("greatest(a, b)", func(r dayRow) time.Time {
			if r.a.After(r.b) {
				return r.a
			}
			return r.b
		}),
	}
}

func months(t time.Time) int   { return 12*t.Year() + int(t.Month()) - 1 }
func quarters(t time.Time) int { return months(t) / 3 }

func floorDiv(n, by int64) int {
	if n%by < 0 {
		return int(n/by - 1)
	}
	return int(n / by)
}

func truncated(t time.Time, unit string) time.Time {
	switch unit {
	case "year":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case "quarter":
		return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	case "month":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func weekBegin(t time.Time, first time.Weekday) time.Time {
	return truncated(t, "day").AddDate(0, 0, -(int(t.Weekday()-first)+7)%7)
}

func weeks(a, b time.Time, first time.Weekday) int {
	return int(weekBegin(b, first).Sub(weekBegin(a, first)) / (7 * 24 * time.Hour))
}

func lastDay(t time.Time) time.Time { return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC) }

// addMonths keeps the day, or takes the last one of a shorter month.
func addMonths(t time.Time, n int) time.Time {
	to := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return to.AddDate(0, 0, min(t.Day(), lastDay(to).Day())-1)
}

// slice is the beginning of a slice of n months, which are counted from 1970.
func slice(t time.Time, n int) time.Time {
	return time.Date(1970, time.Month(1+floorDiv(int64(months(t)-12*1970), int64(n))*n), 1, 0, 0, 0, 0, time.UTC)
}
