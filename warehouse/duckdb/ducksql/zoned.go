package ducksql

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// Zoned is a value of a type of DuckDB's as a TIMESTAMP_TZ: what came as a
// moment without an offset has that of UTC, and what came as a clock's that of
// the session's zone.
func Zoned(value, duck string) string {
	macro := func(name, args string) string { return rewrite.Macros + ".MAIN." + name + "(" + args + ")" }
	switch duck {
	case rewrite.Zoned:
		return value
	case "TIMESTAMP WITH TIME ZONE":
		return macro("at_offset", "timezone('UTC', "+value+"), 0")
	case "VARCHAR":
		return macro("text_offset", value)
	}
	return macro("zoned_of", "try_cast("+value+" as timestamptz)")
}

// fromZoned is a TIMESTAMP_TZ as another type of DuckDB's.
func fromZoned(value, duck string) string {
	switch duck {
	case rewrite.Zoned:
		return value
	case "TIMESTAMP WITH TIME ZONE":
		return "struct_extract(" + value + ", 'utc')"
	case "VARCHAR":
		return rewrite.Macros + ".MAIN.offset_text(" + value + ")"
	case "JSON":
		return "to_json(" + rewrite.Macros + ".MAIN.offset_text(" + value + "))"
	}
	return "cast(" + rewrite.Macros + ".MAIN.clock_of(" + value + ") as " + duck + ")"
}

// Converted is a value of one type of DuckDB's as another's.
func Converted(value, from, to string) string {
	coarseFrom, fineFrom := Coarse(from)
	coarseTo, fineTo := Coarse(to)
	switch {
	case from == to:
		return value
	case fineFrom && fineTo:
		return Fine(Converted(Micros(value, from), coarseFrom, coarseTo), nanos(value, from), to)
	case fineFrom:
		return Converted(rewrite.Macros+".MAIN.six_alone("+Micros(value, from)+", "+nanos(value, from)+")", coarseFrom, to)
	case fineTo:
		return Fine(Converted(value, from, coarseTo), "0", to)
	case to == rewrite.Zoned:
		return Zoned(value, from)
	case from == rewrite.Zoned:
		return fromZoned(value, to)
	}
	return "cast(" + value + " as " + to + ")"
}

// ZonedText is a TIMESTAMP_TZ as files have it.
func ZonedText(value string) string {
	macro := rewrite.Macros + ".MAIN."
	ahead := "60 * cast(struct_extract(" + value + ", 'ahead') as integer)"
	return "strftime(" + macro + "clock_of(" + value + "), '%Y-%m-%d %H:%M:%S.%g ') || " + macro + "offset_hours(" + ahead + ") || " + macro + "offset_minutes(" + ahead + ")"
}
