package copyinto

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// parquetValue is a value of a Parquet file as one of a table's column: null where
// it cannot become one.
func parquetValue(c stagedfile.Column, column ducksql.Column, f *fileformat.Format, truncate bool) (string, error) {
	name := ducksql.Name(c.Name)
	from, to := ducksql.Family(c.Type), ducksql.Family(column.Type)
	if coarse, fine := ducksql.Coarse(column.Type); fine && (c.Type == "TIMESTAMP_NS" || from == "date" || from == "time" && c.Type != "TIME_NS") {
		return fineParquet(c, column, coarse, f)
	}
	switch {
	case c.Type == "TIME_NS" && to != "text":
		filled, err := convert(column, "cast("+name+" as varchar)", f, truncate)
		return filled.value, err
	case c.Type == "TIMESTAMP_NS" && to != "text":
		micros := name
		if column.Type != "DATE" && !column.Six {
			micros = "make_timestamp(" + rewrite.Macros + ".MAIN.even_us(epoch_ns(" + name + ")))"
		}
		return ducksql.Converted(micros, "TIMESTAMP", column.Type), nil
	case column.Type == "JSON":
		return c.JSON(f), nil
	case column.Type == rewrite.Zoned && from == "date":
		return ducksql.Zoned(name, c.Type), nil
	case from == "text", from == "bytes" && to != "bytes":
		filled, err := convert(column, c.Text(f), f, truncate)
		return filled.value, err
	case to == "text":
		filled, err := convert(column, c.Text(f), f, truncate)
		return filled.value, err
	case c.Type == "TIMESTAMP WITH TIME ZONE" && column.Type != c.Type:
		return "try_cast(" + name + " at time zone 'UTC' as " + column.Type + ")", nil
	case c.Type == column.Type:
		return name, nil
	case from == to, from == "number" && to == "boolean":
		return "try_cast(" + name + " as " + column.Type + ")", nil
	}
	return "cast(null as " + column.Type + ")", nil
}

// fineParquet is the value as one of nine digits of a second.
func fineParquet(c stagedfile.Column, column ducksql.Column, coarse string, f *fileformat.Format) (string, error) {
	plain := column
	plain.Type = coarse
	if c.Type != "TIMESTAMP_NS" {
		value, err := parquetValue(c, plain, f, false)
		return ducksql.Fine(value, "0", column.Type), err
	}
	return ducksql.Converted(ducksql.FineOfNanos(ducksql.Name(c.Name)), rewrite.FineNaive, column.Type), nil
}
