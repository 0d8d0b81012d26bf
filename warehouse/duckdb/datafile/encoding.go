package datafile

import (
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// encodings are those that Snowflake's ENCODING names, the dashes left out.
var encodings = map[string]encoding.Encoding{
	"BIG5": traditionalchinese.Big5, "EUCJP": japanese.EUCJP, "EUCKR": korean.EUCKR, "GB18030": simplifiedchinese.GB18030,
	"ISO2022JP": japanese.ISO2022JP, "SHIFTJIS": japanese.ShiftJIS,
	"ISO88591": charmap.ISO8859_1, "ISO88592": charmap.ISO8859_2, "ISO88595": charmap.ISO8859_5, "ISO88596": charmap.ISO8859_6,
	"ISO88597": charmap.ISO8859_7, "ISO88598": charmap.ISO8859_8, "ISO88599": charmap.ISO8859_9, "ISO885915": charmap.ISO8859_15,
	"KOI8R": charmap.KOI8R, "WINDOWS1250": charmap.Windows1250, "WINDOWS1251": charmap.Windows1251, "WINDOWS1252": charmap.Windows1252,
	"WINDOWS1253": charmap.Windows1253, "WINDOWS1254": charmap.Windows1254, "WINDOWS1255": charmap.Windows1255,
	"WINDOWS1256": charmap.Windows1256, "WINDOWS874": charmap.Windows874, "WINDOWS949": korean.EUCKR,
	"UTF16":   unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"UTF16BE": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF16LE": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"UTF32":   utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
	"UTF32BE": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "UTF32LE": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
}

// Decode reads text of a character set that Snowflake names as UTF-8. Sets
// that are not known are refused by name.
func Decode(r io.Reader, set string) (io.Reader, error) {
	name := strings.ToUpper(strings.NewReplacer("-", "", "_", "").Replace(set))
	if name == "UTF8" || name == "" {
		return r, nil
	}
	if e := encodings[name]; e != nil {
		return e.NewDecoder().Reader(r), nil
	}
	return nil, warehouse.Unsupported("files in the character set " + set)
}
