package emulator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// A place is a stage that a statement names, and how the names of the objects
// begin that it means.
type place struct {
	stage.Stage
	name   stage.Name
	prefix string
}

// locate finds the stage that a location names. The user's and a table's own
// are made when they are first named.
func (s *Server) locate(ctx context.Context, found *session.Session, loc *ast.Location) (place, error) {
	if found.Stages == nil {
		return place{}, warehouse.Unsupported("PUT and GET on a server that was started without stages")
	}
	name, err := stageName(ctx, found, loc)
	if err != nil {
		return place{}, err
	}
	if at, err := s.external(ctx, found, name, loc); err != nil || at.Stage != nil {
		return at, err
	}
	st, err := found.Stages.Stage(ctx, name)
	if errors.Is(err, stage.ErrNotExist) && name.Implied() {
		if err = found.Stages.Create(ctx, name, ""); err == nil || errors.Is(err, stage.ErrExist) {
			st, err = found.Stages.Stage(ctx, name)
		}
	}
	if errors.Is(err, stage.ErrNotExist) {
		err = &warehouse.Error{Code: 2003, State: "02000", Kind: warehouse.ErrNotExist, Err: err,
			Message: fmt.Sprintf("SQL compilation error:\nStage '%s' does not exist or not authorized.", name)}
	}
	return place{st, name, loc.Path}, err
}

// external finds the bucket of an external stage, for sessions that may move files
// to and from one: Snowflake's clients may not, unless a parameter says so. Its
// Stage is nil for another stage.
func (s *Server) external(ctx context.Context, found *session.Session, name stage.Name, loc *ast.Location) (place, error) {
	text, err := warehouse.StageURL(ctx, found.Conn, name.Database, name.Schema, name.Stage)
	if err != nil || text == "" {
		return place{}, err
	}
	u, ok := stage.ParseURL(text)
	if !ok || !strings.EqualFold(found.Parameters.Text("DISABLE_PUT_AND_GET_ON_EXTERNAL_STAGE"), "false") {
		return place{}, noExternal()
	}
	prefix := strings.TrimPrefix(strings.TrimSuffix(u.Path, "/")+"/"+loc.Path, "/")
	st, err := found.Stages.Stage(ctx, u.Name())
	if errors.Is(err, stage.ErrNotExist) {
		err = &warehouse.Error{Code: 91003, State: "22000", Kind: warehouse.ErrNotExist, Err: err,
			Message: "Failure using stage area. Cause: [The specified bucket does not exist (Status Code: 404; Error Code: NoSuchBucket)]: there is no " + u.Root() + " here"}
	}
	return place{st, u.Name(), prefix}, err
}

func noExternal() error {
	return &warehouse.Error{Code: 91003, State: "22000",
		Message: "Failure using stage area. Cause: [GET and PUT commands are not supported with external stage]"}
}

// stageName is the full name of the stage that a location names.
func stageName(ctx context.Context, found *session.Session, loc *ast.Location) (stage.Name, error) {
	switch loc.Kind {
	case ast.UserStage:
		return stage.UserStage(), nil
	case ast.ExternalURL:
		return stage.Name{}, noExternal()
	}
	place := found.Place()
	name := stage.Name{Database: place.Database, Schema: place.Schema}
	switch n := len(loc.Name); n {
	case 3:
		name.Database = loc.Name[0].Name
		fallthrough
	case 2:
		name.Schema = or(loc.Name[n-2].Name, "PUBLIC")
		fallthrough
	case 1:
		name.Stage = loc.Name[n-1].Name
	}
	if loc.Kind != ast.TableStage {
		return name, nil
	}
	table := strings.Join([]string{warehouse.QuoteIdent(name.Database), warehouse.QuoteIdent(name.Schema), warehouse.QuoteIdent(name.Stage)}, ".")
	_, err := warehouse.Describe(ctx, found.Conn, "SELECT * FROM "+table)
	return stage.TableStage(name.Database, name.Schema, name.Stage), err
}
