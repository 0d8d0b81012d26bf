// Package sdk is all that the author of a plugin imports.
//
// A plugin is a value that says what it is ([Plugin]) and can train
// ([Trainer]), predict ([Predictor]) or both. Its program is one line:
//
//	func main() { sdk.Serve(&plugin{}) }
//
// Build it as snowpit-plugin-NAME, put it in a project's plugins folder or on
// PATH, and a model uses it with config(plugin='NAME', action='train', ...).
// The folder example holds a whole plugin to copy.
//
// Calls come one at a time. A plugin reads its rows to their end and writes as
// it goes; [Numbers] reads a column whatever kind of number the warehouse gave.
// What it cannot use it refuses with an [Error], whose message goes to the user
// as it is. Before it is published it should pass
// [github.com/snowpit-dev/snowpit/plugins/plugintest.Run].
//
// What a plugin prints to standard error is shown when it fails; standard
// output belongs to the handshake. A panic ends the plugin and is told to the
// user as a crash.
package sdk
