package ducksql

import "github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"

// Coarse is the type of DuckDB's with six digits in the place of one with nine;
// ok is false for every other type.
func Coarse(duck string) (string, bool) {
	coarse, ok := map[string]string{rewrite.FineTime: "TIME", rewrite.FineNaive: "TIMESTAMP", rewrite.FineLocal: "TIMESTAMP WITH TIME ZONE",
		rewrite.FineZoned: rewrite.Zoned}[duck]
	return coarse, ok
}

// Fine is a value of six digits, of a type of DuckDB's, and nanoseconds as
// one of nine.
func Fine(value, nanos string, fine string) string {
	macro := "fine"
	if fine == rewrite.FineZoned {
		macro = "fine_zoned"
	}
	return rewrite.Macros + ".MAIN." + macro + "(" + value + ", " + nanos + ")"
}

// Micros is a time of nine digits, of a type of DuckDB's, to its microseconds.
func Micros(value, fine string) string {
	if fine == rewrite.FineZoned {
		return rewrite.Macros + ".MAIN.coarse_zoned(" + value + ")"
	}
	return "struct_extract(" + value + ", 'us')"
}

// nanos are the nanoseconds over them.
func nanos(value, fine string) string {
	if fine == rewrite.FineZoned {
		value = "struct_extract(" + value + ", 'utc')"
	}
	return "struct_extract(" + value + ", 'ns')"
}

// FineFrom is a time of six digits as one of nine.
func FineFrom(value, duck string) string { return Fine(value, "0", rewrite.Fine(duck)) }

// FineOfNanos is a TIMESTAMP_NS of DuckDB's as one of nine digits.
func FineOfNanos(value string) string {
	ns := "epoch_ns(" + value + ")"
	macros := rewrite.Macros + ".MAIN."
	return Fine("make_timestamp("+macros+"carry_us("+ns+"))", macros+"rest_ns("+ns+")", rewrite.FineNaive)
}
