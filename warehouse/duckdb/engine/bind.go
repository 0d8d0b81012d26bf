package engine

import (
	"fmt"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// bind gives the statement's question marks their values.
func (cur *Cursor) bind(args []any) error {
	if want := int(mapping.NParams(cur.stmt)); want != len(args) {
		return &warehouse.Error{Code: 2049, State: "42601",
			Message: fmt.Sprintf("SQL compilation error: the statement has %d bind variables and %d values were given", want, len(args))}
	}
	for i, arg := range args {
		if err := cur.bindOne(mapping.IdxT(i+1), arg); err != nil {
			return err
		}
	}
	return nil
}

func (cur *Cursor) bindOne(i mapping.IdxT, arg any) error {
	state := mapping.StateError
	switch v := arg.(type) {
	case nil:
		state = mapping.BindNull(cur.stmt, i)
	case bool:
		state = mapping.BindBoolean(cur.stmt, i, v)
	case int64:
		state = mapping.BindInt64(cur.stmt, i, v)
	case float64:
		state = mapping.BindDouble(cur.stmt, i, v)
	case string:
		state = mapping.BindVarchar(cur.stmt, i, v)
	case []byte:
		state = mapping.BindBlob(cur.stmt, i, v)
	case time.Time:
		return cur.bindTime(i, v)
	}
	return bound(state, i, arg)
}

// bindTime binds t's instant in UTC: one that microseconds have no room for as
// text, see TypesOf.
func (cur *Cursor) bindTime(i mapping.IdxT, t time.Time) error {
	if isFine(t) {
		return bound(mapping.BindVarchar(cur.stmt, i, t.UTC().Format("2006-01-02 15:04:05.999999999")), i, t)
	}
	return bound(mapping.BindTimestamp(cur.stmt, i, mapping.NewTimestamp(t.UnixMicro())), i, t)
}

func bound(state mapping.State, i mapping.IdxT, arg any) error {
	if state == mapping.StateError {
		return &warehouse.Error{Code: 2049, State: "42601",
			Message: fmt.Sprintf("SQL compilation error: bind variable %d cannot be a %T of that value", i, arg)}
	}
	return nil
}

// isFine reports an instant with more digits of a second than six.
func isFine(t time.Time) bool { return t.Nanosecond()%1000 != 0 }

// TypesOf are Snowflake's types of bound values, where they have but one.
func TypesOf(args []any) []types.Type {
	out := make([]types.Type, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case time.Time:
			if isFine(a) {
				out[i] = types.Type{Kind: warehouse.TimestampNTZ, Precision: 9, Fine: true}
			}
		case nil:
			out[i] = types.Type{Kind: types.Null}
		case bool:
			out[i] = types.Boolean
		case int64:
			out[i] = types.Whole
		case float64:
			out[i] = types.Double
		case string:
			out[i] = types.Text
		}
	}
	return out
}
