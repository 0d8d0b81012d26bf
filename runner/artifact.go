package runner

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// An artifact is the stage object that a plugin writes or reads.
//
// A stage and a warehouse have no transaction in common, so a trained model is
// stored in three steps: the artifact is put beside its place, under a pending
// name; the table and the row of MODEL_METRICS that names the artifact's
// SHA-256 are committed; the artifact is put in its place. Whoever dies between
// the last two leaves a pending artifact that the row names, and settle, which
// runs before the artifact is used again, takes the last step. A pending
// artifact that the row does not name was never committed and goes.
type artifact struct {
	loc   stage.Location
	stage stage.Stage
	maker string // the model that trains it, or ""
}

// pending follows an artifact's name until its table is committed.
const pending = ".pending"

// settling is the time that the steps after the commit may take, which go on
// even when the run was interrupted meanwhile.
const settling = time.Minute

// artifact finds the stage of the model's artifact; a trainer makes it if it
// is not there.
func (b *build) artifact(ctx context.Context) (*artifact, error) {
	cfg, t := b.node.Config.Plugin, b.project.Target
	loc, err := stage.ParseLocation(cfg.Artifact, stage.Name{Database: t.Database, Schema: t.Schema})
	if err != nil {
		return nil, fmt.Errorf("config artifact: %w", err)
	}
	if err := stage.CheckName(loc.Path); err != nil {
		return nil, fmt.Errorf("config artifact %s: %w", cfg.Artifact, err)
	}
	if err := stage.CheckName(loc.Path + pending); err != nil {
		return nil, fmt.Errorf("config artifact %s: while it is stored it stands beside its place: %w", cfg.Artifact, err)
	}
	art := &artifact{loc: loc}
	for _, e := range b.node.Parents {
		if n := b.project.Nodes[e.To]; n != nil && e.Why == "artifact" {
			art.maker = n.Name
		}
	}
	if cfg.Action == plugins.ActionTrain {
		err := b.Stages.Create(ctx, loc.Name, "")
		if err != nil && !errors.Is(err, stage.ErrExist) {
			return nil, fmt.Errorf("create stage %s: %w", loc.Name, err)
		}
	}
	if art.stage, err = b.Stages.Stage(ctx, loc.Name); err != nil {
		return nil, art.missing(err)
	}
	return art, b.settle(ctx, art)
}

// missing says how to get an artifact that could not be opened.
func (a *artifact) missing(err error) error {
	if !errors.Is(err, stage.ErrNotExist) {
		return fmt.Errorf("artifact %s: %w", a.loc, err)
	}
	if a.maker == "" {
		return fmt.Errorf("artifact %s: %w: no model of this project trains it; put it there with snowpit stage put", a.loc, err)
	}
	return fmt.Errorf("artifact %s: %w: train it first with snowpit run --select %s", a.loc, err, a.maker)
}

// offer puts a trained artifact beside its place, where it waits for its table.
func (a *artifact) offer(ctx context.Context, text []byte, sha string) error {
	obj, err := a.stage.Put(ctx, a.loc.Path+pending, bytes.NewReader(text), stage.PutOptions{})
	if err == nil && obj.SHA256 != "" && obj.SHA256 != sha {
		err = fmt.Errorf("the stage holds SHA-256 %s, and %s was put", obj.SHA256, sha)
	}
	if err != nil {
		return fmt.Errorf("artifact %s: %w", a.loc, err)
	}
	return nil
}

// publish puts an artifact whose table is committed in its place. It does so
// even if the run was interrupted meanwhile.
func (a *artifact) publish(ctx context.Context, text []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	err := a.move(ctx, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("the model's table is committed, and its artifact waits as %s%s; the next build that uses it puts it in its place: %w",
			a.loc, pending, err)
	}
	return nil
}

// move puts r in the artifact's place and removes the pending one.
func (a *artifact) move(ctx context.Context, r io.Reader) error {
	if _, err := a.stage.Put(ctx, a.loc.Path, r, stage.PutOptions{}); err != nil {
		return err
	}
	return a.withdraw(ctx)
}

// withdraw removes the pending artifact, if there is one.
func (a *artifact) withdraw(ctx context.Context) error {
	err := a.stage.Remove(ctx, a.loc.Path+pending)
	if errors.Is(err, stage.ErrNotExist) {
		return nil
	}
	return err
}

// settle ends what an earlier run left between the artifact and its table: see
// [artifact]. Where no table of this artifact was ever committed, it stays
// pending: its run may be under way on another machine.
func (b *build) settle(ctx context.Context, a *artifact) error {
	waits, err := a.waits(ctx)
	if err != nil || !waits {
		return err
	}
	committed, err := b.committed(ctx, b.s, a)
	if err != nil || committed == "" {
		return err
	}
	return a.decide(ctx, committed)
}

// retract takes back the offered artifact of a run that failed, unless its
// table was committed after all and only the answer was lost.
func (b *build) retract(ctx context.Context, a *artifact) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	s, err := b.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	committed, err := b.committed(ctx, s, a)
	if err != nil {
		return err
	}
	return a.decide(ctx, committed)
}

// decide puts the pending artifact in its place if it has the SHA-256 that was
// committed, and removes it if it has not.
func (a *artifact) decide(ctx context.Context, committed string) error {
	text, err := a.readPending(ctx)
	if errors.Is(err, stage.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) == committed {
		err = a.move(ctx, bytes.NewReader(text))
	} else {
		err = a.withdraw(ctx)
	}
	if err != nil {
		return fmt.Errorf("artifact %s: settle what a run left: %w", a.loc, err)
	}
	return nil
}

// waits reports whether a pending artifact is there.
func (a *artifact) waits(ctx context.Context) (bool, error) {
	for obj, err := range a.stage.List(ctx, a.loc.Path+pending) {
		if errors.Is(err, stage.ErrNotExist) {
			return false, nil // no stage: who opens the artifact says so
		}
		if err != nil {
			return false, fmt.Errorf("artifact %s: %w", a.loc, err)
		}
		if obj.Name == a.loc.Path+pending {
			return true, nil
		}
	}
	return false, nil
}

// readPending reads the pending artifact whole.
func (a *artifact) readPending(ctx context.Context) ([]byte, error) {
	r, _, err := a.stage.Open(ctx, a.loc.Path+pending)
	if err != nil {
		return nil, fmt.Errorf("artifact %s%s: %w", a.loc, pending, err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxArtifact+1))
	if err != nil {
		return nil, fmt.Errorf("artifact %s%s: %w", a.loc, pending, err)
	}
	return text, nil
}

// committed is the SHA-256 of the artifact whose table was committed last, as
// MODEL_METRICS has it, or "".
func (b *build) committed(ctx context.Context, s warehouse.Session, a *artifact) (string, error) {
	res, err := s.Query(ctx, fmt.Sprintf("select ARTIFACT_SHA256 from %s where ARTIFACT = %s order by TRAINED_AT desc limit 1",
		b.metricsTable(), warehouse.QuoteString(a.loc.String())))
	if errors.Is(err, warehouse.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("artifact %s: %w", a.loc, err)
	}
	defer res.Close()
	sha := ""
	for batch, err := range res.Batches() {
		if err != nil {
			return "", fmt.Errorf("artifact %s: %w", a.loc, err)
		}
		if col, ok := batch.Column(0).(*array.String); ok && col.Len() > 0 && col.IsValid(0) {
			sha = col.Value(0)
		}
	}
	return sha, nil
}
