package wire

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// MaxShort is the length of texts that clients take which do not know longer
// ones.
const MaxShort = maxChars

// Check refuses a text that is longer than the client takes.
func (f Form) Check(columns []warehouse.Column, batch arrow.RecordBatch) error {
	if f.Longest == 0 {
		return nil
	}
	for i, c := range columns {
		texts, ok := batch.Column(i).(*array.String)
		if !ok {
			continue
		}
		for row := range texts.Len() {
			if n := len(texts.Value(row)); texts.IsValid(row) && n > f.Longest {
				return &warehouse.Error{Code: 100067, State: "54000", Message: fmt.Sprintf("The data length in result column %s is not supported by this version of the client. "+
					"Actual length %d exceeds supported length of %d.", c.Name, n, f.Longest)}
			}
		}
	}
	return nil
}
