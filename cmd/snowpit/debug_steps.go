package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	alloc "github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// debugging is what the steps work on, as far as they have come.
type debugging struct {
	app     *app
	project *project.Project
	work    *workspace
	session warehouse.Session
	place   runner.Relation // a name in the schema that things are made in
	drops   []string        // what is to be dropped in the end, the last first
	stage   stage.Name      // likewise, or zero
}

// steps are all of them, in order. A local target has no role, no virtual
// warehouse and no login.
func (d *debugging) steps() []step {
	return []step{
		{"settings", nil, d.checkSettings},
		{"connection", []string{"settings"}, d.checkConnection},
		{"role", []string{"connection"}, d.checkRole},
		{"warehouse", []string{"connection"}, d.checkWarehouse},
		{"database", []string{"connection"}, d.checkDatabase},
		{"privileges", []string{"database", "warehouse"}, d.checkPrivileges},
		{"load", []string{"privileges"}, d.checkLoad},
		{"stage", []string{"database"}, d.checkStage},
	}
}

// close drops what the steps have made and ends what they have opened.
func (d *debugging) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var errs []error
	if d.stage != (stage.Name{}) {
		if err := d.work.stages.Drop(ctx, d.stage); err != nil && !errors.Is(err, stage.ErrNotExist) {
			errs = append(errs, fmt.Errorf("clean up: %w", err))
		}
	}
	for i := len(d.drops) - 1; i >= 0; i-- {
		if _, err := warehouse.Exec(ctx, d.session, d.drops[i]); err != nil {
			errs = append(errs, fmt.Errorf("clean up: %s: %w", d.drops[i], err))
		}
	}
	if d.session != nil {
		errs = append(errs, d.session.Close())
	}
	if d.work != nil {
		errs = append(errs, d.work.close())
	}
	return errors.Join(errs...)
}

func (d *debugging) target() runner.Target { return d.project.Target }

func (d *debugging) checkSettings(ctx context.Context) (string, error) {
	w, err := d.app.open(ctx, d.project)
	if err != nil {
		return "", fix(err, "correct the target in profiles.yml or connections.toml, and give secrets as \"{{ env_var('DBT_ENV_SECRET_...') }}\"")
	}
	d.work = w
	if d.target().Type != "snowflake" {
		return "the state is in " + here(w.state), nil
	}
	c, err := snowflakeConfig(d.target())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("account %s, user %s, %s", c.Account, cmp.Or(c.User, "(of the token)"), c.Login()), nil
}

func (d *debugging) checkConnection(ctx context.Context) (string, error) {
	s, err := d.work.session(ctx)
	if err != nil {
		if d.target().Type == "snowflake" {
			return "", fix(err, "%s", loginFix(err))
		}
		return "", err
	}
	d.session = s
	version, err := d.one(ctx, "select current_version()")
	if err != nil {
		return "", err
	}
	return "it answers, version " + version, nil
}

// one is the one text of a query.
func (d *debugging) one(ctx context.Context, sql string) (string, error) {
	res, err := d.session.Query(ctx, sql)
	if err != nil {
		return "", err
	}
	defer res.Close()
	text := ""
	for batch, err := range res.Batches() {
		if err != nil {
			return "", err
		}
		if batch.NumRows() > 0 && !batch.Column(0).IsNull(0) {
			text = batch.Column(0).ValueStr(0)
		}
	}
	return text, nil
}

func (d *debugging) checkRole(ctx context.Context) (string, error) {
	role, err := d.one(ctx, "select current_role()")
	if err != nil {
		return "", err
	}
	want := warehouse.FoldIdent(d.target().Role)
	switch {
	case d.target().Type != "snowflake":
		return "a local target has none", nil
	case role == "":
		return "", fix(errors.New("the session has no role"), "name one in the target, or alter user ... set default_role = ...")
	case want != "" && role != want:
		return "", fix(fmt.Errorf("the session has the role %s and not the target's, %s", role, want), "grant role %s to the user", want)
	}
	return role, nil
}

func (d *debugging) checkWarehouse(ctx context.Context) (string, error) {
	if d.target().Type != "snowflake" {
		return "a local target has none", nil
	}
	name, err := d.one(ctx, "select current_warehouse()")
	if err != nil {
		return "", err
	}
	want := warehouse.FoldIdent(d.target().Compute)
	switch {
	case name == "" && want == "":
		return "", fix(errors.New("the session has no virtual warehouse"), "name one in the target, or alter user ... set default_warehouse = ...")
	case name == "" || want != "" && name != want:
		return "", fix(fmt.Errorf("the virtual warehouse %s is not there, or the role may not use it", want), "grant usage on warehouse %s to role ..., or name another", want)
	}
	return name, nil
}

