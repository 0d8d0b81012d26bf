package fit

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// An objective evaluates the loss of a scaled problem. Parameters are theta,
// classes-1 vectors of dims numbers each, one after the other: coordinates in
// a basis of the class space in which scores that differ by a constant are
// the same point.
type objective struct {
	*Problem
	*scale
	basis  [][]float64 // [class][coordinate]
	stride int         // takes every stride-th block of rows
}

func newObjective(p *Problem, s *scale, stride int) *objective {
	return &objective{Problem: p, scale: s, basis: classBasis(p.Classes), stride: stride}
}

// classBasis has orthonormal columns that sum to zero (Helmert's), so the
// penalty is that of the classes' coefficients. With two classes the second
// alone has coefficients.
func classBasis(classes int) [][]float64 {
	q := make([][]float64, classes)
	for k := range q {
		q[k] = make([]float64, classes-1)
	}
	if classes == 2 {
		q[1][0] = 1
		return q
	}
	for a := range classes - 1 {
		norm := math.Sqrt(float64((a + 1) * (a + 2)))
		for k := range a + 1 {
			q[k][a] = 1 / norm
		}
		q[a+1][a] = -float64(a+1) / norm
	}
	return q
}

func (o *objective) size() int { return (o.Classes - 1) * o.dims() }

// byClass turns coordinates into one vector a class.
func (o *objective) byClass(theta []float64) [][]float64 {
	d := o.dims()
	w := make([][]float64, o.Classes)
	for k := range w {
		w[k] = make([]float64, d)
		for a, q := range o.basis[k] {
			if q != 0 {
				axpy(q, theta[a*d:(a+1)*d], w[k])
			}
		}
	}
	return w
}

// project is the transpose of byClass.
func (o *objective) project(w [][]float64) []float64 {
	d := o.dims()
	theta := make([]float64, o.size())
	for k := range w {
		for a, q := range o.basis[k] {
			if q != 0 {
				axpy(q, w[k], theta[a*d:(a+1)*d])
			}
		}
	}
	return theta
}

// penalty is the factor of half the square of feature j's scaled coefficient.
func (o *objective) penalty(j int) float64 {
	if j >= o.Features {
		return 0
	}
	r := o.rate(j)
	return min(r*r/(o.C*float64(o.stride)), 1e200)
}

// A point is the objective and its derivatives at theta.
type point struct {
	theta, grad []float64
	value       float64
	wrong       int       // rows whose label is not the likeliest
	curve       []float64 // second derivatives by pairs of classes; nil where not asked for
}

// at evaluates theta, with second derivatives if curved.
func (o *objective) at(ctx context.Context, theta []float64, curved bool) (*point, error) {
	d, classes := o.dims(), o.Classes
	w := o.byClass(theta)
	gradAt, curveAt := 2, 2+classes*d
	size := curveAt
	if curved {
		size += classes * (classes - 1) / 2 * d * (d + 1) / 2
	}
	parts, err := sweep(ctx, o.Problem, o.stride, size, func(b *block, sum []float64) {
		o.standardise(b)
		b.scores(w)
		loss, wrong := b.softmax(o.ClassWeight)
		sum[0] += loss
		sum[1] += float64(wrong)
		if curved {
			b.addCurve(o.ClassWeight, sum[curveAt:])
		}
		b.residuals(o.ClassWeight)
		b.addProducts(b.p, sum[gradAt:curveAt])
	}, nil)
	if err != nil {
		return nil, err
	}
	total := make([]float64, size)
	for _, part := range parts {
		axpy(1, part, total)
	}
	pt := &point{theta: theta, value: total[0], wrong: int(total[1])}
	pt.grad = o.project(rows(total[gradAt:curveAt], classes))
	if curved {
		pt.curve = total[curveAt:]
	}
	for i, v := range theta {
		pen := o.penalty(i % d)
		pt.value += pen * v * v / 2
		pt.grad[i] += pen * v
	}
	return pt, nil
}

// curveTimes is the product of the second derivatives at theta with v.
func (o *objective) curveTimes(ctx context.Context, theta, v []float64) ([]float64, error) {
	d, classes := o.dims(), o.Classes
	w, dir := o.byClass(theta), o.byClass(v)
	parts, err := sweep(ctx, o.Problem, o.stride, classes*d, func(b *block, sum []float64) {
		o.standardise(b)
		b.scores(w)
		b.softmax(o.ClassWeight)
		b.project(dir, b.t)
		b.spread(o.ClassWeight)
		b.addProducts(b.t, sum)
	}, nil)
	if err != nil {
		return nil, err
	}
	total := make([]float64, classes*d)
	for _, part := range parts {
		axpy(1, part, total)
	}
	out := o.project(rows(total, classes))
	for i, x := range v {
		out[i] += o.penalty(i%d) * x
	}
	return out, nil
}

// standardise fills b.x from b.raw.
func (o *objective) standardise(b *block) {
	for j, raw := range b.raw {
		unit, shift, factor := o.unit[j], o.shift[j], o.factor[j]
		x := b.x[j][:len(b.rows)]
		if len(b.rows) == len(raw) {
			for i, v := range raw {
				x[i] = (v*unit - shift) * factor
			}
			continue
		}
		for i, row := range b.rows {
			x[i] = (raw[row]*unit - shift) * factor
		}
	}
}

func rows(flat []float64, n int) [][]float64 {
	d := len(flat) / n
	out := make([][]float64, n)
	for k := range out {
		out[k] = flat[k*d : (k+1)*d]
	}
	return out
}

func vector(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Data: x, Inc: 1} }

func axpy(a float64, x, y []float64) { blas64.Axpy(a, vector(x), vector(y)) }

func dot(x, y []float64) float64 { return blas64.Dot(vector(x), vector(y)) }
