package stage

import "context"

// A Renamer is a [Volume] that gives a stage another name, with all its objects.
type Renamer interface {
	Volume

	// Rename moves a stage at once: it has the old name or the new one, never
	// both. A missing one is an error wrapping [ErrNotExist], and one of the new
	// name an error wrapping [ErrExist].
	Rename(ctx context.Context, from, to Name) error
}
