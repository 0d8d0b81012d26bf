package warehousetest

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

var valuePromises = []promise{
	{"any value written", "A Session runs statements written in Snowflake's dialect: what they write is what is read", func(ctx context.Context, e *env) error {
		all := anyRows(1)
		return errors.Join(e.write(ctx, "written", all), e.same(ctx, "written", all))
	}},
	{"any value bound", "An argument is nil, bool, int64, float64, string, []byte or time.Time", func(ctx context.Context, e *env) error {
		all := anyRows(2)
		var cells []string
		for _, k := range anyColumns {
			cells = append(cells, k.written)
		}
		if err := e.exec(ctx, kept("bound")); err != nil {
			return err
		}
		for _, row := range all {
			var args []any
			for _, v := range row {
				args = append(args, v.bound)
			}
			if _, err := warehouse.Exec(ctx, e.s, "insert into bound select "+strings.Join(cells, ", "), args...); err != nil {
				return err
			}
		}
		return e.same(ctx, "bound", all)
	}},
	{"any value loaded", "Load reads rows to their end; each type arrives in one Arrow form, both ways", loading(func(ctx context.Context, e *env, l warehouse.Loader) error {
		all := anyRows(3)
		if err := e.write(ctx, "written", all); err != nil {
			return err
		}
		if err := e.exec(ctx, kept("loaded")); err != nil {
			return err
		}
		s, err := e.another(ctx)
		if err != nil {
			return err
		}
		defer s.Close()
		res, err := s.Query(ctx, "select * from written")
		if err != nil {
			return err
		}
		defer res.Close()
		if _, err := l.Load(ctx, "loaded", warehouse.LoadAppend, nil, res.Reader()); err != nil {
			return err
		}
		return e.same(ctx, "loaded", all)
	})},
}

// A value is one of a column's, as SQL writes it, as an argument of a statement
// and as cell shows it.
type value struct {
	literal string
	bound   any
	shown   string
}

// anyColumns are the columns of the tables of values. written is how a query makes a
// value of the column from a literal or an argument, the question mark.
var anyColumns = []struct {
	name, typ, written string
	any                func(*rand.Rand) value
}{
	{"id", "int", "?::int", nil},
	{"n", "number(38,0)", "?::number(38,0)", anyWhole},
	{"d", "number(20,5)", "?::number(20,5)", anyDecimal},
	{"f", "float", "?::float", anyFloat},
	{"t", "varchar", "?::varchar", anyText},
	{"b", "boolean", "?::boolean", anyBoolean},
	{"e", "date", "?::date", anyDate},
	{"tm", "time", "?::time", anyTime},
	{"ts", "timestamp_ntz", "?::timestamp_ntz", anyTimestamp},
	{"y", "binary", "to_binary(?, 'hex')", anyBytes},
	{"v", "variant", "parse_json(?)", anyVariant},
}

// kept is the statement that makes a table of values.
func kept(table string) string {
	var columns []string
	for _, k := range anyColumns {
		columns = append(columns, k.name+" "+k.typ)
	}
	return "create table " + table + " (" + strings.Join(columns, ", ") + ")"
}

// anyRows are some rows of values, the same for the same seed.
func anyRows(seed uint64) [][]value {
	random := rand.New(rand.NewPCG(seed, seed))
	all := make([][]value, 40)
	for i := range all {
		for _, k := range anyColumns {
			switch {
			case k.any == nil:
				all[i] = append(all[i], value{strconv.Itoa(i), int64(i), strconv.Itoa(i)})
			case random.IntN(8) == 0:
				all[i] = append(all[i], value{"null", nil, "NULL"})
			default:
				all[i] = append(all[i], k.any(random))
			}
		}
	}
	return all
}

// write makes a table of values and writes them into it, in one statement.
func (e *env) write(ctx context.Context, table string, all [][]value) error {
	var queries []string
	for _, row := range all {
		var cells []string
		for i, v := range row {
			cells = append(cells, strings.ReplaceAll(anyColumns[i].written, "?", v.literal))
		}
		queries = append(queries, "select "+strings.Join(cells, ", "))
	}
	return e.exec(ctx, kept(table), "insert into "+table+" "+strings.Join(queries, " union all "))
}

