// Package seed reads a dbt seed: a CSV file whose column types are found by
// looking at every value, the way dbt finds them.
//
// The file is read twice, once for the types and once for the rows, and never
// held whole. A column is the first of these that all its values are:
// integer, number, date (2020-07-05), timestamp (2020-07-05 13:10:00 or with a
// T), boolean (true, false), text. The empty string, the word null, and what
// the seed's config adds are null, quoted or not. Spaces around a value count
// in text only.
package seed
