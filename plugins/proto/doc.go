// Package proto is the protocol between Snowpit and its plugins,
// snowpit.plugin.v1: plugin.proto and the code made from it.
//
// A plugin written in Go needs only package sdk. One in another language is
// made from plugin.proto, and passes package plugintest's kit like any other.
package proto

//go:generate protoc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative plugin.proto
