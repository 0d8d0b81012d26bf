package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// badPlugins are executables on the scripts' PATH, snowpit-plugin-NAME, each
// with a way of its own to fail in the middle of training.
var badPlugins = map[string]func(){
	"snowpit-plugin-crash": func() { sdk.Serve(badPlugin("crash")) },
	"snowpit-plugin-hang":  func() { sdk.Serve(badPlugin("hang")) },
	"snowpit-plugin-empty": func() { sdk.Serve(badPlugin("empty")) },
	"snowpit-plugin-noise": func() { fmt.Println("Welcome!"); time.Sleep(time.Hour) },
	"snowpit-plugin-newer": func() { sdk.Serve(badPlugin("newer"), sdk.WithProtocolVersion(99)) },
}

type badPlugin string

func (b badPlugin) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: string(b), Version: "1.0.0", Summary: "fails", Actions: []sdk.Action{{Name: sdk.ActionTrain}}}, nil
}

// Train answers with rows and a piece of an artifact, and then fails.
func (b badPlugin) Train(_ context.Context, _ sdk.Call, rows array.RecordReader, out sdk.Output) error {
	if b == "empty" {
		return nil
	}
	for rows.Next() {
		if err := out.Rows(rows.RecordBatch()); err != nil {
			return err
		}
	}
	if err := out.Artifact([]byte("half an arti")); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "the last words of", b)
	if b == "hang" {
		select {}
	}
	os.Exit(3)
	return nil
}
