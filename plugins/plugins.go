package plugins

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// A Description is what a plugin says of itself.
type Description struct {
	Name    string   // as config(plugin=...) names it
	Version string   // the plugin's own, such as "1.2.0"
	Summary string   // one line for a person
	Actions []Action // what config(action=...) may say
}

// An Action is one thing a plugin does: train or predict, with the config keys
// it reads.
type Action struct {
	Name   string // "train" or "predict"
	Doc    string // one line
	Config []Option
}

// An Option is one config key of an [Action].
type Option struct {
	Name     string // as config(...) spells it
	Doc      string // one line, with the values it may have
	Required bool
	Default  string // as JSON; "" where there is none
}

// The names of the actions this protocol version has.
const (
	ActionTrain   = "train"
	ActionPredict = "predict"
)

// A Plugin describes itself. It is also a [Trainer], a [Predictor] or both.
type Plugin interface {
	Describe(ctx context.Context) (Description, error)
}

// A Call is one run of an action on behalf of one model.
type Call struct {
	Model  string         // the model's name, for messages
	Config map[string]any // the model's config, as encoding/json decodes it with UseNumber: numbers are json.Number
}

// A Trainer fits a model to rows.
//
// Train reads rows to their end, then writes the artifact and the rows of the
// model's table to out. It returns a [*Error] for rows or a config it cannot
// use. When ctx ends it returns soon, with ctx.Err(). Rows and out are used by
// one goroutine at a time each; Train releases every batch it makes, and
// keeps one it was given only by retaining it.
type Trainer interface {
	Train(ctx context.Context, call Call, rows array.RecordReader, out Output) error
}

// A Predictor scores rows with an artifact that a [Trainer] wrote.
//
// Predict reads all of artifact first, then rows batch by batch, and writes
// the scored rows to out as it goes; it does not hold the table. Errors,
// ctx and ownership are as for [Trainer].
type Predictor interface {
	Predict(ctx context.Context, call Call, artifact io.Reader, rows array.RecordReader, out Output) error
}

// Output takes what a plugin produces. Rows blocks while the reader is busy.
type Output interface {
	// Rows appends one batch to the model's table. All batches have the
	// schema of the first; a table without rows is one empty batch. The
	// caller keeps owning the batch and may release it once Rows returns.
	Rows(batch arrow.RecordBatch) error

	// Artifact appends p to the model's file. Only a [Trainer] calls it.
	Artifact(p []byte) error

	// Event reports a log line, progress or a metric.
	Event(e Event) error
}

// An Event is one thing a plugin tells while it works; the field that is not
// nil says which.
type Event struct {
	Log      *Log
	Progress *Progress
	Metric   *Metric
}

// A Log is one line for the user.
type Log struct {
	Level   string // "debug", "info", "warn" or "error"
	Message string
}

// Progress is how far the current step is.
type Progress struct {
	Step        string // such as "fit"
	Done, Total int64  // Total 0 where it is not known
}

// A Metric is one figure of the model that was trained. The names Snowpit has
// columns for in MODEL_METRICS are those of [Metrics]; any other name is kept
// in its JSON column.
type Metric struct {
	Name  string
	Value any // what encoding/json can write: a number, a string, a list, a map
}

// The metrics that have a column of their own in the table MODEL_METRICS.
const (
	MetricBalancedAccuracy    = "balanced_accuracy"     // number, 0 to 1
	MetricAccuracy            = "accuracy"              // number, 0 to 1
	MetricLogLoss             = "log_loss"              // number, >= 0, natural logarithm
	MetricLabBalancedAccuracy = "lab_balanced_accuracy" // number; the Formula 1 lab's own figure
	MetricConfusionMatrix     = "confusion_matrix"      // list of lists of counts, [true class][predicted class]
	MetricClasses             = "classes"               // list of the labels, in the order of the matrix
	MetricPerClass            = "per_class"             // list of {class, precision, recall, f1, support}
	MetricTrainRows           = "train_rows"            // count
	MetricTestRows            = "test_rows"             // count
	MetricFitSeconds          = "fit_seconds"           // number
)

// An Error is a call the plugin refuses because of what it was given. Its
// message goes to the user as it is: what, where, why, and the way out.
type Error struct {
	Message string
	Column  string // the column at fault, or ""
	Row     int64  // the first row at fault, from 1; 0 where none is
}

func (e *Error) Error() string { return e.Message }

// The ways a plugin fails that callers act on. Test with [errors.Is].
var (
	ErrUnknown   = errors.New("no plugin of that name")
	ErrPin       = errors.New("the plugin is not the one it is pinned to")
	ErrHandshake = errors.New("not a Snowpit plugin of a version that fits")
	ErrCrashed   = errors.New("the plugin ended before its answer")
	ErrTimeout   = errors.New("the plugin took longer than its time limit")
	ErrProtocol  = errors.New("the plugin broke the protocol")
)

// A Host finds plugins and starts them. Several goroutines may use it at once.
type Host interface {
	// Start runs the plugin of that name in a process of its own. The caller
	// closes it. A name nobody knows is an error wrapping [ErrUnknown] that
	// says where was looked.
	Start(ctx context.Context, name string) (Process, error)
}

// A Process is a plugin that runs. It serves one call at a time.
//
// An error of a call names the plugin and the model; where the plugin broke
// off it wraps one of the Err values above and ends with the last lines of
// the plugin's stderr. Rows that reached out by then are not a whole table,
// and the caller drops them. An answer without a batch, or of a [Trainer]
// without an artifact, breaks the protocol.
type Process interface {
	Plugin
	Trainer
	Predictor

	// Close ends the process and everything it started. Closing twice is
	// harmless.
	Close() error
}

// A Stopper is rows whose Next may wait long, such as for a query. A [Process]
// calls Stop once, from another goroutine, when the plugin takes no more rows;
// Next then returns false soon.
type Stopper interface{ Stop() }

// Limits bound what a plugin may take. Zero fields have the defaults named.
type Limits struct {
	Start time.Duration // from start to handshake; 10 seconds
	Call  time.Duration // one whole call; no limit
	Idle  time.Duration // between two messages from the plugin while it owes one; 10 minutes
}
