// Package plugintest checks that a plugin keeps the promises of package
// plugins, whatever language it is written in.
//
// It takes an executable, runs it as Snowpit would, and calls it with a small
// table of flowers: two numbers, a count, and the target KIND. A plugin's whole
// conformance test is then
//
//	func TestPlugin(t *testing.T) {
//		plugintest.Run(t, plugintest.Subject{Command: []string{"./snowpit-plugin-mine"}}, nil)
//	}
//
// with [Subject.Config] for the keys that the plugin needs besides the target.
package plugintest
