// Package yamldoc reads YAML documents and keeps where everything stands in
// them.
//
// [Parse] gives a [Value]: a scalar, a list or a map, each with its file, line
// and column, so that whoever finds fault with it can say where it is. Scalars
// are read as dbt reads them, by YAML 1.1. A file that would unfold into more
// values than a project can mean is refused.
//
// [Encode] and [Decode] turn values into bytes and back, for a cache.
package yamldoc
