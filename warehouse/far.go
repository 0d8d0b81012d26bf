package warehouse

import (
	"fmt"
	"reflect"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// A FarType is the Arrow type of timestamps that have nine digits of a second and
// need not lie between 1677 and 2262, as those of Arrow's nanoseconds do: an
// extension of a struct of the microseconds (a timestamp), the nanoseconds over
// them (int16, 0 to 999), and those of a TIMESTAMP_TZ how many minutes they are
// ahead of UTC (int16).
type FarType struct {
	arrow.ExtensionBase
}

// NewFarType is the form that such timestamps of a type have.
func NewFarType(t Type) *FarType {
	us := &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	if t == TimestampNTZ {
		us.TimeZone = ""
	}
	fields := []arrow.Field{{Name: "us", Type: us, Nullable: true}, {Name: "ns", Type: arrow.PrimitiveTypes.Int16, Nullable: true}}
	if t == TimestampTZ {
		fields = append(fields, arrow.Field{Name: "ahead", Type: arrow.PrimitiveTypes.Int16, Nullable: true})
	}
	return &FarType{arrow.ExtensionBase{Storage: arrow.StructOf(fields...)}}
}

func (*FarType) ArrayType() reflect.Type { return reflect.TypeFor[FarArray]() }
func (*FarType) ExtensionName() string   { return "snowpit.far_timestamp" }
func (*FarType) Serialize() string       { return "" }
func (t *FarType) String() string        { return "extension<" + t.ExtensionName() + ">" }

func (t *FarType) ExtensionEquals(other arrow.ExtensionType) bool {
	return t.ExtensionName() == other.ExtensionName() && arrow.TypeEqual(t.Storage, other.StorageType())
}

// Deserialize makes the type of what it is stored as.
func (*FarType) Deserialize(storage arrow.DataType, _ string) (arrow.ExtensionType, error) {
	if s, ok := storage.(*arrow.StructType); !ok || s.NumFields() < 2 {
		return nil, fmt.Errorf("a far timestamp is stored as %s", storage)
	}
	return &FarType{arrow.ExtensionBase{Storage: storage}}, nil
}

// A FarArray is timestamps of a [FarType].
type FarArray struct {
	array.ExtensionArrayBase
}

// Micros are the microseconds since 1970.
func (a *FarArray) Micros() *array.Timestamp {
	return a.Storage().(*array.Struct).Field(0).(*array.Timestamp)
}

// Nanos are the nanoseconds over them.
func (a *FarArray) Nanos() *array.Int16 { return a.Storage().(*array.Struct).Field(1).(*array.Int16) }

// Ahead is how many minutes each is ahead of UTC, nil for what has no offset.
func (a *FarArray) Ahead() *array.Int16 {
	if s := a.Storage().(*array.Struct); s.NumField() > 2 {
		return s.Field(2).(*array.Int16)
	}
	return nil
}

// Value is the timestamp in row i, in its own offset if it has one.
func (a *FarArray) Value(i int) time.Time {
	t := time.UnixMicro(int64(a.Micros().Value(i))).Add(time.Duration(a.Nanos().Value(i))).UTC()
	if ahead := a.Ahead(); ahead != nil {
		t = t.In(time.FixedZone("", int(ahead.Value(i))*60))
	}
	return t
}

// ValueStr is the timestamp in row i as text, as clients show it.
func (a *FarArray) ValueStr(i int) string {
	switch {
	case a.IsNull(i):
		return array.NullValueStr
	case a.Ahead() != nil:
		return a.Value(i).Format("2006-01-02 15:04:05.000 -0700")
	case a.Micros().DataType().(*arrow.TimestampType).TimeZone != "":
		return a.Value(i).Format("2006-01-02 15:04:05.000 +0000")
	}
	return a.Value(i).Format("2006-01-02 15:04:05.000")
}
