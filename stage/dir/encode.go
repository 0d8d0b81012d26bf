package dir

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	maxPart = 200  // bytes of a folder's or file's name; file systems allow 255
	more    = "%-" // ends a folder's name whose part goes on in what is below
	beside  = "%"  // ends a file's name that is a folder's too
)

// encode is where an object lies below objects/, unless it is a folder there.
func encode(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = split(escape(part))
	}
	return strings.Join(parts, "/")
}

// escape writes a part so that every file system takes it and none reads
// anything into it.
func escape(part string) string {
	var b strings.Builder
	for i := range len(part) {
		if c := part[i]; c == '%' || c < ' ' || c == 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// split spreads a long part over nested folders, between characters.
func split(part string) string {
	var b strings.Builder
	for len(part) > maxPart {
		n := maxPart
		for n > maxPart-4 && (part[n]&0xc0 == 0x80 || part[n-1] == '%' || part[n-2] == '%') {
			n--
		}
		b.WriteString(part[:n] + more + "/")
		part = part[n:]
	}
	return b.String() + part
}

// decode is the name of the object that lies at path, and false if encode
// never puts one there.
func decode(path string) (string, bool) {
	path = strings.TrimSuffix(strings.ReplaceAll(path, more+"/", ""), beside)
	var b strings.Builder
	for {
		before, after, found := strings.Cut(path, "%")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		if len(after) < 2 {
			return "", false
		}
		c, err := strconv.ParseUint(after[:2], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(c))
		path = after[2:]
	}
}
