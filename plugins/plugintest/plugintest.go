package plugintest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/host"
)

// A Subject is the plugin under test, and how to call it.
type Subject struct {
	Command  []string       // what is run; the executable first
	Config   map[string]any // of every call, besides target='KIND' and what the key artifact is
	Artifact []byte         // what predict gets from a plugin that does not train
}

// A promise is one thing every caller of a plugin may rely on.
type promise struct {
	name   string
	rule   string // the sentence of package plugins that it checks
	action string // the action it is about, which the plugin may lack; "" for none
	hold   func(context.Context, *env) error
}

// timeout is how long a promise may take.
const timeout = 30 * time.Second

// quickExit keeps a Go plugin built with the race detector from sleeping for a
// second before it ends. Others do not know it.
const quickExit = "GORACE=atexit_sleep_ms=0"

func promises() []promise { return slices.Concat(processPromises, callPromises, oddPromises) }

// Check reports every promise that the plugin breaks, or nil.
func Check(ctx context.Context, s Subject) error {
	var broken []error
	for _, p := range promises() {
		if err := p.try(ctx, s); err != nil && !errors.Is(err, errLacks) {
			broken = append(broken, err)
		}
	}
	return errors.Join(broken...)
}

// Run checks each promise in a subtest of its own. What a plugin does not say
// it can do is passed over.
//
// known gives the reason for each promise that the plugin does not keep yet.
// Such a subtest is skipped while the promise is broken and fails once it
// holds, so the list cannot outlive the faults it names.
func Run(t *testing.T, s Subject, known map[string]string) {
	left := len(known)
	for _, p := range promises() {
		why, listed := known[p.name]
		if listed {
			left--
		}
		t.Run(p.name, func(t *testing.T) {
			err := p.try(t.Context(), s)
			switch {
			case errors.Is(err, errLacks):
				t.Skip(err)
			case listed && err == nil:
				t.Errorf("holds now; delete it from known (%s)", why)
			case listed:
				t.Skipf("known: %s: %v", why, err)
			case err != nil:
				t.Error(err)
			}
		})
	}
	if left != 0 {
		t.Errorf("known lists %d names that are no promise", left)
	}
}

// errLacks is a promise about an action that the plugin does not have.
var errLacks = errors.New("the plugin does not say it can")

// try checks one promise on a process of its own.
func (p promise) try(ctx context.Context, s Subject) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	e := &env{Subject: s, host: host.New(host.Config{
		Builtin: map[string][]string{"subject": s.Command},
		Limits:  plugins.Limits{Idle: 10 * time.Second},
		Env:     []string{quickExit},
	})}
	defer e.close()
	err := e.start(ctx, p.action)
	if err == nil {
		err = p.hold(ctx, e)
	}
	if err != nil {
		return fmt.Errorf("%s: %w\nrule: %s", p.name, err, p.rule)
	}
	return nil
}

// env is what a promise is checked on: a process of the plugin.
type env struct {
	Subject
	host        *host.Host
	process     plugins.Process
	description plugins.Description
}

// start runs the plugin, and finds out whether it has the action.
func (e *env) start(ctx context.Context, action string) error {
	var err error
	if e.process, err = e.host.Start(ctx, "subject"); err != nil {
		return err
	}
	if e.description, err = e.process.Describe(ctx); err != nil {
		return err
	}
	if action != "" && e.action(action) == nil {
		return fmt.Errorf("%w: %s", errLacks, action)
	}
	return nil
}

func (e *env) close() {
	if e.process != nil {
		e.process.Close()
	}
}

// action is what the plugin says of one, or nil.
func (e *env) action(name string) *plugins.Action {
	for i := range e.description.Actions {
		if a := &e.description.Actions[i]; a.Name == name {
			return a
		}
	}
	return nil
}
