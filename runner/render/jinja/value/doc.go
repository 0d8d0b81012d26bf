// Package value holds the values of Jinja templates and what can be done with
// them, as Python does it.
//
// A value is nil (None), a bool, an int64 or a *big.Int, a float64, a string, a
// [*List], a [*Dict], a [*Set], an [*Iterator], an [*Undefined], or an object of the
// host. Lists, dicts and sets are shared, not copied, when they are assigned.
// [FromGo] and [ToGo] translate from and to the values of encoding/json.
//
// Errors are worded as Python words them, beginning with the name of the
// exception: "ZeroDivisionError: division by zero". What could take memory
// without bound, such as a huge power, a repeated string or the text of a list
// that holds itself many times over, is an error instead ([ErrTooLarge]).
//
// # Objects of the host
//
// A host's type takes part by implementing some of [Attrer], [Itemer], [Seq],
// [Hasher], [Mapping], [Truther], [Orderer], [Operator] and [Refuser]; String says how it
// prints.
package value
