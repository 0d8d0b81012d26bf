// Package host finds plugins, starts them, calls them and ends them.
//
// A [Host] knows the plugins built into the program and the folders where
// others may lie. [Host.Start] runs one as a subprocess: its own process
// group, mutual TLS, a handshake of cookie and version, an environment of a
// few harmless variables. A call streams rows in and out at the pace of
// whoever is slowest, and nothing here holds a table.
//
// Whatever a plugin does instead of its work (crash, hang, print rubbish,
// speak another version, break off in the middle) ends in one error that names
// plugin and model, wraps the Err value of package plugins for it, and ends
// with the last lines of the plugin's standard error. Closing a [Process]
// ends the plugin and everything it started that stayed in its process group.
package host
