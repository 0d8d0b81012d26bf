package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// expected reads what must have a sum, and fails at its end if it has another:
// the artifact was trained anew meanwhile.
type expected struct {
	r    io.Reader
	sum  hash.Hash
	want string
}

// Read reads on.
func (e *expected) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.sum.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(e.sum.Sum(nil)) != e.want {
		return n, errors.New("the artifact changed while it was read: promote it again")
	}
	return n, err
}

// promotionColumns are the columns of MODEL_PROMOTIONS. Times are UTC.
const promotionColumns = "PROMOTED_AT TIMESTAMP_NTZ, PROMOTED_BY VARCHAR, PROMOTED_ON VARCHAR, MODEL VARCHAR, ARTIFACT VARCHAR, SHA256 VARCHAR, " +
	"SIZE_BYTES NUMBER(38,0), RUN_ID VARCHAR, TRAINED_AT TIMESTAMP_NTZ, FROM_TARGET VARCHAR, REPLACED_SHA256 VARCHAR, FORCED BOOLEAN"

// table is one in the schema of the side's target.
func (s *side) table(name string) runner.Relation {
	t := s.target()
	return runner.Relation{Database: t.Database, Schema: t.Schema, Identifier: name}
}

// origin looks up which run trained an artifact, and when: among the metrics of
// models that were trained there, then among those that were promoted there.
func (s *side) origin(ctx context.Context, h held) (held, error) {
	session, err := s.session(ctx)
	if err != nil {
		return h, err
	}
	defer session.Close()
	for _, sql := range []string{
		"select run_id, to_varchar(trained_at, 'YYYY-MM-DD HH24:MI:SS') from " + s.table("MODEL_METRICS").String() + " where artifact_sha256 = ? order by trained_at limit 1",
		"select run_id, to_varchar(trained_at, 'YYYY-MM-DD HH24:MI:SS') from " + s.table("MODEL_PROMOTIONS").String() + " where sha256 = ? order by promoted_at desc limit 1",
	} {
		run, trained, err := pair(ctx, session, sql, h.sha256)
		var refused *warehouse.Error
		switch {
		case errors.Is(err, warehouse.ErrNotExist):
			continue
		case errors.As(err, &refused):
			return h, fmt.Errorf("find the run that trained %s: %w", s.loc, err)
		case err != nil:
			return h, err
		case trained == "":
			continue
		}
		if h.trained, err = time.Parse(time.DateTime, trained); err != nil {
			return h, fmt.Errorf("%s was trained at %q: %w", s.loc, trained, err)
		}
		h.run = run
		return h, nil
	}
	return h, nil
}

// pair is the two texts of a query's one row, "" for none.
func pair(ctx context.Context, s warehouse.Session, sql string, args ...any) (first, second string, err error) {
	res, err := s.Query(ctx, sql, args...)
	if err != nil {
		return "", "", err
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			return "", "", err
		}
		if batch.NumRows() == 0 {
			continue
		}
		if col := batch.Column(0); !col.IsNull(0) {
			first = col.ValueStr(0)
		}
		if col := batch.Column(1); !col.IsNull(0) {
			second = col.ValueStr(0)
		}
	}
	return first, second, nil
}

// note adds a row to the target's MODEL_PROMOTIONS.
func (p *promotion) note(ctx context.Context, ours, theirs held) error {
	s, err := p.to.session(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	table := p.to.table("MODEL_PROMOTIONS")
	if _, err := warehouse.Exec(ctx, s, "create table if not exists "+table.String()+" ("+promotionColumns+")"); err != nil {
		return err
	}
	_, err = warehouse.Exec(ctx, s, "insert into "+table.String()+" select ?, current_user(), "+strings.Repeat("?, ", 9)+"?",
		time.Now().UTC(), whoHere(), p.to.node.Name, p.to.loc.String(), ours.sha256, ours.size, orNull(ours.run), ours.trained.UTC(),
		p.from.target().Name, orNull(theirs.sha256), p.force)
	return err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// whoHere is the user of this machine, and its name.
func whoHere() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		return name + "@" + host
	}
	return name
}
