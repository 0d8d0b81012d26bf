package logreg

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/plugins/logreg/metrics"
)

// evaluate scores the test rows, or the training rows where there are none.
func (j *training) evaluate(ctx context.Context, a *Artifact) (Metrics, error) {
	m := Metrics{On: "test"}
	set := setTest
	if j.counts[setTest] == 0 {
		m.On, set = "train", setTrain
	}
	all := len(j.labels.values)
	counter := metrics.New(all)
	s := newScorer(a)
	p := make([]float64, j.classes)
	for from := 0; from < j.rows; from += scoreRows {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		n := min(scoreRows, j.rows-from)
		if !slices.Contains(j.sets[from:from+n], set) {
			continue
		}
		j.Block(from, s.block(n))
		s.score()
		s.softmax()
		for i := range n {
			if j.sets[from+i] != set {
				continue
			}
			for k := range p {
				p[k] = s.scores[k][i]
			}
			counter.Add(int(j.y[from+i]), p)
		}
	}
	m.fill(counter, j.labels.values)
	return m, nil
}

func (m *Metrics) fill(c *metrics.Counter, classes []label) {
	m.Rows = c.Rows()
	m.BalancedAccuracy, m.Accuracy, m.LogLoss = c.BalancedAccuracy(), c.Accuracy(), c.LogLoss()
	m.Confusion = c.Confusion
	numbers := make([]float64, len(classes))
	for k, figures := range c.Classes() {
		numbers[k] = labelNumber(classes[k])
		m.Classes = append(m.Classes, classes[k])
		m.PerClass = append(m.PerClass, ClassScore{
			Class: classes[k], Precision: figures.Precision, Recall: figures.Recall, F1: figures.F1, Support: figures.Support,
		})
	}
	if !math.IsNaN(numbers[0]) {
		lab := c.Lab(numbers)
		m.Lab = &lab
	}
}

// fingerprint is what [Artifact] documents.
func (j *training) fingerprint(ctx context.Context) (string, error) {
	text := make([][]byte, len(j.labels.values))
	for n, v := range j.labels.values {
		text[n] = []byte(fmt.Sprint(v) + "\n")
	}
	cols := make([][]float64, len(j.features))
	for c := range cols {
		cols[c] = make([]float64, scoreRows)
	}
	sum := sha256.New()
	var buf []byte
	for from := 0; from < j.rows; from += scoreRows {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n := min(scoreRows, j.rows-from)
		for c := range cols {
			cols[c] = cols[c][:n]
		}
		j.Block(from, cols)
		buf = buf[:0]
		for i := range n {
			if j.sets[from+i] != setTrain {
				continue
			}
			for c := range cols {
				buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(cols[c][i]))
			}
			buf = append(buf, text[j.y[from+i]]...)
		}
		sum.Write(buf)
	}
	return strings.Join([]string{"sha256", hex.EncodeToString(sum.Sum(nil))}, ":"), nil
}