// same checks that a table of values has these.
func (e *env) same(ctx context.Context, table string, all [][]value) error {
	got, err := rows(ctx, e.s, "select * exclude v, to_json(v) from "+table+" order by id")
	if err != nil {
		return err
	}
	var want strings.Builder
	for i, row := range all {
		for j, v := range row {
			want.WriteString(v.shown)
			if j < len(row)-1 {
				want.WriteByte('|')
			}
		}
		if i < len(all)-1 {
			want.WriteByte('\n')
		}
	}
	if got == want.String() {
		return nil
	}
	at := 0
	for at < min(len(got), want.Len()) && got[at] == want.String()[at] {
		at++
	}
	at = max(0, at-80)
	return fmt.Errorf("%s: got …%q, want …%q", table, got[at:min(len(got), at+240)], want.String()[at:min(want.Len(), at+240)])
}

func anyWhole(r *rand.Rand) value {
	n := new(big.Int)
	for range r.IntN(39) {
		n.Add(n.Mul(n, big.NewInt(10)), big.NewInt(int64(r.IntN(10))))
	}
	if r.IntN(2) == 0 {
		n.Neg(n)
	}
	return value{n.String(), n.String(), n.String()}
}

func anyDecimal(r *rand.Rand) value {
	n := r.Int64N(1_000_000_000_000_000) >> r.IntN(50)
	if r.IntN(2) == 0 {
		n = -n
	}
	text := new(big.Rat).SetFrac64(n, 100_000).FloatString(5)
	return value{text, text, text}
}

func anyFloat(r *rand.Rand) value {
	f := math.Float64frombits(r.Uint64())
	if math.IsNaN(f) || math.IsInf(f, 0) || r.IntN(3) == 0 {
		f = float64(r.IntN(100_000)) / 8
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	return value{"'" + text + "'", f, text}
}

// letters are those that get lost, doubled or read as something else.
var letters = []rune("aZ09 '\"\\\n\r\t|,;%_$?@:{}[]äßØ日本語😀\u00a0\u2028\ufeff~`&-/*")

func anyText(r *rand.Rand) value {
	text := make([]rune, r.IntN(20))
	if r.IntN(10) == 0 {
		text = make([]rune, 5000)
	}
	for i := range text {
		text[i] = letters[r.IntN(len(letters))]
	}
	return value{warehouse.QuoteString(string(text)), string(text), string(text)}
}

func anyBoolean(r *rand.Rand) value {
	b := r.IntN(2) == 0
	return value{strconv.FormatBool(b), b, strconv.FormatBool(b)}
}

// anyMoment is one between the years 1 and 9999, to the microsecond.
func anyMoment(r *rand.Rand) time.Time {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	at := time.Unix(first.Unix()+r.Int64N(last.Unix()-first.Unix()), 0).UTC()
	if r.IntN(2) == 0 {
		at = at.Add(time.Duration(r.IntN(1_000_000)) * time.Microsecond)
	}
	return at
}

func anyDate(r *rand.Rand) value {
	text := anyMoment(r).Format(time.DateOnly)
	return value{"'" + text + "'", text, text}
}

func anyTime(r *rand.Rand) value {
	text := anyMoment(r).Format("15:04:05.999999")
	return value{"'" + text + "'", text, text}
}

func anyTimestamp(r *rand.Rand) value {
	at := anyMoment(r)
	text := at.Format("2006-01-02 15:04:05.999999")
	return value{"'" + text + "'", at, text}
}

func anyBytes(r *rand.Rand) value {
	b := make([]byte, r.IntN(12))
	for i := range b {
		b[i] = byte(r.IntN(256))
	}
	text := hex.EncodeToString(b)
	return value{"'" + text + "'", text, text}
}

// anyVariant is a semi-structured value as Snowflake writes it.
func anyVariant(r *rand.Rand) value {
	text := anyJSON(r, 3)
	return value{warehouse.QuoteString(text), text, text}
}

func anyJSON(r *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"1", "-7", "1.5", `"a"`, `""`, `"it's \"so\""`, `"äß日😀"`, `"a\\b\nc"`, "true", "null", "123456789012", `" "`}[r.IntN(12)]
	}
	var parts []string
	for i := range r.IntN(4) {
		part := anyJSON(r, r.IntN(depth))
		if depth > 1 {
			part = fmt.Sprintf(`"%c":%s`, 'a'+rune(i), part)
		}
		parts = append(parts, part)
	}
	if depth > 1 {
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "[" + strings.Join(parts, ",") + "]"
}
