package duckdb

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// parquetValue is a value of a Parquet file as one of a table's column: null where
// it cannot become one.
func parquetValue(c parquetColumn, column ducksql.Column, f *fileformat.Format, truncate bool) (string, error) {
	name := ducksql.Name(c.name)
	from, to := ducksql.Family(c.duck), ducksql.Family(column.Type)
	if coarse, fine := ducksql.Coarse(column.Type); fine && (c.duck == "TIMESTAMP_NS" || from == "date" || from == "time" && c.duck != "TIME_NS") {
		return fineParquet(c, column, coarse, f)
	}
	switch {
	case c.duck == "TIME_NS" && to != "text":
		filled, err := convert(column, "cast("+name+" as varchar)", f, truncate)
		return filled.value, err
	case c.duck == "TIMESTAMP_NS" && to != "text":
		micros := name
		if column.Type != "DATE" && !column.Six {
			micros = "make_timestamp(" + rewrite.Macros + ".MAIN.even_us(epoch_ns(" + name + ")))"
		}
		return ducksql.Converted(micros, "TIMESTAMP", column.Type), nil
	case column.Type == "JSON":
		return c.json(f), nil
	case column.Type == rewrite.Zoned && from == "date":
		return ducksql.Zoned(name, c.duck), nil
	case from == "text", from == "bytes" && to != "bytes":
		filled, err := convert(column, c.text(f), f, truncate)
		return filled.value, err
	case to == "text":
		filled, err := convert(column, c.text(f), f, truncate)
		return filled.value, err
	case c.duck == "TIMESTAMP WITH TIME ZONE" && column.Type != c.duck:
		return "try_cast(" + name + " at time zone 'UTC' as " + column.Type + ")", nil
	case c.duck == column.Type:
		return name, nil
	case from == to, from == "number" && to == "boolean":
		return "try_cast(" + name + " as " + column.Type + ")", nil
	}
	return "cast(null as " + column.Type + ")", nil
}

// fineParquet is the value as one of nine digits of a second.
func fineParquet(c parquetColumn, column ducksql.Column, coarse string, f *fileformat.Format) (string, error) {
	plain := column
	plain.Type = coarse
	if c.duck != "TIMESTAMP_NS" {
		value, err := parquetValue(c, plain, f, false)
		return ducksql.Fine(value, "0", column.Type), err
	}
	return ducksql.Converted(ducksql.FineOfNanos(ducksql.Name(c.name)), rewrite.FineNaive, column.Type), nil
}
