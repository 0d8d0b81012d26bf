package warehouse_test

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
)

func ExampleFoldIdent() {
	for _, name := range []string{"laps", `"Laps"`} {
		stored := warehouse.FoldIdent(name)
		fmt.Println(name, "is stored as", stored, "and written", warehouse.QuoteIdent(stored))
	}
	// Output:
	// laps is stored as LAPS and written LAPS
	// "Laps" is stored as Laps and written "Laps"
}
