// Package emulator is Snowflake's wire protocol in front of a warehouse, for
// clients that speak it: gosnowflake, the Python connector, Snowpark, Node and
// whatever else logs in over HTTP.
//
// [New] makes a [Server], an [net/http.Handler], of a [Config]. The server owns
// HTTP, sessions and encodings, and no SQL: statements go to the sessions of the
// warehouse it is given, and what comes back is sent in Snowflake's forms. Files
// of PUT and GET go to and from the stages it is given, through URLs of the
// server's own, or, over https and for those clients that were tried, as through
// Amazon's or Google's storage.
//
// Whatever is refused is refused at once, in the body of an HTTP 200 and with
// Snowflake's code, for an HTTP error makes drivers try again for minutes.
//
// To test Go code against Snowflake's SQL, see
// [github.com/snowpit-dev/snowpit/emulator/emulatortest.Start].
package emulator
