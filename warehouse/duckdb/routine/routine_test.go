package routine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

func scalar() *routine.Routine {
	return &routine.Routine{Database: "D", Schema: "S", Name: "AREA", Returns: "NUMBER(38,0)", Body: "w * h",
		Params: []routine.Parameter{{Name: "W", Type: "NUMBER(38,0)"}, {Name: "odd one", Type: "VARCHAR(16777216)", Default: "'it''s'"}}}
}

// The columns arguments, min_num_arguments and max_num_arguments, as
// sql-reference/sql/show-user-functions has them.
func TestSignature(t *testing.T) {
	f := scalar()
	if got := f.Signature(); got != "AREA(NUMBER, VARCHAR)" {
		t.Errorf("signature %s", got)
	}
	if got := f.Arguments(); got != "AREA(NUMBER, VARCHAR) RETURN NUMBER" {
		t.Errorf("arguments %s", got)
	}
	if got := f.Required(); got != 1 {
		t.Errorf("%d arguments are required", got)
	}
	f.Table = []catalog.ColumnMeta{{Name: "A", Type: "NUMBER(38,0)"}, {Name: "B", Type: "DATE"}}
	if got := f.Arguments(); got != "AREA(NUMBER, VARCHAR) RETURN TABLE (A NUMBER, B DATE)" {
		t.Errorf("a table's arguments %s", got)
	}
	if got := routine.Signature("F", nil); got != "F()" {
		t.Errorf("without parameters %s", got)
	}
}

// sql-reference/sql/desc-function and desc-procedure.
func TestDescribe(t *testing.T) {
	code := &routine.Routine{Name: "P", Procedure: true, Language: routine.JavaScript, Returns: "VARCHAR(16777216)", Body: "return 1",
		Properties: []string{"STRICT", "EXECUTE AS CALLER"}}
	for name, c := range map[string]struct {
		r    *routine.Routine
		want []string
	}{
		"in SQL": {scalar(), []string{"signature (W NUMBER, odd one VARCHAR)", "returns NUMBER(38,0)", "language SQL", "body w * h"}},
		"a procedure": {code, []string{"signature ()", "returns VARCHAR(16777216)", "language JAVASCRIPT", "null handling RETURNS NULL ON NULL INPUT",
			"volatility VOLATILE", "execute as CALLER", "body return 1"}},
	} {
		var got []string
		for _, row := range c.r.Describe() {
			got = append(got, fmt.Sprint(row[0], " ", row[1]))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", name, diff)
		}
	}
}

// A definition makes the routine again.
func TestDefinition(t *testing.T) {
	table := scalar()
	table.Table, table.Secure, table.Comment, table.Body = []catalog.ColumnMeta{{Name: "A", Type: "NUMBER(38,0)"}}, true, "it's", "select 'x'"
	code := scalar()
	code.Language, code.Procedure, code.Properties, code.Body = routine.JavaScript, true, []string{"RETURNS NULL ON NULL INPUT"}, "return `$$`"
	for _, r := range []*routine.Routine{scalar(), table, code} {
		for _, full := range []bool{true, false} {
			text := r.Definition(full)
			if _, err := parse.Statement(text); err != nil {
				t.Errorf("%s\ncannot be read: %v", text, err)
			}
			if got := strings.Contains(text, "D.S.AREA"); got != full {
				t.Errorf("full %v: %s", full, text)
			}
		}
	}
}

func TestTree(t *testing.T) {
	for body, kind := range map[string]string{"x + 1": "expression", "select 1;": "query", "with a as (select 1) select * from a": "query",
		"select": "wrong", "x +": "wrong", "drop table t": "wrong", "": "wrong", "1; drop table t": "wrong"} {
		q, x, err := (&routine.Routine{Body: body}).Tree()
		got := map[bool]string{true: "wrong"}[err != nil]
		switch {
		case q != nil:
			got = "query"
		case x != nil:
			got = "expression"
		}
		if got != kind {
			t.Errorf("%q is %s (%v), want %s", body, got, err, kind)
		}
	}
}

func TestSet(t *testing.T) {
	var set routine.Set
	if !set.Empty() {
		t.Error("the zero value has something")
	}
	one, other := scalar(), scalar()
	other.Params = other.Params[:1]
	anew := scalar()
	anew.Body = "w + h"
	away := &routine.Routine{Database: "D", Schema: "AWAY", Name: "AREA"}
	for _, r := range []*routine.Routine{one, other, away, anew} {
		set.Put(r)
	}
	if got := set.Named(one.At()); len(got) != 2 {
		t.Errorf("%d of that name, want one for each signature", len(got))
	}
	all := set.All()
	if len(all) != 3 || all[0] != away || all[1] != other || all[2] != anew {
		t.Errorf("all of them in order: %v", all)
	}
	set.Remove(one) // which goes by its signature
	if got := set.Named(one.At()); len(got) != 1 || got[0] != other {
		t.Errorf("after one went: %v", got)
	}
	set.RemoveIn("D", "S")
	if got := set.All(); len(got) != 1 || got[0] != away {
		t.Errorf("after a schema went: %v", got)
	}
	set.RemoveIn("D", "")
	if !set.Empty() {
		t.Error("after the database went there are some")
	}
}

// sql-reference/functions and developer-guide/udf/javascript: numbers and dates are
// doubles and Dates there, and there is no INTEGER and no TIME.
func TestCheckTypes(t *testing.T) {
	for typ, taken := range map[string]bool{"FLOAT": true, "VARCHAR(16777216)": true, "VARIANT": true, "DATE": true, "TIMESTAMP_NTZ(9)": true, "BOOLEAN": true,
		"NUMBER(38,0)": false, "TIME(9)": false} {
		for _, r := range []*routine.Routine{{Returns: typ}, {Returns: "FLOAT", Params: []routine.Parameter{{Name: "X", Type: typ}}}} {
			r.Language = routine.JavaScript
			if err := r.CheckTypes(); (err == nil) != taken {
				t.Errorf("%s: %v, want taken %v", typ, err, taken)
			}
		}
	}
}
