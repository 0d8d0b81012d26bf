package warehousetest

import (
	"context"
	"errors"
	"fmt"
)

var sqlPromises = []promise{
	{"create or replace table", "statements written in Snowflake's dialect", func(ctx context.Context, e *env) error {
		return errors.Join(
			e.exec(ctx, "create or replace table remade as select 1 as a", "create or replace table remade as select 'x' as b, 2 as c"),
			e.want(ctx, "select b, c from remade", "x|2"),
			e.columns(ctx, "select * from remade", "B", "C"))
	}},
	{"create or replace view", "statements written in Snowflake's dialect", func(ctx context.Context, e *env) error {
		return errors.Join(
			e.exec(ctx, "create table base as select 1::int as a", "create or replace view seen as select a from base",
				"create or replace view seen as select a + 1 as b from base", "insert into base values (10)"),
			e.want(ctx, "select b from seen order by b", "2", "11"))
	}},
	{"replace is whole", "create or replace table as: the old table stays if the query fails", func(ctx context.Context, e *env) error {
		if err := e.exec(ctx, "create table kept as select 1 as a"); err != nil {
			return err
		}
		if _, err := rows(ctx, e.s, "create or replace table kept as select cast(x as int) as a from (select 'no' as x) t"); err == nil {
			return errors.New("a query that fails made a table")
		}
		return e.want(ctx, "select a from kept", "1")
	}},
	{"quoted names", "A name is as Snowflake stores it", func(ctx context.Context, e *env) error {
		return errors.Join(
			e.exec(ctx, `create table "my Table" ("select" int, "a ""b""" varchar)`, `insert into "my Table" values (1, 'x')`),
			e.want(ctx, `select "select", "a ""b""" from "my Table"`, "1|x"),
			e.want(ctx, `select t."select" from `+e.schema+`."my Table" t`, "1"),
			e.columns(ctx, `select * from "my Table"`, "select", `a "b"`))
	}},
	{"qualified names", "A name may have a schema and a database", func(ctx context.Context, e *env) error {
		return errors.Join(
			e.exec(ctx, "create table "+e.database+"."+e.schema+".FAR as select 1 as a"),
			e.want(ctx, "select FAR.a from "+e.schema+".far", "1"),
			e.want(ctx, "select far.A from "+e.database+"."+e.schema+".far as far", "1"))
	}},
	{"strings", "Snowflake's literals: '' and backslash escapes", func(ctx context.Context, e *env) error {
		return e.want(ctx, `select 'it''s', 'it\'s', 'a\\b', '-- no comment; really', $$it's \n$$`, `it's|it's|a\b|-- no comment; really|it's \n`)
	}},
	{"comments", "Snowflake's comments: --, // and /* */", func(ctx context.Context, e *env) error {
		return e.want(ctx, "select 1 -- one; and 'only\n, 2 // two\n, /* three */ 3", "1|2|3")
	}},
	{"order of nulls", "Snowflake sorts nulls as the highest", func(ctx context.Context, e *env) error {
		return errors.Join(
			e.exec(ctx, "create table sorted (a int)", "insert into sorted values (2), (null), (1)"),
			e.want(ctx, "select a from sorted order by a", "1", "2", "NULL"),
			e.want(ctx, "select a from sorted order by a desc", "NULL", "2", "1"))
	}},
	{"information schema", "tables are found by their names in upper case", informationSchema},
	{"drop", "a dropped object is gone", func(ctx context.Context, e *env) error {
		if err := e.exec(ctx, "create table brief (a int)", "create view brief_view as select a from brief", "drop view brief_view",
			"drop table brief", "drop table if exists brief", "drop view if exists brief_view"); err != nil {
			return err
		}
		_, err := e.refusal(ctx, "select * from brief", 2003, nil)
		return err
	}},
}

func informationSchema(ctx context.Context, e *env) error {
	if err := e.exec(ctx, "create table listed (a int)", "create view listed_view as select a from listed"); err != nil {
		return err
	}
	const lookup = `select table_name, table_type from %sinformation_schema.tables
		where table_catalog = '%s' and table_schema = '%s' and table_name in ('LISTED', 'LISTED_VIEW') order by table_name`
	return errors.Join(
		e.want(ctx, fmt.Sprintf(lookup, "", e.database, e.schema), "LISTED|BASE TABLE", "LISTED_VIEW|VIEW"),
		e.want(ctx, fmt.Sprintf(lookup, e.database+".", e.database, e.schema), "LISTED|BASE TABLE", "LISTED_VIEW|VIEW"),
		e.columns(ctx, "select table_catalog, table_type from information_schema.tables where 1 = 0", "TABLE_CATALOG", "TABLE_TYPE"))
}
