package duckdb_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// staged is a session on a warehouse with stages and local files, with a
// folder of files to put.
func staged(t *testing.T) (s warehouse.Session, volume stage.Volume, local string) {
	t.Helper()
	volume, local = stages(t), t.TempDir()
	for name, text := range map[string]string{"model.json": `{"a": 1}`, "b.csv": "x,y\n", "c.csv.gz": "not really zipped"} {
		if err := os.WriteFile(filepath.Join(local, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return session(t, open(t, duckdb.Config{Stages: volume, LocalFiles: true})), volume, local
}

// stages is an empty folder of stages.
func stages(t testing.TB) stage.Volume {
	t.Helper()
	v, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// TestStages walks a stage through its life, in every spelling of a statement.
func TestStages(t *testing.T) {
	s, _, local := staged(t)
	want(t, s, "create stage modelstage comment = 'models'", "Stage area MODELSTAGE successfully created.")
	want(t, s, "CREATE STAGE IF NOT EXISTS ModelStage", "MODELSTAGE already exists, statement succeeded.")
	want(t, s, "put file://"+local+"/model.json @modelstage/v1/ auto_compress=false parallel=4",
		"model.json|model.json|8|8|NONE|NONE|UPLOADED|")
	want(t, s, "put 'file://"+local+"/model.json' @MODELSTAGE/v1 auto_compress=FALSE",
		"model.json|model.json|8|0|NONE|NONE|SKIPPED|")
	checkList(t, s)
	want(t, s, "put file://"+local+"/*.csv* @modelstage/csv overwrite=true",
		"b.csv|b.csv.gz|4|28|NONE|GZIP|UPLOADED|", "c.csv.gz|c.csv.gz|17|17|GZIP|GZIP|UPLOADED|")
	got, err := rows(t.Context(), s, "LS @t.public.modelstage/csv/ PATTERN = '.*b[.]csv.*'")
	if err != nil || !strings.HasPrefix(got, "modelstage/csv/b.csv.gz|28|") || strings.Contains(got, "\n") {
		t.Errorf("ls with a pattern: %q, error %v", got, err)
	}
	want(t, s, "rm @ModelStage/csv pattern='.*c.csv.gz'", "modelstage/csv/c.csv.gz|removed")
	want(t, s, "remove @modelstage/csv", "modelstage/csv/b.csv.gz|removed")
	want(t, s, "list @modelstage/csv")
	want(t, s, "create or replace stage modelstage", "Stage area MODELSTAGE successfully created.")
	want(t, s, "list @modelstage")
	want(t, s, "drop stage modelstage", "MODELSTAGE successfully dropped.")
	want(t, s, "drop stage if exists modelstage", "Drop statement executed successfully (MODELSTAGE already dropped).")
}

// checkList reads the line of LIST that the first put made.
func checkList(t *testing.T, s warehouse.Session) {
	t.Helper()
	got, err := rows(t.Context(), s, "list @modelstage")
	if err != nil {
		t.Fatal(err)
	}
	rest, ok := strings.CutPrefix(got, "modelstage/v1/model.json|8|42b7b4f2921788ea14dac5566e6f06d0|")
	at, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", rest)
	if !ok || err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("list gives %q; its time: %v", got, err)
	}
}

// TestGet brings back what was put, compressed on the way or not.
func TestGet(t *testing.T) {
	s, _, local := staged(t)
	to := t.TempDir()
	run(t, s, "create stage st", "put file://"+local+"/model.json @st/a auto_compress = false")
	want(t, s, "get @st/a/ file://"+to+"/", "model.json|8|DOWNLOADED|")
	got, err := os.ReadFile(filepath.Join(to, "model.json"))
	if err != nil || string(got) != `{"a": 1}` {
		t.Errorf("got %q, error %v", got, err)
	}
	want(t, s, "get @st file://"+to+" pattern='nothing'")
	if left, _ := filepath.Glob(filepath.Join(to, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestStageColumns checks the names and types that clients look for.
func TestStageColumns(t *testing.T) {
	s, _, local := staged(t)
	run(t, s, "create stage st")
	for sql, want := range map[string]string{
		"list @st": "name VARCHAR, size NUMBER(38,0), md5 VARCHAR, last_modified VARCHAR",
		"rm @st":   "name VARCHAR, result VARCHAR",
		"put file://" + local + "/b.csv @st": "source VARCHAR, target VARCHAR, source_size NUMBER(38,0), target_size NUMBER(38,0), " +
			"source_compression VARCHAR, target_compression VARCHAR, status VARCHAR, message VARCHAR",
		"get @st file://" + local: "file VARCHAR, size NUMBER(38,0), status VARCHAR, message VARCHAR",
	} {
		res, err := s.Query(t.Context(), sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		var got []string
		for _, c := range res.Columns {
			got = append(got, c.Name+" "+c.SQL())
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", sql, diff)
		}
		res.Close()
	}
}

// TestShowStages narrows SHOW STAGES in each way it can be.
func TestShowStages(t *testing.T) {
	s, _, _ := staged(t)
	run(t, s, "create stage one comment='first'", "create stage other", "create schema s2", "create stage s2.one", "use schema public")
	for sql, want := range map[string][]string{
		"show stages":                            {"ONE", "OTHER"},
		"show stages like 'on_'":                 {"ONE"},
		"show stages in schema s2":               {"ONE"},
		"show stages in database":                {"ONE", "OTHER", "ONE"},
		"show stages in account starts with 'O'": {"ONE", "OTHER", "ONE"},
		"show stages like '%x%' in t.s2":         nil,
	} {
		res, err := s.Query(t.Context(), sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		var got []string
		for batch := range res.Batches() {
			for i := range int(batch.NumRows()) {
				got = append(got, batch.Column(1).ValueStr(i))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", sql, diff)
		}
		res.Close()
	}
}

// TestStageRefusals gives stage statements what they must refuse.
func TestStageRefusals(t *testing.T) {
	s, _, local := staged(t)
	run(t, s, "create stage st")
	closed := session(t, open(t, duckdb.Config{Stages: stages(t)}))
	run(t, closed, "create stage st")
	none := session(t, open(t, duckdb.Config{}))
	for _, c := range []struct {
		s    warehouse.Session
		sql  string
		code int
		kind error
	}{
		{s, "list @nowhere", 2003, warehouse.ErrNotExist},
		{s, "create stage st", 2002, warehouse.ErrExist},
		{s, "create stage nowhere.st", 2043, warehouse.ErrNotExist},
		{s, "drop stage nowhere", 2003, warehouse.ErrNotExist},
		{s, "create stage ext url = 'ftp://bucket'", 1011, nil},
		{s, "put file://" + local + "/missing @st", 253006, warehouse.ErrNotExist},
		{s, "put file://" + local + "/b.csv @st/../..", 1003, nil},
		{s, "list @st pattern = '('", 2037, nil},
		{s, "select * from @st", 2022, nil},
		{closed, "put file://" + local + "/b.csv @st", 2019, warehouse.ErrUnsupported},
		{closed, "get @st file://" + local, 2019, warehouse.ErrUnsupported},
		{none, "create stage st", 2019, warehouse.ErrUnsupported},
		{none, "list @st", 2019, warehouse.ErrUnsupported},
	} {
		_, err := rows(t.Context(), c.s, c.sql)
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != c.code || c.kind != nil && !errors.Is(err, c.kind) {
			t.Errorf("%s: error %v, want code %d and kind %v", c.sql, err, c.code, c.kind)
		}
	}
}

// TestTemporaryStage drops it with its session.
func TestTemporaryStage(t *testing.T) {
	_, volume, _ := staged(t)
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	run(t, s, "create temporary stage st")
	name := stage.Name{Database: "T", Schema: "PUBLIC", Stage: "ST"}
	if _, err := volume.Stage(t.Context(), name); err != nil {
		t.Error(err)
	}
	s.Close()
	if _, err := volume.Stage(t.Context(), name); !errors.Is(err, stage.ErrNotExist) {
		t.Errorf("error %v, want ErrNotExist", err)
	}
}

// TestStagesGoWithTheirDatabase looks for a stage, and for what was granted, in the
// database that takes the place of theirs.
func TestStagesGoWithTheirDatabase(t *testing.T) {
	s, _, local := staged(t)
	for _, anew := range []string{"drop database d", "create or replace database d"} {
		run(t, s, "create database if not exists d", "create stage d.public.kept", "put file://"+local+"/b.csv @d.public.kept", "create or replace table d.public.t (a int)",
			"put file://"+local+"/b.csv @d.public.%t", "create role if not exists reader", "grant usage on database d to role reader",
			"grant select on table d.public.t to role reader", "create tag d.public.mark", anew, "create database if not exists d")
		refusedSaying(t, s, "list @d.public.kept", 2003, "KEPT")
		run(t, s, "create table d.public.t (a int)")
		want(t, s, "list @d.public.%t")
		want(t, s, "show grants to role reader")
		want(t, s, "show tags in database d")
	}
}
