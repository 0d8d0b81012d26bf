package logreg

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
)

// Predict is that of [plugins.Predictor].
func (*Plugin) Predict(ctx context.Context, call plugins.Call, artifact io.Reader, rows array.RecordReader, out plugins.Output) error {
	s := &settings{values: call.Config}
	output, probabilities := s.text("output"), s.flag("probabilities", false)
	if s.err != nil {
		return s.err
	}
	a, err := ReadArtifact(artifact)
	if err != nil {
		return err
	}
	if output == "" {
		output = a.Target.Name + "_PREDICTED"
	}
	p := &prediction{Artifact: a, probabilities: probabilities, label: a.labelType()}
	if err := p.match(rows.Schema()); err != nil {
		return err
	}
	if err := p.outputs(rows.Schema(), output); err != nil {
		return err
	}
	return p.run(ctx, rows, out)
}

// A prediction is one run of a model over rows.
type prediction struct {
	*Artifact
	probabilities bool
	label         arrow.DataType
	features      []int // their columns
	schema        *arrow.Schema
}

// match finds the artifact's features among the columns.
func (p *prediction) match(s *arrow.Schema) error {
	for _, f := range p.Features {
		at := findColumn(s, f.Name)
		if at < 0 {
			err := refusal("feature %s (%s): the artifact was trained with it and the rows have no such column; they have %s", f.Name, f.Type, columnNames(s))
			err.Column = f.Name
			return err
		}
		if got := s.Field(at).Type; !sameKind(got, f.Type) {
			err := refusal("feature %s: the rows have it as %s and the artifact was trained with %s; cast it in the query or train again", f.Name, got, f.Type)
			err.Column = f.Name
			return err
		}
		p.features = append(p.features, at)
	}
	return nil
}

// sameKind is whether a column of type got goes for one of the named type.
func sameKind(got arrow.DataType, want string) bool {
	kind := kindOf(got)
	var precision, scale int32
	if n, _ := fmt.Sscanf(want, "decimal(%d, %d)", &precision, &scale); n == 2 {
		return kind == kindInteger && scale <= 0 || kind == kindDecimal && scale > 0
	}
	switch {
	case strings.HasPrefix(want, "int"), strings.HasPrefix(want, "uint"):
		return kind == kindInteger
	case strings.HasPrefix(want, "float"):
		return kind == kindFloat
	case want == "bool":
		return kind == kindBoolean
	}
	return false
}

// outputs makes the schema of the scored rows.
func (p *prediction) outputs(s *arrow.Schema, output string) error {
	fields := append(slices.Clone(s.Fields()), arrow.Field{Name: output, Type: p.label})
	if p.probabilities {
		for _, class := range p.Classes {
			fields = append(fields, arrow.Field{Name: fmt.Sprintf("PROBABILITY_%v", class), Type: arrow.PrimitiveTypes.Float64})
		}
	}
	for i := s.NumFields(); i < len(fields); i++ {
		name := fields[i].Name
		if slices.ContainsFunc(fields[:i], func(f arrow.Field) bool { return strings.EqualFold(f.Name, name) }) {
			err := refusal("column %s: predicting adds a column of that name; rename the query's, or set config output", name)
			err.Column = name
			return err
		}
	}
	meta := s.Metadata()
	p.schema = arrow.NewSchema(fields, &meta)
	return nil
}

func (p *prediction) run(ctx context.Context, rows array.RecordReader, out plugins.Output) error {
	scorers := make([]*scorer, runtime.GOMAXPROCS(0))
	for i := range scorers {
		scorers[i] = newScorer(p.Artifact)
	}
	done, empty := int64(0), true
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := rows.RecordBatch()
		for i, at := range p.features {
			if !whole(batch.Column(at)) {
				return p.refuse(ctx, rows, i, done)
			}
		}
		switch ok, err := p.emit(batch, scorers, out); {
		case err != nil:
			return err
		case !ok:
			bad := slices.IndexFunc(p.features, func(at int) bool { return !clean(batch.Column(at)) })
			return p.refuse(ctx, rows, bad, done)
		}
		done += batch.NumRows()
		empty = false
	}
	if err := rows.Err(); err != nil || !empty {
		return err
	}
	none := array.NewRecordBatch(p.schema, p.noColumns(), 0)
	defer none.Release()
	return out.Rows(none)
}

func (p *prediction) noColumns() []arrow.Array {
	var cols []arrow.Array
	for _, f := range p.schema.Fields() {
		b := array.NewBuilder(memory.DefaultAllocator, f.Type)
		cols = append(cols, b.NewArray())
		b.Release()
	}
	return cols
}

// refuse counts what is wrong with feature i from the current batch on.
func (p *prediction) refuse(ctx context.Context, rows array.RecordReader, i int, done int64) error {
	var f fault
	for more := true; more; more = rows.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := rows.RecordBatch()
		f.scan(batch.Column(p.features[i]), done+1)
		done += batch.NumRows()
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return f.refuse("feature", p.Features[i].Name, done)
}

// emit scores one batch and writes it. It is not ok, and writes nothing, where
// a feature is not finite.
func (p *prediction) emit(batch arrow.RecordBatch, scorers []*scorer, out plugins.Output) (ok bool, err error) {
	n := int(batch.NumRows())
	picks := make([]uint16, n)
	var shares [][]float64
	if p.probabilities {
		for range p.Classes {
			shares = append(shares, make([]float64, n))
		}
	}
	if !p.score(batch, scorers, picks, shares) {
		return false, nil
	}
	cols := slices.Clone(batch.Columns())
	made := []arrow.Array{buildLabels(p.label, asLabels(p.Classes), picks)}
	for _, share := range shares {
		data := array.NewData(arrow.PrimitiveTypes.Float64, n,
			[]*memory.Buffer{nil, memory.NewBufferBytes(arrow.Float64Traits.CastToBytes(share))}, nil, 0, 0)
		made = append(made, array.NewFloat64Data(data))
		data.Release()
	}
	wide := array.NewRecordBatch(p.schema, append(cols, made...), int64(n))
	defer wide.Release()
	for _, col := range made {
		col.Release()
	}
	return true, out.Rows(wide)
}

func asLabels(classes []any) []label {
	out := make([]label, len(classes))
	for k, v := range classes {
		out[k] = v
	}
	return out
}

// score shares the blocks of a batch out among the scorers. It reports whether
// all features are finite.
func (p *prediction) score(batch arrow.RecordBatch, scorers []*scorer, picks []uint16, shares [][]float64) bool {
	var bad atomic.Bool
	blocks := (len(picks) + scoreRows - 1) / scoreRows
	var next atomic.Int64
	var wait sync.WaitGroup
	for _, s := range scorers[:min(len(scorers), blocks)] {
		wait.Go(func() {
			for b := int(next.Add(1)) - 1; b < blocks; b = int(next.Add(1)) - 1 {
				from := b * scoreRows
				to := min(from+scoreRows, len(picks))
				for j, at := range p.features {
					s.load(j, batch.Column(at), from, to-from)
				}
				s.score()
				if !s.sound() {
					bad.Store(true)
				}
				s.pick(picks[from:to])
				if shares == nil {
					continue
				}
				s.softmax()
				for k := range shares {
					copy(shares[k][from:to], s.scores[k])
				}
			}
		})
	}
	wait.Wait()
	return !bad.Load()
}
