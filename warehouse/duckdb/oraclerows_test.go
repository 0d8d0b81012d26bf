package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// An entry is a row with a group, an order and a value, each of which may be
// null.
type entry struct {
	i           int
	group, x, v *int
}

func show(n *int) string {
	if n == nil {
		return "NULL"
	}
	return strconv.Itoa(*n)
}

func entries(r *rand.Rand, n int) (all []entry, values string) {
	maybe := func(most int) *int {
		if r.IntN(4) == 0 {
			return nil
		}
		n := r.IntN(most) - most/3
		return &n
	}
	var texts []string
	for i := range n {
		e := entry{i, maybe(4), maybe(9), maybe(20)}
		all = append(all, e)
		texts = append(texts, fmt.Sprintf("(%d, %s, %s, %s)", i, show(e.group), show(e.x), show(e.v)))
	}
	return all, strings.Join(texts, ", ")
}

// partition are the rows of e's group in the order of x, where a null is the
// greatest, and then of i.
func partition(all []entry, e entry) (rows []entry, at int) {
	for _, o := range all {
		if show(o.group) == show(e.group) {
			rows = append(rows, o)
		}
	}
	slices.SortFunc(rows, func(a, b entry) int {
		if c := compare(a.x, b.x); c != 0 {
			return c
		}
		return a.i - b.i
	})
	return rows, slices.IndexFunc(rows, func(o entry) bool { return o.i == e.i })
}

func compare(a, b *int) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return *a - *b
}

// total is SUM, which is null of nulls alone.
func total(rows []entry) string {
	var sum *int
	for _, o := range rows {
		if o.v != nil {
			n := *o.v
			if sum != nil {
				n += *sum
			}
			sum = &n
		}
	}
	return show(sum)
}

// TestFrames: window functions of random rows with nulls are as plain Go
// reckons them.
func TestFrames(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	all, values := entries(rand.New(rand.NewPCG(seed, 3)), 120)
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table entries (i int, g int, x int, v int)", "insert into entries values "+values)
	const over = " over (partition by g order by x, i"
	frame := func(clause string, f func(rows []entry, at int) []entry) oracle[entry] {
		return oracle[entry]{"nvl(to_varchar(sum(v)" + over + clause + ")), 'NULL')", func(e entry) string {
			rows, at := partition(all, e)
			return total(f(rows, at))
		}}
	}
	pick := func(sql string, f func(rows []entry, at int) *int) oracle[entry] {
		return oracle[entry]{"nvl(to_varchar(" + sql + "), 'NULL')", func(e entry) string { return show(f(partition(all, e))) }}
	}
	ask(t, s, "entries", all, []oracle[entry]{
		frame("", func(rows []entry, at int) []entry { return rows[:at+1] }),
		frame(" rows between unbounded preceding and current row", func(rows []entry, at int) []entry { return rows[:at+1] }),
		frame(" rows between 2 preceding and 1 following", func(rows []entry, at int) []entry { return rows[max(at-2, 0):min(at+2, len(rows))] }),
		frame(" rows between 3 preceding and 2 preceding", func(rows []entry, at int) []entry { return rows[max(at-3, 0):max(at-1, 0)] }),
		frame(" rows between current row and unbounded following", func(rows []entry, at int) []entry { return rows[at:] }),
		pick("row_number()"+over+")", func(_ []entry, at int) *int { return ptr(at + 1) }),
		pick("lag(v, 2)"+over+")", func(rows []entry, at int) *int { return valueAt(rows, at-2) }),
		pick("lead(v, 1, -99)"+over+")", func(rows []entry, at int) *int {
			if at+1 == len(rows) {
				return ptr(-99)
			}
			return rows[at+1].v
		}),
		pick("lag(v) ignore nulls"+over+")", func(rows []entry, at int) *int { return lastFull(rows[:at]) }),
		pick("last_value(v) ignore nulls"+over+" rows between unbounded preceding and current row)", func(rows []entry, at int) *int { return lastFull(rows[:at+1]) }),
		pick("first_value(v)"+over+" rows between 1 preceding and 1 following)", func(rows []entry, at int) *int { return rows[max(at-1, 0)].v }),
		pick("nth_value(v, 2)"+over+" rows between unbounded preceding and unbounded following)", func(rows []entry, _ int) *int { return valueAt(rows, 1) }),
		pick("nth_value(v, 2) from last"+over+")", func(rows []entry, _ int) *int { return valueAt(rows, len(rows)-2) }),
		pick("nth_value(v, 2) from last"+over+" rows between 2 preceding and 1 following)", func(rows []entry, at int) *int {
			return valueAt(rows[max(at-2, 0):], min(at+2, len(rows))-max(at-2, 0)-2)
		}),
		pick("count(v)"+over+")", func(rows []entry, at int) *int {
			return ptr(len(slices.DeleteFunc(slices.Clone(rows[:at+1]), func(e entry) bool { return e.v == nil })))
		}),
		pick("conditional_true_event(v > 3)"+over+")", func(rows []entry, at int) *int {
			return ptr(len(slices.DeleteFunc(slices.Clone(rows[:at+1]), func(e entry) bool { return e.v == nil || *e.v <= 3 })))
		}),
		pick("rank() over (partition by g order by x)", func(rows []entry, at int) *int {
			return ptr(slices.IndexFunc(rows, func(e entry) bool { return compare(e.x, rows[at].x) == 0 }) + 1)
		}),
		pick("rank() over (partition by g order by x desc)", func(rows []entry, at int) *int {
			return ptr(1 + len(slices.DeleteFunc(slices.Clone(rows), func(e entry) bool { return compare(e.x, rows[at].x) <= 0 })))
		}),
		pick("dense_rank() over (partition by g order by x)", func(rows []entry, at int) *int {
			return ptr(len(slices.CompactFunc(slices.Clone(rows[:at+1]), func(a, b entry) bool { return compare(a.x, b.x) == 0 })))
		}),
	})
}

