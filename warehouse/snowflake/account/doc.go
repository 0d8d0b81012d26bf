// Package account says which Snowflake account to connect to, as whom, and where
// sessions start.
//
// [Settings] reads a [Config] from a target of profiles.yml as dbt writes it, and
// [Connections] finds one of Snowflake's connections.toml. A Config knows how it
// logs in, by its authenticator or by the credentials it has, reads the files that
// keys and tokens are in, and gives what the driver wants. A setting that is
// missing, unknown or of the wrong kind is an error that names it.
package account
