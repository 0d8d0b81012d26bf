package wire

import "encoding/json"

// The forms a result's rows may have.
const (
	FormatJSON  = "json"
	FormatArrow = "arrow"
)

// QueryData answers a statement. RowSet is there for JSON, an array even
// without rows; RowSetBase64 is there for Arrow, "" without rows. What is
// omitted when empty may not be null: the Python driver looks for the key. What
// has gone well has no sqlState, which dbt would print where it says SUCCESS.
type QueryData struct {
	Parameters         []Parameter       `json:"parameters"`
	RowType            []RowType         `json:"rowtype"`
	RowSet             json.RawMessage   `json:"rowset,omitempty"`
	RowSetBase64       *string           `json:"rowsetBase64,omitempty"`
	Total              int64             `json:"total"`
	Returned           int64             `json:"returned"`
	QueryID            string            `json:"queryId"`
	DatabaseProvider   *string           `json:"databaseProvider"`
	FinalDatabaseName  *string           `json:"finalDatabaseName"`
	FinalSchemaName    *string           `json:"finalSchemaName"`
	FinalWarehouseName *string           `json:"finalWarehouseName"`
	FinalRoleName      *string           `json:"finalRoleName"`
	NumberOfBinds      int               `json:"numberOfBinds"`
	ArrayBindSupported bool              `json:"arrayBindSupported"`
	StatementTypeID    int               `json:"statementTypeId"`
	Version            int               `json:"version"`
	SendResultTime     int64             `json:"sendResultTime"` // milliseconds
	QueryResultFormat  string            `json:"queryResultFormat"`
	QueryContext       *QueryContext     `json:"queryContext,omitempty"`
	Stats              *Stats            `json:"stats,omitempty"`
	Chunks             []Chunk           `json:"chunks,omitempty"`
	ChunkHeaders       map[string]string `json:"chunkHeaders,omitempty"`
	ResultIDs          string            `json:"resultIds,omitempty"`
	ResultTypes        string            `json:"resultTypes,omitempty"`
}

// QueryContext is what a client sends back with its next statement. Clients keep
// one entry of each id and of each priority, and the first one is the account's.
type QueryContext struct {
	Entries []ContextEntry `json:"entries"`
}

// A ContextEntry is how far a client has seen what the id stands for.
type ContextEntry struct {
	ID        int64 `json:"id"`
	Timestamp int64 `json:"timestamp"` // grows
	Priority  int   `json:"priority"`  // 0 for the account
}

// Stats are the rows that a statement changed.
type Stats struct {
	NumRowsInserted  int64 `json:"numRowsInserted"`
	NumRowsUpdated   int64 `json:"numRowsUpdated"`
	NumRowsDeleted   int64 `json:"numRowsDeleted"`
	NumDmlDuplicates int64 `json:"numDmlDuplicates"`
}

// A Chunk is a part of a result that is fetched on its own.
type Chunk struct {
	URL              string `json:"url"`
	RowCount         int64  `json:"rowCount"`
	UncompressedSize int    `json:"uncompressedSize"`
	CompressedSize   int    `json:"compressedSize"`
}

// Monitoring answers a question about statements by their ids.
type Monitoring struct {
	Queries []Monitored `json:"queries"`
}

// Monitored is one statement's state. A null error code is one that succeeded.
type Monitored struct {
	ID           string           `json:"id"`
	Status       string           `json:"status"`
	State        string           `json:"state"`
	SQLText      string           `json:"sqlText"`
	StartTime    int64            `json:"startTime"` // milliseconds
	EndTime      int64            `json:"endTime"`   // milliseconds, 0 while it runs
	ErrorCode    *string          `json:"errorCode"`
	ErrorMessage *string          `json:"errorMessage"`
	Stats        map[string]int64 `json:"stats"`
}
