package macros

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/structure"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// structured is the cast to a structured type. What it takes first is lines:
// the session's time zone, the type, and what CAST says behind the type, with the
// type that RENAME FIELDS comes from.
func structured(spec string) (textFunction, error) {
	lines := strings.SplitN(spec, "\n", 4)
	if len(lines) != 4 {
		return nil, fmt.Errorf("%q is no cast to a structured type", spec)
	}
	zone, err := time.LoadLocation(lines[0])
	if err != nil {
		zone = time.UTC
	}
	to, err := columnOf(lines[1])
	if err != nil {
		return nil, err
	}
	c := structure.NewCaster(to, zone)
	switch lines[2] {
	case "ADD FIELDS":
		c.AddFields()
	case "RENAME FIELDS":
		from, err := columnOf(lines[3])
		if err != nil {
			return nil, err
		}
		c.RenameFields(from)
	}
	return func(dst, src []byte) ([]byte, bool, error) {
		out, ok, err := c.Cast(dst, src)
		return out, ok, coded(err)
	}, nil
}

// loose is the cast from a structured type to a semi-structured one. What it takes
// first are the session's time zone and the type, a line each.
func loose(spec string) (textFunction, error) {
	zoneName, written, _ := strings.Cut(spec, "\n")
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		zone = time.UTC
	}
	from, err := columnOf(written)
	if err != nil {
		return nil, err
	}
	return func(dst, src []byte) ([]byte, bool, error) {
		out, err := structure.Loose(dst, from, src, zone)
		return out, err == nil, err
	}, nil
}

// structuredKey is the text by which values of a structured type are ordered.
func structuredKey(written string) (textFunction, error) {
	c, err := columnOf(written)
	if err != nil {
		return nil, err
	}
	return func(dst, src []byte) ([]byte, bool, error) {
		key, err := structure.Key(c, src)
		return append(dst, key...), true, err
	}, nil
}

func columnOf(written string) (warehouse.Column, error) {
	t, err := parse.Type(written)
	if err != nil {
		return warehouse.Column{}, err
	}
	return types.Of(t).Column(""), nil
}

// coded is a refusal as the macros raise it, for DuckDB keeps only its text.
func coded(err error) error {
	var refused *warehouse.Error
	if !errors.As(err, &refused) {
		return err
	}
	return fmt.Errorf("[%06d:%s] %s", refused.Code, refused.State, refused.Message)
}
