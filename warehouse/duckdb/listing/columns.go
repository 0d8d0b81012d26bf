package listing

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// Columns reads columns from their names: one in front of # is a whole number, of @
// a point in time, and the others are texts.
func Columns(names string) (columns []warehouse.Column) {
	for _, name := range strings.Fields(names) {
		c := warehouse.Column{Name: strings.TrimRight(name, "#@"), Type: warehouse.Varchar}
		switch name[len(name)-1] {
		case '#':
			c = Whole(c.Name)
		case '@':
			c.Type, c.Precision = warehouse.TimestampLTZ, 3
		}
		columns = append(columns, c)
	}
	return columns
}

// Whole is a column of whole numbers.
func Whole(name string) warehouse.Column {
	c := engine.Integer
	c.Name = name
	return c
}

// Texts are columns of texts.
func Texts(names ...string) []warehouse.Column {
	columns := make([]warehouse.Column, len(names))
	for i, name := range names {
		columns[i] = warehouse.Column{Name: name, Type: warehouse.Varchar}
	}
	return columns
}

// Wholes are columns of whole numbers.
func Wholes(names ...string) []warehouse.Column {
	columns := make([]warehouse.Column, len(names))
	for i, name := range names {
		columns[i] = Whole(name)
	}
	return columns
}

// YesNo is Y or N.
func YesNo(b bool) string {
	if b {
		return "Y"
	}
	return "N"
}

// OrNull is a text, or a null for "".
func OrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
