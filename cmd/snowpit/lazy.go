package main

import (
	"context"
	"errors"

	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A lazySession is a session of a project's target that is opened when a
// template first asks the warehouse for something: what asks for nothing is
// compiled without one.
type lazySession struct {
	app     *app
	project *project.Project
	w       *workspace
	s       warehouse.Session
}

func (l *lazySession) Query(ctx context.Context, sql string, args ...any) (*warehouse.Result, error) {
	if l.s == nil {
		var err error
		if l.w, err = l.app.open(ctx, l.project); err != nil {
			return nil, err
		}
		if l.s, err = l.w.session(ctx); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l.s.Query(ctx, sql, args...)
}

// Close closes the session and its warehouse, if they were opened.
func (l *lazySession) Close() error {
	var errs []error
	if l.s != nil {
		errs = append(errs, l.s.Close())
	}
	if l.w != nil {
		errs = append(errs, l.w.close())
	}
	l.s, l.w = nil, nil
	return errors.Join(errs...)
}
