package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

func (a *app) promote() *cobra.Command {
	var from string
	var force bool
	cmd := &cobra.Command{
		Use: "promote MODEL", Short: "Copy a trained model's artifact to the stage of another target", Args: cobra.ExactArgs(1),
		Long: "Copies the artifact of a model that trains from the stage where it was trained, that of\n" +
			"the profile's default target unless --from names another, to the stage of --target, byte\n" +
			"for byte, and checks its SHA-256 there. The table MODEL_PROMOTIONS in the target's schema\n" +
			"notes who promoted what and when, and which run trained it.\n\n" +
			"An artifact there that was trained later is kept, unless --force replaces it.\n\n" +
			"Exit status: 0 when it is there (or was already), 1 when it cannot be promoted or a later\none is there, 2 for wrong usage.",
		Example: "  snowpit promote train_test_position --target prod\n  snowpit promote train_test_position --from ci --target prod --force",
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.target == "" {
				return usage("promote needs --target NAME: where to promote to")
			}
			p, err := a.promotion(cmd.Context(), args[0], from)
			if err != nil {
				return err
			}
			p.force = force
			return errors.Join(p.run(cmd.Context()), p.close())
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "target it was trained on (default: the profile's own)")
	cmd.Flags().BoolVar(&force, "force", false, "replace an artifact that was trained later")
	return cmd
}

// A side is the artifact's place on one of the two targets.
type side struct {
	*workspace
	node *runner.Node
	loc  stage.Location
}

// A promotion is one artifact on its way.
type promotion struct {
	app      *app
	from, to side
	force    bool
}

// promotion opens both targets.
func (a *app) promotion(ctx context.Context, model, from string) (*promotion, error) {
	source := *a
	source.target = from
	p := &promotion{app: a}
	for _, s := range []struct {
		app  *app
		side *side
	}{{&source, &p.from}, {a, &p.to}} {
		loaded, err := s.app.loadProject("")
		if err != nil {
			return nil, err
		}
		s.side.workspace = &workspace{app: s.app, project: loaded}
		if err := s.side.find(model); err != nil {
			return nil, err
		}
	}
	if p.from.target().Name == p.to.target().Name {
		return nil, usage("the model was trained on target %s and is to be promoted there: name another with --target, or with --from", p.to.target().Name)
	}
	return p, p.open(ctx)
}

// open opens both targets; two local ones are one state.
func (p *promotion) open(ctx context.Context) error {
	for _, s := range []*side{&p.from, &p.to} {
		if s == &p.to && s.target().Type != "snowflake" && p.from.target().Type != "snowflake" {
			s.warehouse, s.stages = p.from.warehouse, p.from.stages
			continue
		}
		w, err := s.app.open(ctx, s.project)
		if err != nil {
			return errors.Join(err, p.close())
		}
		s.workspace = w
	}
	return nil
}

func (p *promotion) close() error {
	return errors.Join(p.to.workspace.close(), p.from.workspace.close())
}

// find is the model that trains, and where its artifact lies.
func (s *side) find(model string) error {
	var trainers []string
	for _, n := range s.project.Nodes {
		if cfg := n.Config.Plugin; n.Type == runner.Model && cfg != nil && cfg.Action == plugins.ActionTrain {
			trainers = append(trainers, n.Name)
			if n.Name == model {
				s.node = n
			}
		}
	}
	if s.node == nil {
		slices.Sort(trainers)
		return usage("no model %s trains anything; these do: %s", model, strings.Join(trainers, ", "))
	}
	t := s.target()
	var err error
	s.loc, err = stage.ParseLocation(s.node.Config.Plugin.Artifact, stage.Name{Database: t.Database, Schema: t.Schema})
	if err != nil {
		return usageError{fmt.Errorf("config artifact: %w", err)}
	}
	return nil
}

// A held is an artifact as it lies on a stage.
type held struct {
	sha256  string
	size    int64
	run     string    // the run that trained it, "" where that is not known
	trained time.Time // when; when it was put there, where that is not known
}

// String tells an artifact from others.
func (h held) String() string {
	run := ""
	if h.run != "" {
		run = ", trained in run " + h.run
	}
	return fmt.Sprintf("%d bytes, SHA-256 %s%s, of %s UTC", h.size, h.sha256, run, h.trained.UTC().Format(time.DateTime))
}