func ptr(n int) *int { return &n }

func valueAt(rows []entry, at int) *int {
	if at < 0 || at >= len(rows) {
		return nil
	}
	return rows[at].v
}

func lastFull(rows []entry) *int {
	for _, e := range slices.Backward(rows) {
		if e.v != nil {
			return e.v
		}
	}
	return nil
}

// TestNulls: a null equals nothing, not itself either, but where Snowflake says
// that it does; joins, sets and subqueries of random rows are as plain Go reckons
// them.
func TestNulls(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 4))
	as, valuesA := entries(r, 25)
	bs, valuesB := entries(r, 25)
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table a (i int, g int, x int, v int)", "insert into a values "+valuesA, "create table b (i int, g int, x int, v int)", "insert into b values "+valuesB)
	equal := func(p, q *int) bool { return p != nil && q != nil && *p == *q }
	pairs := func(match func(a, b entry) bool) (n, alone, other int) {
		seen := map[int]bool{}
		for _, a := range as {
			before := n
			for _, b := range bs {
				if match(a, b) {
					n++
					seen[b.i] = true
				}
			}
			if n == before {
				alone++
			}
		}
		return n, alone, len(bs) - len(seen)
	}
	onX := func(a, b entry) bool { return equal(a.x, b.x) }
	n, alone, other := pairs(onX)
	same, _, _ := pairs(func(a, b entry) bool { return show(a.x) == show(b.x) })
	both, _, _ := pairs(func(a, b entry) bool { return equal(a.x, b.x) && equal(a.g(), b.g()) })
	less, _, _ := pairs(func(a, b entry) bool { return a.x != nil && b.x != nil && *a.x < *b.x })
	xs := func(all []entry) map[string]bool {
		out := map[string]bool{}
		for _, e := range all {
			out[show(e.x)] = true
		}
		return out
	}
	inA, inB := xs(as), xs(bs)
	shared, without := 0, 0
	for x := range inA {
		if inB[x] {
			shared++
		} else {
			without++
		}
	}
	notIn := 0
	for _, a := range as {
		if !inB["NULL"] && a.x != nil && !inB[show(a.x)] {
			notIn++
		}
	}
	for sql, number := range map[string]int{
		"select count(*) from a join b on a.x = b.x":                                                       n,
		"select count(*) from a left join b on a.x = b.x":                                                  n + alone,
		"select count(*) from a right join b using (x)":                                                    n + other,
		"select count(*) from a full join b on a.x = b.x":                                                  n + alone + other,
		"select count(*) from a, b where equal_null(a.x, b.x)":                                             same,
		"select count(*) from a join b on a.x is not distinct from b.x":                                    same,
		"select count(*) from a join b using (x, g)":                                                       both,
		"select count(*) from a join b on a.x < b.x":                                                       less,
		"select count(*) from a left join b on a.x = b.x where b.i is null":                                alone,
		"select count(*) from a where not exists (select 1 from b where b.x = a.x)":                        alone,
		"select count(*) from a where x not in (select x from b)":                                          notIn,
		"select count(*) from a where x in (select x from b)":                                              len(as) - alone,
		"select count(*) from (select x from a intersect select x from b)":                                 shared,
		"select count(*) from (select x from a except select x from b)":                                    without,
		"select count(*) from (select x from a minus select x from b)":                                     without,
		"select count(*) from (select x from a union select x from b)":                                     without + len(inB),
		"select count(*) from (select x, count(*) from a group by x)":                                      len(inA),
		"select count(*) from (select distinct x from a)":                                                  len(inA),
		"select count(*) from (select x from a qualify row_number() over (partition by x order by i) = 1)": len(inA),
	} {
		want(t, s, sql, strconv.Itoa(number))
	}
}

func (e entry) g() *int { return e.group }
