package plugins

// The handshake of go-plugin: a plugin refuses to start without the cookie,
// and host and plugin agree on the highest protocol version both have. A
// version is a set of messages in plugins/proto; the package name there,
// snowpit.plugin.v1, carries the same number.
const (
	CookieKey       = "SNOWPIT_PLUGIN"
	CookieValue     = "6f0e4c3f-snowpit-plugin"
	ProtocolVersion = 1
)

// ExecutablePrefix is how a plugin's executable is named on PATH and in a
// project's plugins folder: snowpit-plugin-NAME.
const ExecutablePrefix = "snowpit-plugin-"
