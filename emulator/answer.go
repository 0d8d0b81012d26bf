package emulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// answer is what a client is told of a statement that has ended.
func (s *Server) answer(r *http.Request, st *session.Statement) wire.Answer {
	o, _ := st.Outcome()
	if o.Err != nil {
		return wire.Failed(o.Err, st.ID)
	}
	if t, ok := o.Value.(*transfer); ok {
		a, err := s.instructions(r, st, t)
		if err != nil {
			return wire.Failed(err, st.ID)
		}
		return a
	}
	data := wire.QueryData{
		Parameters: st.Session.Parameters.List(), QueryID: st.ID, Version: 1,
		FinalDatabaseName: orNull(o.Place.Database), FinalSchemaName: orNull(o.Place.Schema),
		FinalWarehouseName: orNull(o.Place.Warehouse), FinalRoleName: orNull(o.Place.Role),
		StatementTypeID: wire.StatementType(o.Kind), SendResultTime: time.Now().UnixMilli(), QueryResultFormat: wire.FormatJSON,
	}
	if len(o.Place.Context) > 0 {
		data.QueryContext = &wire.QueryContext{Entries: o.Place.Context}
	}
	switch v := o.Value.(type) {
	case *rows:
		if err := s.fill(r, &data, st, v); err != nil {
			return wire.Failed(err, st.ID)
		}
	case *several:
		multiple(&data, v)
	}
	return wire.OK(data)
}

// allRan is what a request of several statements gives, in a column of the name
// allRanName. Clients know it by both.
const allRanName, allRan = "multiple statement execution", "Multiple statements executed successfully."

// multiple is the answer to a request of several statements, whose results are
// fetched one by one.
func multiple(data *wire.QueryData, v *several) {
	width := len(allRan)
	data.RowType = []wire.RowType{{Name: allRanName, Type: "text", Length: &width, ByteLength: &width}}
	data.RowSet = []byte(`[["` + allRan + `"]]`)
	data.Total, data.Returned = 1, 1
	data.ResultIDs, data.ResultTypes = strings.Join(v.ids, ","), strings.Join(v.types, ",")
}

// fill puts rows into an answer: the first ones in it, the others as chunks.
func (s *Server) fill(r *http.Request, data *wire.QueryData, st *session.Statement, v *rows) error {
	data.RowType = wire.RowTypes(v.Columns)
	data.QueryResultFormat = v.Format
	data.Total, data.Returned = v.Total, v.Total
	data.NumberOfBinds, data.ArrayBindSupported = v.binds, v.described && v.Kind == "INSERT"
	if v.Format == wire.FormatArrow {
		text := base64.StdEncoding.EncodeToString(v.Inline)
		data.RowSetBase64 = &text
	} else {
		data.RowSet = append(append([]byte{'['}, v.Inline...), ']')
	}
	if v.described && wire.IsChange(v.Kind) && st.Session.App == "Go" {
		data.RowSet = nil // the Go driver would look for a count in it
	}
	if all := stats(v); all != nil && *all != (wire.Stats{}) {
		data.Stats = all
	}
	if len(v.Chunks) == 0 {
		return nil
	}
	data.ChunkHeaders = map[string]string{"x-snowpit": "1"} // without any the Go driver sends keys of encryption
	for i, c := range v.Chunks {
		token, err := s.key.Seal(purposeChunk, chunkClaim{st.ID, i}, time.Now().Add(s.config.Times.URL))
		if err != nil {
			return err
		}
		data.Chunks = append(data.Chunks, wire.Chunk{URL: base(r) + "/chunk/" + token, RowCount: c.Rows, UncompressedSize: c.Size, CompressedSize: c.Size})
	}
	return nil
}

// stats are the rows changed, by the way they were; nil for a statement that
// changes no rows.
func stats(v *rows) *wire.Stats {
	if v.described {
		return nil
	}
	switch v.Kind {
	case "COPY", "CREATE_TABLE_AS_SELECT":
		return &wire.Stats{NumRowsInserted: v.Affected}
	case "TRUNCATE_TABLE":
		return &wire.Stats{NumRowsDeleted: v.Affected}
	}
	if !wire.IsChange(v.Kind) {
		return nil
	}
	var counted [1][]string
	if err := json.Unmarshal(slices.Concat([]byte{'['}, v.Inline, []byte{']'}), &counted); err != nil || len(counted[0]) != len(v.Columns) {
		return nil
	}
	all := wire.Stats{NumRowsDeleted: v.Replaced}
	for i, text := range counted[0] {
		n, _ := strconv.ParseInt(text, 10, 64)
		switch name := v.Columns[i].Name; {
		case strings.HasPrefix(name, "number of rows inserted"):
			all.NumRowsInserted += n
		case strings.HasPrefix(name, "number of rows updated"):
			all.NumRowsUpdated += n
		case strings.HasPrefix(name, "number of rows deleted"):
			all.NumRowsDeleted += n
		case strings.HasPrefix(name, "number of multi-joined rows"):
			all.NumDmlDuplicates += n
		}
	}
	return &all
}

// base is the server's own address, as the client has it.
func base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// A chunkClaim is what a chunk's URL says.
type chunkClaim struct {
	ID    string `json:"i"`
	Index int    `json:"n"`
}

// chunk sends one part of a result to whoever has its URL.
func (s *Server) chunk(w http.ResponseWriter, r *http.Request) {
	var claim chunkClaim
	if err := s.key.Open(purposeChunk, r.PathValue("token"), &claim); err != nil {
		http.Error(w, "this is no URL of a chunk, or one that has expired", http.StatusForbidden)
		return
	}
	var found *rows
	if st := s.ledger.Find(claim.ID); st != nil {
		o, _ := st.Outcome()
		found, _ = o.Value.(*rows)
	}
	if found == nil || claim.Index >= len(found.Chunks) {
		http.Error(w, "the result is not kept any more", http.StatusNotFound)
		return
	}
	send(w, found, claim.Index)
}

func send(w http.ResponseWriter, found *rows, i int) {
	c := found.Chunks[i]
	w.Header().Set("Content-Type", "application/octet-stream")
	if _, err := c.WriteTo(w); err != nil {
		panic(http.ErrAbortHandler) // the rest cannot be told apart from an end
	}
}
