package session

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// A hybrid is a database with hybrid tables that the session has stood in, and
// when it last did.
type hybrid struct {
	database string
	at       int64 // microseconds
}

// carry makes the context that the client is to send with its next statement:
// how far it has seen the account, and each database with hybrid tables that it
// has used. On Snowflake another server may run that statement, and must not show
// it less. Here one process sees every commit, and needs none of it back.
func (s *Session) carry(database string, has bool) {
	now := time.Now().UnixMicro()
	if old := s.place.Context; len(old) > 0 {
		now = max(now, old[0].Timestamp+1)
	}
	if has {
		s.hybrid = slices.DeleteFunc(s.hybrid, func(h hybrid) bool { return h.database == database })
		s.hybrid = slices.Insert(s.hybrid, 0, hybrid{database, now})
	}
	most := int(max(0, s.Parameters.Int("QUERY_CONTEXT_CACHE_SIZE")))
	if len(s.hybrid) >= max(1, most) {
		s.hybrid = s.hybrid[:max(0, most-1)]
	}
	context := []wire.ContextEntry{{Timestamp: now}}
	for i, h := range s.hybrid {
		context = append(context, wire.ContextEntry{ID: databaseID(h.database), Timestamp: h.at, Priority: i + 1})
	}
	s.place.Context = context[:min(most, len(context))]
}

// databaseID is a number that a database has in every session.
func databaseID(name string) int64 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return int64(h.Sum32()>>1) + 1
}
