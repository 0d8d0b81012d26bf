// Package warehousetest checks that a backend keeps package warehouse's promises.
//
// A backend's conformance test is one call of [Run]. Its SQL is Snowflake's,
// so that the real thing and a local stand-in pass the same list. What a
// backend cannot do yet is named in the list of known faults, which can only
// shrink: a fault that is gone fails the test until its name is taken off.
//
// Promises about an extra, such as [warehouse.Loader], hold for a backend
// without it.
package warehousetest
