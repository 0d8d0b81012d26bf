// Package plugins holds the words that Snowpit and its plugins share: what a
// [Trainer] and a [Predictor] promise, what a [Host] gives the runner, and the
// handshake by which host and plugin know each other.
//
// A plugin is a program that Snowpit starts as a subprocess and speaks gRPC
// with, through hashicorp/go-plugin. Rows go in and come out as Arrow record
// batches, an artifact (the model's file) goes in or comes out as bytes, and
// log lines, progress and metrics come out between them.
//
// # Writing a plugin
//
// Import only [github.com/snowpit-dev/snowpit/plugins/sdk]; its example is a
// whole plugin to copy. Then run
// [github.com/snowpit-dev/snowpit/plugins/plugintest.Run] on the executable.
package plugins
