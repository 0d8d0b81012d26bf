// Package numbermodel writes numbers as text and reads them from text, by the
// format models of Snowflake's TO_CHAR and TO_NUMBER: '$999,999.00' for one.
//
// [New] reads a model once; its [Model.Format] and [Model.Parse] may then be
// called at any time and by any number of goroutines. Numbers are decimal
// texts, so that none of their 38 digits is lost on the way.
//
// Models of fixed positions are read (0, 9, X, the point, group separators, $,
// B, S, MI and FM), text-minimal ones (TM, TM9, TME), and literals in both.
// What is not is refused by name: exponents (EE), FX, AUTO and alternatives.
package numbermodel
