package dir

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

const (
	maxPart = 200  // bytes of a folder's or file's name; file systems allow 255
	more    = "%-" // ends a folder's name whose part goes on in what is below
	beside  = "%"  // ends a file's name that is a folder's too
)

// encode is where an object lies below objects/, unless it is a folder there.
func encode(name string) string { return spell(name, special) }

// encodeFolded is where it lies on a file system to which a and A, or two ways
// to write é, are one name: no two names differ in such things only.
func encodeFolded(name string) string { return spell(name, folding) }

// spell encodes the parts of a name.
func spell(name string, odd func(byte) bool) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = split(escape(part, odd))
	}
	return strings.Join(parts, "/")
}

// encodeStage is a stage's folder below the root. Names that SQL folds to upper
// case are written as they are, and no part of a name is more than one folder
// unless it is long.
func encodeStage(n stage.Name) string {
	parts := []string{n.Database, n.Schema, n.Stage}
	for i, part := range parts {
		parts[i] = split(escape(part, ofStage))
	}
	return strings.Join(parts, "/")
}

// decodeStage is the stage that lies at path, and false if encodeStage never
// puts one there.
func decodeStage(path string) (stage.Name, bool) {
	parts := strings.Split(strings.ReplaceAll(path, more+"/", ""), "/")
	if len(parts) != 3 {
		return stage.Name{}, false
	}
	for i, part := range parts {
		var ok bool
		if parts[i], ok = decode(part); !ok {
			return stage.Name{}, false
		}
	}
	n := stage.Name{Database: parts[0], Schema: parts[1], Stage: parts[2]}
	return n, encodeStage(n) == path
}

// special reports a byte that no file's name should have, and the mark itself.
func special(c byte) bool { return c == '%' || c < ' ' || c == 0x7f }

// folding reports also what a file system may fold, and leaves small letters.
func folding(c byte) bool { return special(c) || c >= 0x80 || c >= 'A' && c <= 'Z' }

// ofStage reports also what a file system may fold, and leaves capitals.
func ofStage(c byte) bool { return special(c) || c >= 0x80 || c >= 'a' && c <= 'z' || c == '/' }

// escape writes a part with its odd bytes as %XX.
func escape(part string, odd func(byte) bool) string {
	var b strings.Builder
	for i := range len(part) {
		if odd(part[i]) {
			fmt.Fprintf(&b, "%%%02X", part[i])
		} else {
			b.WriteByte(part[i])
		}
	}
	return b.String()
}

// split spreads a long part over nested folders, between characters, none of
// which is named as the folder itself or the one above.
func split(part string) string {
	var b strings.Builder
	for len(part) > maxPart {
		n := maxPart
		for part[n]&0xc0 == 0x80 || part[n-1] == '%' || part[n-2] == '%' || part[n:] == "." || part[n:] == ".." {
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
