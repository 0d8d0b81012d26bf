package datafile

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// oneBlock is how many bytes compress/flate surely puts into one block.
const oneBlock = 1<<14 - 1

// A gzipWriter writes gzip. Of a short file, of which there are many on a stage,
// the block is the last one, as zlib has it; compress/flate would put an empty
// one behind, of five bytes.
type gzipWriter struct {
	w    io.Writer
	held []byte
	long *gzip.Writer // once more is written than one block has
}

func (g *gzipWriter) Write(p []byte) (int, error) {
	if g.long == nil && len(g.held)+len(p) <= oneBlock {
		g.held = append(g.held, p...)
		return len(p), nil
	}
	if err := g.lengthen(); err != nil {
		return 0, err
	}
	return g.long.Write(p)
}

// lengthen goes on as compress/gzip does.
func (g *gzipWriter) lengthen() error {
	if g.long != nil {
		return nil
	}
	g.long = gzip.NewWriter(g.w)
	_, err := g.long.Write(g.held)
	g.held = nil
	return err
}

// Close ends the file and leaves what it is written to open.
func (g *gzipWriter) Close() error {
	if g.long == nil {
		if block := lastBlock(g.held); block != nil {
			return g.write(block)
		}
		if err := g.lengthen(); err != nil {
			return err
		}
	}
	return g.long.Close()
}

// write writes a file of one block.
func (g *gzipWriter) write(block []byte) error {
	file := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff} // deflated, no name, no time, of no system
	file = append(file, block...)
	file = binary.LittleEndian.AppendUint32(file, crc32.ChecksumIEEE(g.held))
	file = binary.LittleEndian.AppendUint32(file, uint32(len(g.held)))
	_, err := g.w.Write(file)
	return err
}

// lastBlock is content as the only block of a stream, marked as the last one; nil
// if it is not that of content then.
func lastBlock(content []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		return nil
	}
	w.Write(content) // to memory, which takes all
	w.Close()
	block := out.Bytes()
	block[0] |= 1
	in := bytes.NewReader(block) // read by the byte, up to the block's last one
	if got, err := io.ReadAll(flate.NewReader(in)); err != nil || !bytes.Equal(got, content) {
		return nil
	}
	return block[:len(block)-in.Len()]
}
