// Package conformance runs the Go driver's own tests against the emulator.
//
// `make conformance` copies gosnowflake as the module cache has it, builds its
// tests, and runs them one by one, each in a process of its own with a time
// limit and on an emulator whose requests are counted: a test that sends none
// needs no server and is not counted. What came out stands in RESULTS.md, and
// in passes.txt the names of the tests that pass: one of these that fails later
// is an error, so that the list only grows. CI runs the tests of that list alone,
// in about two minutes, most of which a few tests spend waiting.
//
// As root it runs them as a user without rights, since some are about files that
// may not be read or written.
//
// An authorization server is played for the tests of OAuth, Okta for those of native
// logins, an authenticator app for that of a second factor, and a network between
// the driver and the emulator for the tests that end something before its answer
// is there.
//
// Tests that want a cloud's storage, an identity provider or another service
// that no emulator is are listed in elsewhere.txt with the reason.
package conformance
