package plugintest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/snowpit-dev/snowpit/plugins"
)

// processPromises are about the process and what it says of itself.
var processPromises = []promise{
	{"starts", "host and plugin agree on the highest protocol version both have", "", func(context.Context, *env) error {
		return nil // it has started, over mutual TLS, or this were not reached
	}},
	{"refuses to run by hand", "a plugin refuses to start without the cookie", "", func(ctx context.Context, e *env) error {
		r, err := runRaw(ctx, e.Command, nil)
		if err != nil {
			return err
		}
		defer r.kill()
		if !r.endsWithin(3 * time.Second) {
			return errors.New("without the cookie it runs on")
		}
		if r.cmd.ProcessState.Success() || r.line() != "" {
			return fmt.Errorf("without the cookie it ends with %v and prints %q", r.cmd.ProcessState, r.line())
		}
		return nil
	}},
	{"speaks TLS to its host alone", "mutual TLS: who has no certificate of the host's gets no answer", "", callsWithoutCertificate},
	{"ends when asked", "Close ends the process", "", func(_ context.Context, e *env) error {
		began := time.Now()
		e.close()
		if took := time.Since(began); took > time.Second {
			return fmt.Errorf("asked to end, it goes on, and was killed after %v", took.Round(time.Millisecond))
		}
		return nil
	}},
	{"ends with its host", "a plugin ends when the process that started it is gone", "", outlivesHost},
	{"describes itself", "A Description is what a plugin says of itself.", "", func(_ context.Context, e *env) error {
		return describes(e.description)
	}},
}

var (
	pluginName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
	keyName    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
)

// describes finds what is missing in a description.
func describes(d plugins.Description) error {
	switch {
	case !pluginName.MatchString(d.Name):
		return fmt.Errorf("its name %q is not one that config(plugin=...) and snowpit-plugin-NAME can have", d.Name)
	case d.Version == "" || d.Summary == "":
		return fmt.Errorf("version %q or summary %q is empty", d.Version, d.Summary)
	case len(d.Actions) == 0:
		return errors.New("it has no action")
	}
	seen := map[string]bool{}
	for _, a := range d.Actions {
		if seen[a.Name] || a.Name != plugins.ActionTrain && a.Name != plugins.ActionPredict {
			return fmt.Errorf("action %q is named twice or is neither train nor predict", a.Name)
		}
		seen[a.Name] = true
		if err := describesAction(a); err != nil {
			return fmt.Errorf("action %s: %w", a.Name, err)
		}
	}
	return nil
}

func describesAction(a plugins.Action) error {
	if a.Doc == "" {
		return errors.New("no word on what it does")
	}
	seen := map[string]bool{}
	for _, o := range a.Config {
		switch {
		case seen[o.Name] || !keyName.MatchString(o.Name):
			return fmt.Errorf("key %q is named twice or is no name", o.Name)
		case o.Doc == "":
			return fmt.Errorf("key %s: no word on what it means", o.Name)
		case o.Default != "" && !json.Valid([]byte(o.Default)):
			return fmt.Errorf("key %s: default %s is not JSON", o.Name, o.Default)
		}
		seen[o.Name] = true
	}
	return nil
}
