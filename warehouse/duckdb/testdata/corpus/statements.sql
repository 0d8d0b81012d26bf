# create table, insert, update, delete
> create table t (id int, name varchar(10), amount number(10, 2) default 1.5, at timestamp_ntz, flag boolean)

> insert into t (id, name) values (1, 'a'), (2, 'b')

> select id, name, amount, at, flag from t order by id
1|a|1.50|NULL|NULL
2|b|1.50|NULL|NULL

> update t set amount = amount * 2, name = upper(name) where id = 1

> select name, amount from t where id = 1
A|3.00

> update t set name = s.n from (select 2 as k, 'joined' as n) as s where t.id = s.k

> select name from t where id = 2
joined

> delete from t using (select 1 as k) as s where t.id = s.k

> select count(*) from t
1

# dml/merge
> merge into t using (select column1 as id, column2 as name from values (2, 'updated'), (3, 'new')) as s on t.id = s.id
  when matched then update set name = s.name when not matched then insert (id, name) values (s.id, s.name)

> select id, name from t order by id
2|updated
3|new

> insert overwrite into t (id) select 9

> select id from t
9

> truncate table t

> select count(*) from t
0

> truncate table if exists nowhere

> create or replace table c as select 1 as a, 'x' as b

> create table d like c

> select count(*) from d
0

> create table e clone c

> select * from e
1|x

> create temporary table tmp (a int)

> create transient table tr (a int)

> alter table c add column d date

> alter table c rename column a to aa

> alter table c drop column b

> select aa, d from c
1|NULL

> alter table c rename to c2

> select count(*) from c2
1

> create view v as select aa * 2 as twice from c2

> select twice from v
2

> create or replace view v (renamed) as select 5

> select renamed from v
5

> create sequence s start 10 increment 5

> select s.nextval
10

> select s.nextval
15

> create table auto (id int autoincrement start 1 increment 1, v varchar)

> insert into auto (v) values ('a'), ('b')

> select id, v from auto order by id
1|a
2|b

# not null is kept, and unique constraints are not enforced
> create table nn (a int not null, b int unique, primary key (a))

> insert into nn values (null, 1)
!100072

> insert into nn values (1, 1), (1, 1)

> insert into nn values (1)
!2057

# text that is too long
> create table short (s varchar(3))

> insert into short values ('abcd')
!100078

> insert into short values ('abc')

# session variables
> set (a, b) = (1, 'x')

> select $a + 1, $b
2|x

> unset a

> select $a
!2211

> show tables like 'nn'

> describe table nn

> drop table nn

> select * from nn
!2003

> drop table if exists nn

> undrop table nn
!2019

> comment on table c2 is 'about it'

> begin

> insert into c2 (aa) values (7)

> rollback

> select count(*) from c2
1

> explain select 1
!2019

> create database other

> use database t

> create schema if not exists s2

> use schema public

> execute immediate 'select 1'
1

# sql-reference: show, describe
> create or replace table public.shown (a int not null, b varchar(5), c number(10, 2) default 1, d timestamp_ntz, e variant)

> show tables like 'SHOW%'

> describe table shown

> insert into shown (a, b) values (1, 'toolong')
!100078

> drop table shown

# insert overwrite from itself
> create or replace table self as select column1 as a from values (1), (2), (3)

> insert overwrite into self select a from self where a > 1

> select a from self order by a
2
3

> set n = (select max(a) from self)

> select $n * 2, $n = 3
6|true

> set d = '2020-01-31'::date

> select dateadd(month, 1, $d)
2020-02-29

> select * from table('self') order by a
2
3

> select count(*) from identifier('self')
2