func (d *debugging) checkDatabase(ctx context.Context) (string, error) {
	t := d.target()
	database := warehouse.QuoteIdent(t.Database)
	n, err := d.one(ctx, "select to_varchar(count(*)) from "+database+".information_schema.schemata where schema_name = "+warehouse.QuoteString(t.Schema))
	if err != nil {
		return "", fix(err, "make it with create database %s, or grant usage on database %s to role ..., or name another in the target", database, database)
	}
	d.place = runner.Relation{Database: t.Database, Schema: t.Schema, Identifier: "SNOWPIT_DEBUG_" + rand.Text()[:10]}
	if n != "0" {
		return t.Database + "." + t.Schema, nil
	}
	scratch := runner.Relation{Database: t.Database, Schema: d.place.Identifier}
	if _, err := warehouse.Exec(ctx, d.session, "create schema "+scratch.String()); err != nil {
		return "", fix(fmt.Errorf("the schema %s is not there, and none can be made: %w", t.Schema, err), "make it with create schema %s, or grant create schema on database %s to role ...", t.Schema, database)
	}
	d.place.Schema = scratch.Schema
	d.drops = append(d.drops, "drop schema "+scratch.String())
	return fmt.Sprintf("%s; the schema %s is not there yet, and a build can make it", t.Database, t.Schema), nil
}

// make runs a statement that makes something, which is dropped in the end.
func (d *debugging) make(ctx context.Context, kind string, rel runner.Relation, as string) error {
	if _, err := warehouse.Exec(ctx, d.session, "create "+kind+" "+rel.String()+" "+as); err != nil {
		return fix(err, "grant usage on schema %[1]s to role ...; grant create table, create view, create stage on schema %[1]s to role ...", d.schema())
	}
	d.drops = append(d.drops, "drop "+kind+" if exists "+rel.String())
	return nil
}

func (d *debugging) schema() string {
	return runner.Relation{Database: d.place.Database, Schema: d.place.Schema}.String()
}

func (d *debugging) checkPrivileges(ctx context.Context) (string, error) {
	view := d.place
	view.Identifier += "_V"
	if err := d.make(ctx, "table", d.place, "as select 1 as n, 'a' as t"); err != nil {
		return "", err
	}
	if err := d.make(ctx, "view", view, "as select n from "+d.place.String()); err != nil {
		return "", err
	}
	if _, err := warehouse.Exec(ctx, d.session, "insert into "+d.place.String()+" values (2, 'b')"); err != nil {
		return "", err
	}
	if n, err := d.one(ctx, "select to_varchar(sum(n)) from "+view.String()); err != nil || n != "3" {
		return "", errors.Join(fmt.Errorf("the view gives %q where 3 is right", n), err)
	}
	return "tables and views can be made, filled and read in " + d.schema(), nil
}

func (d *debugging) checkLoad(ctx context.Context) (string, error) {
	loader, ok := d.session.(warehouse.Loader)
	if !ok {
		return "", errors.New("this warehouse cannot load rows")
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "N", Type: arrow.PrimitiveTypes.Int64}, {Name: "T", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(alloc.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{3, 4}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"c", "d"}, nil)
	batch := b.NewRecordBatch()
	defer batch.Release()
	rows, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		return "", err
	}
	defer rows.Release()
	n, err := loader.Load(ctx, d.place.String(), warehouse.LoadAppend, nil, rows)
	if err != nil {
		return "", fix(err, "a load needs a temporary stage: grant create stage on schema %s to role ..., and let this machine reach the account's stage (select system$allowlist())", d.schema())
	}
	return fmt.Sprintf("%d rows", n), nil
}

func (d *debugging) checkStage(ctx context.Context) (string, error) {
	name := stage.Name{Database: d.place.Database, Schema: d.place.Schema, Stage: d.place.Identifier}
	if err := d.work.stages.Create(ctx, name, "of snowpit debug"); err != nil {
		return "", fix(err, "grant create stage on schema %s to role ...", d.schema())
	}
	d.stage = name
	st, err := d.work.stages.Stage(ctx, name)
	if err != nil {
		return "", err
	}
	content := make([]byte, 64<<10)
	rand.Read(content)
	if _, err := st.Put(ctx, "debug/file.bin", bytes.NewReader(content), stage.PutOptions{}); err != nil {
		return "", fix(err, "this machine must reach the storage behind the account's stages: select system$allowlist() lists its addresses")
	}
	r, _, err := st.Open(ctx, "debug/file.bin")
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	if want := sha256.Sum256(content); !bytes.Equal(sum.Sum(nil), want[:]) {
		return "", errors.New("the file that came back is another than was put")
	}
	if err := st.Remove(ctx, "debug/file.bin"); err != nil {
		return "", err
	}
	return "a file was put, came back the same and was removed", nil
}
