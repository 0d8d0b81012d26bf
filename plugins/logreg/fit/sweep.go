package fit

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// blockRows is how many rows are worked on at a time: few enough that a
// block's columns stay in a core's nearest cache.
const blockRows = 256

// A block is a run of rows of the source, and which of them are in the fit.
type block struct {
	labels []uint16    // of all rows of the block
	rows   []int32     // those in the fit, from 0
	raw    [][]float64 // [feature][row of the block]

	x    [][]float64 // scaled, [feature][index into rows], the intercept's ones last
	p    [][]float64 // [class]: scores, then probabilities
	t    [][]float64 // [class]: work space
	work []float64

	logs, products []float64 // of each class, for the loss
}

func newBlock(p *Problem) *block {
	b := &block{rows: make([]int32, 0, blockRows)}
	columns := func(n int) [][]float64 {
		cols := make([][]float64, n)
		for i := range cols {
			cols[i] = make([]float64, blockRows)
		}
		return cols
	}
	b.raw, b.x = columns(p.Features), columns(p.dims())
	b.p, b.t = columns(p.Classes), columns(p.Classes)
	b.work = make([]float64, blockRows)
	b.logs, b.products = make([]float64, p.Classes), make([]float64, p.Classes)
	if !p.NoIntercept {
		for i := range b.x[p.Features] {
			b.x[p.Features][i] = 1
		}
	}
	return b
}

// dims is the number of parameters of a class.
func (p *Problem) dims() int {
	if p.NoIntercept {
		return p.Features
	}
	return p.Features + 1
}

func (b *block) load(p *Problem, number int) {
	from := number * blockRows
	to := min(from+blockRows, len(p.Labels))
	b.labels = p.Labels[from:to]
	b.rows = b.rows[:0]
	for i, y := range b.labels {
		if y != Unused {
			b.rows = append(b.rows, int32(i))
		}
	}
	if len(b.rows) == 0 {
		return
	}
	for j := range b.raw {
		b.raw[j] = b.raw[j][:to-from]
	}
	p.Source.Block(from, b.raw)
}

// sweep runs visit over every stride-th block of rows. It gives visit one of
// a fixed number of sums of the given size, always the same one for the same
// block, and returns the sums in order. A sum is zero at first, or as start
// leaves it.
func sweep(ctx context.Context, p *Problem, stride, size int, visit func(b *block, sum []float64), start func(sum []float64)) ([][]float64, error) {
	blocks := (len(p.Labels) + blockRows*stride - 1) / (blockRows * stride)
	parts := min(blocks, partCount(size))
	sums := make([][]float64, parts)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), parts) {
		wait.Go(func() {
			b := newBlock(p)
			for n := int(next.Add(1)) - 1; n < parts && ctx.Err() == nil; n = int(next.Add(1)) - 1 {
				sums[n] = make([]float64, size)
				if start != nil {
					start(sums[n])
				}
				for at := n * blocks / parts; at < (n+1)*blocks/parts; at++ {
					if b.load(p, at*stride); len(b.rows) > 0 {
						visit(b, sums[n])
					}
				}
			}
		})
	}
	wait.Wait()
	return sums, ctx.Err()
}

// partCount is how many partial sums are kept: enough to share out evenly, and
// no more than a few megabytes of them. It must not depend on the machine.
func partCount(size int) int {
	return min(max(1<<20/max(size, 1), 4), 64)
}
