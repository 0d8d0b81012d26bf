// Package rows turns what Snowflake's driver gives into rows as a warehouse has
// them, and rows into what Snowflake loads.
//
// On the way out, [ColumnsOf] reads the columns of a result, and [Converted],
// [FromText] and [JSONRows] bring its three encodings, Arrow, texts and JSON, to
// one Arrow schema, [SchemaOf] its columns. On the way in, a [Codec] writes a
// column into a Parquet file and says how COPY INTO reads it there.
package rows
