// Package session keeps who is logged in and what they run: sessions with
// their parameters and their place in the warehouse, statements that run or
// have run, and the ways to find them again: by token, by request, by query id.
//
// A [Session] runs one statement at a time, in the order in which they came. A
// [Statement] runs apart from the request that brought it, so that a client may
// wait for it, ask for it later, cancel it, or send it again after a cut
// connection and get the same answer, all without running it twice.
package session
