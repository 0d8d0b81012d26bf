// Package stagetest checks that a backend keeps the promises of package stage.
//
// A backend's whole conformance test is one line:
//
//	func TestDirKeepsPromises(t *testing.T) { stagetest.Run(t, open, nil) }
//
// [Run] checks each promise in a subtest of its own, on a volume of its own;
// [Check] gives the broken ones as an error. The kit's own test breaks each
// promise once and fails where the kit does not see it.
package stagetest
