// Package pylib gives templates the parts of Python's library that dbt does:
// zip, and modules.datetime and modules.re.
//
// Regular expressions are Go's, whose syntax is Python's but for look-around
// and back-references. What a module lacks is refused by name when it is
// called.
package pylib
