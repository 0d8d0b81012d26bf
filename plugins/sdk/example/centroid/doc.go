// Command centroid is a whole plugin to copy: a nearest-centroid classifier.
//
// Training takes the mean of every feature for each label of the target, and
// predicting gives each row the label whose means are nearest. It shows what a
// plugin of one's own needs, and little else:
//
//   - main.go says what the plugin is and serves it;
//   - train.go reads rows batch by batch, hands them on, and writes a JSON
//     artifact and metrics;
//   - predict.go reads the artifact, adds a column to each batch, and hands it
//     on, so that it never holds the table.
//
// Whatever it cannot use, it refuses with an [sdk.Error] that names the column
// and the way out; nothing a user writes makes it panic.
//
// Build it where Snowpit finds it, and name it in a model's config:
//
//	go build -o plugins/snowpit-plugin-centroid ./plugins/sdk/example/centroid
//
//	{{ config(materialized='table', plugin='centroid', action='train',
//	          target='KIND', artifact='@MODELSTAGE/kinds.json') }}
//	select * from {{ ref('flowers') }}
package main
