// Package bind puts the values that a client sends beside a statement into the
// form that a warehouse's session takes: question marks with Go values, a cast
// behind those whose type Go has none for, and text where no place for a value
// may stand, such as the name in identifier(?).
//
// A list of values binds a row each. Rows of an INSERT … VALUES go many to a
// statement; any other statement runs once a row.
package bind
