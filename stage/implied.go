package stage

import (
	"slices"
	"strings"
)

// UserStage is the name under which a [Volume] keeps the stage that the user
// has without creating it, @~ in SQL. No stage that SQL creates has it.
func UserStage() Name { return Name{"~", "~", "~"} }

// TableStage is the name under which a [Volume] keeps the stage that a table
// has without anyone creating it, @%table in SQL.
func TableStage(database, schema, table string) Name {
	return Name{database, schema, "%" + table}
}

// Implied reports whether a stage is the user's or a table's, one that nobody
// created and no listing of stages shows.
func (n Name) Implied() bool { return n == UserStage() || strings.HasPrefix(n.Stage, "%") }

// schemes are those of the clouds whose storage Snowflake knows.
var schemes = []string{"s3", "s3gov", "s3china", "s3compat", "gcs", "azure"}

// A URL is a place in a bucket of a cloud's storage, such as s3://bucket/path.
type URL struct {
	Scheme, Bucket string
	Path           string // behind the slash
}

// ParseURL reads the URL of an external location, and reports whether it is one.
func ParseURL(text string) (u URL, ok bool) {
	scheme, rest, ok := strings.Cut(text, "://")
	u.Scheme = strings.ToLower(scheme)
	u.Bucket, u.Path, _ = strings.Cut(rest, "/")
	return u, ok && u.Bucket != "" && slices.Contains(schemes, u.Scheme)
}

// Root is the bucket's own URL, with the slash behind it.
func (u URL) Root() string { return u.Scheme + "://" + u.Bucket + "/" }

// Name is the name under which a [Volume] keeps the bucket. No stage that SQL
// creates has it.
func (u URL) Name() Name { return Name{"~", u.Scheme + ":", u.Bucket} }

// Bucket is the root of the bucket of external locations that has the name, if
// it is one's. No listing of stages shows it.
func (n Name) Bucket() (root string, ok bool) {
	u, ok := ParseURL(n.Schema + "//" + n.Stage)
	return u.Root(), ok && n.Database == "~"
}