// run copies the artifact, unless it is there or a later one is.
func (p *promotion) run(ctx context.Context) error {
	ctx = warehouse.WithQueryTag(ctx, p.tag())
	ours, err := p.from.read(ctx)
	if errors.Is(err, stage.ErrNotExist) {
		return fmt.Errorf("%s: %w: train it first with snowpit run --select %s", p.from.loc, err, p.from.node.Name)
	} else if err != nil {
		return err
	}
	theirs, err := p.to.read(ctx)
	there := err == nil
	switch {
	case err != nil && !errors.Is(err, stage.ErrNotExist):
		return err
	case there && theirs.sha256 == ours.sha256:
		p.tell("unchanged", ours)
		return nil
	case there && theirs.trained.After(ours.trained) && !p.force:
		return fmt.Errorf("%s holds a later artifact (%s) than %s does (%s): --force replaces it", p.to.loc, theirs, p.from.loc, ours)
	}
	if err := p.copy(ctx, ours); err != nil {
		return err
	}
	if err := p.note(ctx, ours, theirs); err != nil {
		return fmt.Errorf("the artifact is at %s, and that could not be noted: %w", p.to.loc, err)
	}
	p.tell("promoted", ours)
	return nil
}

func (p *promotion) tag() string {
	tag, err := json.Marshal(map[string]string{"app": "snowpit", "project": p.to.project.Name, "node": p.to.node.ID, "command": "promote"})
	if err != nil {
		panic(err) // a map of strings always marshals
	}
	return string(tag)
}

// tell says what became of the artifact.
func (p *promotion) tell(status string, h held) {
	if p.app.logFormat == "json" {
		json.NewEncoder(p.app.stdout).Encode(map[string]any{
			"event": "promote", "status": status, "model": p.to.node.Name, "from": p.from.loc.String(), "to": p.to.loc.String(),
			"sha256": h.sha256, "size": h.size, "run_id": h.run, "trained_at": h.trained.UTC(),
		})
		return
	}
	if status == "unchanged" {
		fmt.Fprintf(p.app.stdout, "%s is at %s already: %s\n", p.to.node.Name, p.to.loc, h)
		return
	}
	fmt.Fprintf(p.app.stdout, "promoted %s from %s to %s: %s\n", p.to.node.Name, p.from.loc, p.to.loc, h)
}

// read is the artifact that lies there.
func (s *side) read(ctx context.Context) (held, error) {
	st, err := s.stages.Stage(ctx, s.loc.Name)
	if err != nil {
		return held{}, err
	}
	r, obj, err := st.Open(ctx, s.loc.Path)
	if err != nil {
		return held{}, err
	}
	defer r.Close()
	h := held{trained: obj.Modified}
	if h.sha256, h.size, err = sumOf(r); err != nil {
		return held{}, fmt.Errorf("%s: %w", s.loc, err)
	}
	return s.origin(ctx, h)
}

func sumOf(r io.Reader) (sum string, size int64, err error) {
	h := sha256.New()
	size, err = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// copy puts the artifact on the target's stage and reads it there again.
func (p *promotion) copy(ctx context.Context, ours held) error {
	source, err := p.from.stages.Stage(ctx, p.from.loc.Name)
	if err != nil {
		return err
	}
	r, _, err := source.Open(ctx, p.from.loc.Path)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := p.to.stages.Create(ctx, p.to.loc.Name, ""); err != nil && !errors.Is(err, stage.ErrExist) {
		return fmt.Errorf("create stage %s: %w", p.to.loc.Name, err)
	}
	target, err := p.to.stages.Stage(ctx, p.to.loc.Name)
	if err != nil {
		return err
	}
	if _, err := target.Put(ctx, p.to.loc.Path, &expected{r: r, sum: sha256.New(), want: ours.sha256}, stage.PutOptions{}); err != nil {
		return err
	}
	back, _, err := target.Open(ctx, p.to.loc.Path)
	if err != nil {
		return fmt.Errorf("check what was put: %w", err)
	}
	defer back.Close()
	got, _, err := sumOf(back)
	if err == nil && got != ours.sha256 {
		err = fmt.Errorf("it has SHA-256 %s, and %s was put: somebody else may have put one at the same moment", got, ours.sha256)
	}
	if err != nil {
		return fmt.Errorf("check what was put at %s: %w", p.to.loc, err)
	}
	return nil
}
