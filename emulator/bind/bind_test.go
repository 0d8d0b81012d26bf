package bind_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/emulator/bind"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// bindings reads them as a request has them.
func bindings(t testing.TB, text string) map[string]wire.Binding {
	t.Helper()
	out := map[string]wire.Binding{}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func run(t *testing.T, sql, values string) (out []string) {
	t.Helper()
	b, err := bind.New(sql, bindings(t, values))
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	for s := range b.Statements() {
		out = append(out, fmt.Sprint(s.SQL, " ", s.Args))
	}
	return out
}

func TestStatements(t *testing.T) {
	const a = `{"1":{"type":"TEXT","value":"a"}}`
	for _, c := range []struct{ sql, values, want string }{
		{"select ?", a, "select ? [a]"},
		{"select '?', \"?\", ? -- ?", a, "select '?', \"?\", ? -- ? [a]"},
		{"select :1, :1", a, "select ?, ? [a a]"},
		{"select :who", `{"who":{"type":"TEXT","value":"a"}}`, "select ? [a]"},
		{"select x:a, x:b.c, :1", a, "select x:a, x:b.c, ? [a]"},
		{"select parse_json(?):a", a, "select parse_json(?):a [a]"},
		{"select a::int, ?", a, "select a::int, ? [a]"},
		{"select ?", `{"1":{"type":"FIXED","value":"7"}}`, "select ? [7]"},
		{"select ?", `{"1":{"type":"FIXED","value":"1.50"}}`, "select ?::NUMBER(38,2) [1.50]"},
		{"select ?", `{"1":{"type":"FIXED","value":"12345678901234567890"}}`, "select ?::NUMBER(38,0) [12345678901234567890]"},
		{"select ?", `{"1":{"type":"REAL","value":"1e3"}}`, "select ? [1000]"},
		{"select ?", `{"1":{"type":"BOOLEAN","value":"TRUE"}}`, "select ? [true]"},
		{"select ?", `{"1":{"type":"BINARY","value":"01ff"}}`, "select ? [[1 255]]"},
		{"select ?", `{"1":{"type":"DATE","value":"1704153600000"}}`, "select ?::DATE [2024-01-02]"},
		{"select ?", `{"1":{"type":"DATE","value":"-86400000"}}`, "select ?::DATE [1969-12-31]"},
		{"select ?", `{"1":{"type":"DATE","value":"2024-01-02"}}`, "select ?::DATE [2024-01-02]"},
		{"select ?", `{"1":{"type":"TIME","value":"3723000000001"}}`, "select ?::TIME [01:02:03.000000001]"},
		{"select ?", `{"1":{"type":"TIMESTAMP_NTZ","value":"-1500000000"}}`, "select ? [1969-12-31 23:59:58.5 +0000 UTC]"},
		{"select ?", `{"1":{"type":"TIMESTAMP_TZ","value":"0 1500"}}`, "select ?::TIMESTAMP_TZ [1970-01-01 01:00:00+01:00]"},
		{"select ?", `{"1":{"type":"VARIANT","value":"[1]"}}`, "select PARSE_JSON(?) [[1]]"},
		{"select ?", `{"1":{"type":"ANY","value":null}}`, "select ? [<nil>]"},
		{"create table identifier(?) (a int)", a, "create table identifier('a') (a int) []"},
		{"select * from identifier(?)", a, "select * from identifier('a') []"},
		{"select * from table(f(x => ?))", a, "select * from table(f(x => 'a')) []"},
		{"copy into t from @s on_error=?", a, "copy into t from @s on_error='a' []"},
		{"put 'file:///x' ?", `{"1":{"type":"TEXT","value":"@\"s\"/it's"}}`, `put 'file:///x' '@"s"/it''s' []`},
		{"create table t as select ?", a, "create table t as select 'a' []"},
		{"insert into t values (?)", `{"1":{"type":"FIXED","value":["1",null,"3"]}}`, "insert into t values (?), (?), (?) [1 <nil> 3]"},
		{"insert into t values (f(?), ?)", `{"1":{"type":"FIXED","value":["1","2.5"]},"2":{"type":"TEXT","value":"x"}}`,
			"insert into t values (f(?::NUMBER(38,1)), ?), (f(?::NUMBER(38,1)), ?) [1 x 2.5 x]"},
		{"delete from t where a = ?", `{"1":{"type":"FIXED","value":["1","2"]}}`, "delete from t where a = ? [1]|delete from t where a = ? [2]"},
	} {
		if got := strings.Join(run(t, c.sql, c.values), "|"); got != c.want {
			t.Errorf("%s with %s:\ngot  %s\nwant %s", c.sql, c.values, got, c.want)
		}
	}
}

// Many rows are many statements, none of them too long, and no row is lost.
func TestManyRows(t *testing.T) {
	values := make([]string, 10_001)
	for i := range values {
		values[i] = fmt.Sprint(i)
	}
	list, _ := json.Marshal(values)
	b, err := bind.New("insert into t values (?)", bindings(t, `{"1":{"type":"FIXED","value":`+string(list)+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	for s := range b.Statements() {
		for _, a := range s.Args {
			if a.(int64) != n {
				t.Fatalf("row %d is %v", n, a)
			}
			n++
		}
		if len(s.Args) > 1000 {
			t.Errorf("%d rows in one statement", len(s.Args))
		}
	}
	if n != 10_001 || b.Rows() != 10_001 {
		t.Errorf("%d rows", n)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		sql, values string
		code        int
	}{
		{"select ?, ?", `{"1":{"type":"TEXT","value":"a"}}`, 2049},
		{"select :x", `{"1":{"type":"TEXT","value":"a"}}`, 2049},
		{"select ?", `{"1":{"type":"FIXED","value":"x"}}`, 2086},
		{"select ?", `{"1":{"type":"FIXED","value":"1/3"}}`, 2086},
		{"select ?", `{"1":{"type":"REAL","value":"x"}}`, 2086},
		{"select ?", `{"1":{"type":"BOOLEAN","value":"maybe"}}`, 2086},
		{"select ?", `{"1":{"type":"BINARY","value":"0g"}}`, 2086},
		{"select ?", `{"1":{"type":"DATE","value":"99999999999999999999999"}}`, 2086},
		{"select ?", `{"1":{"type":"TIMESTAMP_TZ","value":"0 9999"}}`, 2086},
		{"insert into t values (?, ?)", `{"1":{"type":"TEXT","value":["a"]},"2":{"type":"TEXT","value":["a","b"]}}`, 2099},
		{"insert into t values (?)", `{"1":{"type":"TEXT","value":[]}}`, 2099},
	} {
		_, err := bind.New(c.sql, bindings(t, c.values))
		var refused *warehouse.Error
		if !errors.As(err, &refused) || refused.Code != c.code {
			t.Errorf("%s with %s: %v, want code %d", c.sql, c.values, err, c.code)
		}
	}
}

func TestLoad(t *testing.T) {
	b, err := bind.New("INSERT INTO t (a, b) VALUES (upper(?), ?)", bindings(t, `{"1":{"type":"TEXT","value":["x",null]},"2":{"type":"DATE","value":["0","86400000"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	l := b.Load("TMP")
	defer l.Rows.Release()
	if want := "INSERT INTO t (a, b) SELECT upper(TMP.B_1), TMP.B_2::DATE FROM TMP"; l.SQL != want {
		t.Errorf("got %s", l.SQL)
	}
	if !l.Rows.Next() || l.Rows.RecordBatch().NumRows() != 2 || l.Rows.RecordBatch().Column(1).ValueStr(1) != "1970-01-02" {
		t.Error("the rows are not there")
	}
	other, err := bind.New("delete from t where a = ?", bindings(t, `{"1":{"type":"TEXT","value":["x"]}}`))
	if err != nil || other.Load("TMP") != nil {
		t.Errorf("a DELETE was made a load, %v", err)
	}
}

func TestStaged(t *testing.T) {
	var s bind.Staged
	for _, file := range []string{"1,a\r\n2,\"b \"\"q\"\", c\"\n3,\n4,\"\"", "5,\"two\nlines\"\n"} {
		if err := s.Read(strings.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	got := s.Bindings()
	var names []string
	for _, v := range got["2"].Values {
		if v == nil {
			names = append(names, "null")
		} else {
			names = append(names, *v)
		}
	}
	if diff := cmp.Diff([]string{"a", `b "q", c`, "null", "", "two\nlines"}, names); diff != "" || len(got["1"].Values) != 5 {
		t.Error(diff)
	}
	for _, bad := range []string{"1,2\n3\n", "\"open", "\x1f\x8bno"} {
		if err := new(bind.Staged).Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add("insert into t values (?, :1)", `{"1":{"type":"FIXED","value":["1","2"]}}`)
	f.Add("select ?:a, x:b, identifier(?)", `{"1":{"type":"DATE","value":"5"},"2":{"type":"TEXT","value":"q"}}`)
	f.Add("values (", `{}`)
	f.Fuzz(func(t *testing.T, sql, values string) {
		var b map[string]wire.Binding
		if json.Unmarshal([]byte(values), &b) != nil {
			return
		}
		bound, err := bind.New(sql, b)
		if err != nil {
			return
		}
		n := 0
		for range bound.Statements() {
			if n++; n > 100 {
				break
			}
		}
		if l := bound.Load("T"); bound.Rows() > 0 && l != nil {
			l.Rows.Release()
		}
	})
}

func FuzzStaged(f *testing.F) {
	f.Add("1,\"a\"\"b\"\n2,\n")
	f.Add("\"")
	f.Fuzz(func(t *testing.T, text string) {
		var s bind.Staged
		if s.Read(strings.NewReader(text)) == nil {
			s.Bindings()
		}
	})
}
