package frames

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// What one message of a stream may take: far more than a [Writer] makes of
// anything, far less than a machine has.
const (
	maxMetadata = 16 << 20
	maxBody     = 256 << 20
	maxRows     = 64 << 20 // of one batch; a column of nulls takes no bytes
	maxFields   = 100_000
	maxDepth    = 64
	firstBody   = 8 << 20 // memory is taken for that much of a body before it comes
)

// messages reads the messages of a stream. Unlike arrow-go's own reader it
// takes no memory on a claim: bodies grow as they come, and the schema's lists
// have to lie within its message. What does not is a panic, which [batches]
// takes for a broken stream.
type messages struct {
	in           io.Reader
	msg          *ipc.Message
	dictionaries int64 // bytes of them so far; a reader keeps them all
}

// Message reads the next message. It is valid until the one after it.
func (m *messages) Message() (*ipc.Message, error) {
	var prefix [4]byte
	if _, err := io.ReadFull(m.in, prefix[:]); err != nil {
		return nil, err // io.EOF between two messages is the end
	}
	if prefix == [4]byte{0xff, 0xff, 0xff, 0xff} {
		if _, err := io.ReadFull(m.in, prefix[:]); err != nil {
			return nil, unexpected(err)
		}
	}
	n := int64(binary.LittleEndian.Uint32(prefix[:]))
	switch {
	case n == 0:
		return nil, io.EOF
	case n > maxMetadata:
		return nil, fmt.Errorf("metadata of %d bytes, more than %d", n, maxMetadata)
	}
	metadata := make([]byte, n)
	if _, err := io.ReadFull(m.in, metadata); err != nil {
		return nil, unexpected(err)
	}
	size := m.check(metadata)
	body := memory.NewResizableBuffer(memory.DefaultAllocator)
	defer body.Release()
	if err := m.fill(body, size); err != nil {
		return nil, unexpected(err)
	}
	m.Release()
	m.msg = ipc.NewMessage(memory.NewBufferBytes(metadata), body)
	return m.msg, nil
}

// fill reads a body.
func (m *messages) fill(body *memory.Buffer, size int) error {
	for have := 0; have < size; have = body.Len() {
		body.Resize(min(size, max(2*have, firstBody)))
		if _, err := io.ReadFull(m.in, body.Bytes()[have:]); err != nil {
			return err
		}
	}
	return nil
}

// unexpected is what the end of a stream is in the middle of a message.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Retain does nothing: there is one reader.
func (m *messages) Retain() {}

// Release lets go of the message.
func (m *messages) Release() {
	if m.msg != nil {
		m.msg.Release()
		m.msg = nil
	}
}

// The slots of a message's tables, by Arrow's Message.fbs and Schema.fbs.
const (
	messageHeaderType, messageHeader, messageBody, messageCustom = 1, 2, 3, 4
	schemaFields, schemaCustom                                   = 1, 2
	fieldChildren, fieldCustom                                   = 5, 6

	headerSchema, headerDictionary = 1, 2
)

// check gives the size of the body that follows.
func (m *messages) check(metadata []byte) int {
	root := table{metadata, int(binary.LittleEndian.Uint32(metadata))}
	root.vector(messageCustom)
	size := int64(0)
	if at := root.slot(messageBody); at > 0 {
		size = int64(binary.LittleEndian.Uint64(metadata[at:]))
	}
	kind := byte(0)
	if at := root.slot(messageHeaderType); at > 0 {
		kind = metadata[at]
	}
	switch kind {
	case headerSchema:
		schema := root.table(messageHeader)
		schema.vector(schemaCustom)
		fields := 0
		schema.fields(schemaFields, maxDepth, &fields)
	case headerDictionary:
		m.dictionaries += size
	}
	if size < 0 || size > maxBody || m.dictionaries > maxBody {
		panic(fmt.Sprintf("a body of %d bytes, more than %d", max(size, m.dictionaries), maxBody))
	}
	return int(size)
}

// A table is a flatbuffer's. Reading beyond the buffer panics.
type table struct {
	b  []byte
	at int
}

// slot is where a field's value is, or 0.
func (t table) slot(i int) int {
	entries := t.at - int(int32(binary.LittleEndian.Uint32(t.b[t.at:])))
	if i = 4 + 2*i; i >= int(binary.LittleEndian.Uint16(t.b[entries:])) {
		return 0
	}
	if offset := int(binary.LittleEndian.Uint16(t.b[entries+i:])); offset > 0 {
		return t.at + offset
	}
	return 0
}

// table is the table that a field refers to.
func (t table) table(i int) table { return t.follow(t.slot(i)) }

func (t table) follow(at int) table {
	return table{t.b, at + int(binary.LittleEndian.Uint32(t.b[at:]))}
}

// vector is where a list's elements begin, and how many there are, each of
// which takes four bytes at least.
func (t table) vector(i int) (at, n int) {
	at = t.slot(i)
	if at == 0 {
		return 0, 0
	}
	at = t.follow(at).at
	n = int(binary.LittleEndian.Uint32(t.b[at:]))
	if at += 4; n > (len(t.b)-at)/4 {
		panic(fmt.Sprintf("a list of %d in a message of %d bytes", n, len(t.b)))
	}
	return at, n
}

// fields checks a list of fields and all their children.
func (t table) fields(i, depth int, count *int) {
	at, n := t.vector(i)
	if *count += n; *count > maxFields || depth == 0 {
		panic(fmt.Sprintf("a schema of more than %d fields, or deeper than %d", maxFields, maxDepth))
	}
	for range n {
		field := t.follow(at)
		field.vector(fieldCustom)
		field.fields(fieldChildren, depth-1, count)
		at += 4
	}
}
