package plugintest

import "context"

// Promises are the names of all promises.
func Promises() []string {
	var names []string
	for _, p := range promises() {
		names = append(names, p.name)
	}
	return names
}

// CheckOne checks one promise.
func CheckOne(ctx context.Context, name string, s Subject) error {
	for _, p := range promises() {
		if p.name == name {
			return p.try(ctx, s)
		}
	}
	panic("no promise " + name)
}
