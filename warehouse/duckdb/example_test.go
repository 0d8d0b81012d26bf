package duckdb_test

import (
	"context"
	"fmt"
	"log"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// A warehouse in memory, a table, and a query on it.
func Example() {
	ctx := context.Background()
	w, err := duckdb.Open(ctx, duckdb.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer w.Close()
	s, err := w.Open(ctx, warehouse.SessionOptions{Database: "FORMULA1"})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if _, err := warehouse.Exec(ctx, s, "create table podium (driver varchar, place number(2,0))"); err != nil {
		log.Fatal(err)
	}
	for place, driver := range []string{"Hamilton", "Räikkönen", "Leclerc"} {
		if _, err := warehouse.Exec(ctx, s, "insert into podium values (?, ?)", driver, int64(place+1)); err != nil {
			log.Fatal(err)
		}
	}
	res, err := s.Query(ctx, "select driver, place from podium order by place desc")
	if err != nil {
		log.Fatal(err)
	}
	defer res.Close()
	for _, c := range res.Columns {
		fmt.Println(c.Name, c.SQL())
	}
	for batch, err := range res.Batches() {
		if err != nil {
			log.Fatal(err)
		}
		for row := range int(batch.NumRows()) {
			fmt.Println(batch.Column(0).ValueStr(row), batch.Column(1).ValueStr(row))
		}
	}
	// Output:
	// DRIVER VARCHAR
	// PLACE NUMBER(2,0)
	// Leclerc 3
	// Räikkönen 2
	// Hamilton 1
}
