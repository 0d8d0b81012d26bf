package runner_test

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner"
)

func ExampleRelation() {
	r := runner.Relation{Database: "F1", Schema: "PUBLIC", Identifier: "lap times"}
	fmt.Println(r)
	fmt.Println(runner.Pos{File: "models/laps.sql", Line: 3, Col: 7})
	// Output:
	// F1.PUBLIC."lap times"
	// models/laps.sql:3:7
}
