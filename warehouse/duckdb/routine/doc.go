// Package routine is what users' functions and procedures are: their definitions
// as a database keeps them, what tells them apart, and the set of those there are.
package routine
