package fit

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	denseSize    = 400 // parameters up to which Newton's equation is solved by factoring
	denseClasses = 24  // and classes
	warmStride   = 16  // share of the blocks that the first approximation is fitted on
	warmRows     = 1 << 16
	warmMembers  = 64 // rows of each class the share must have
)

// Fit finds the optimum of p. Perfectly separable, constant and collinear
// columns are fine; the result says so. It ends with ctx.Err() when ctx ends,
// with an error wrapping [ErrProblem] where there is nothing to fit, and never
// with numbers that are not finite.
func Fit(ctx context.Context, p Problem) (*Result, error) {
	p.setDefaults()
	if err := p.check(); err != nil {
		return nil, err
	}
	s, err := newScale(ctx, &p)
	if err != nil {
		return nil, err
	}
	full := newObjective(&p, s, 1)
	start := make([]float64, full.size())
	warm := p.warms()
	if warm {
		first, err := minimise(ctx, newObjective(&p, s, warmStride), start, pace{steps: 20, tol: 1e-8})
		if err != nil {
			return nil, err
		}
		start = first.theta
	}
	run, err := minimise(ctx, full, start, pace{p.MaxIter, p.Tol, warm, p.Progress})
	if err != nil {
		return nil, err
	}
	return full.result(run), nil
}

// warms is whether there are rows enough for a part of them to say nearly
// where the optimum is.
func (p *Problem) warms() bool {
	if len(p.Labels) < warmRows {
		return false
	}
	counts := make([]int, p.Classes)
	for from := 0; from < len(p.Labels); from += blockRows * warmStride {
		for _, y := range p.Labels[from:min(from+blockRows, len(p.Labels))] {
			if y != Unused {
				counts[y]++
			}
		}
	}
	for _, n := range counts {
		if n < warmMembers {
			return false
		}
	}
	return true
}

// A descent is the state of a minimisation.
type descent struct {
	*point
	trace     []float64
	gap       float64
	steps     int
	converged bool
	collinear bool
}

// A pace says how far a minimisation goes, and how.
type pace struct {
	steps    int
	tol      float64
	near     bool // the start is near the optimum: second derivatives serve for several steps
	progress func(step int, objective float64)
}

// minimise runs damped Newton steps from theta. Each step lowers the
// objective, until the Newton decrement says that no more than tol of it is
// left; one more step then takes what rounding leaves.
func minimise(ctx context.Context, o *objective, theta []float64, how pace) (*descent, error) {
	dense := o.size() <= denseSize && o.Classes <= denseClasses
	pt, err := o.at(ctx, theta, dense)
	if err != nil {
		return nil, err
	}
	run := &descent{point: pt, trace: []float64{pt.value}}
	for {
		dir, collinear, err := o.direction(ctx, run.point, dense)
		if err != nil {
			return nil, err
		}
		slope := dot(dir, run.grad)
		run.collinear = collinear
		run.gap = max(-slope/2, 0)
		run.converged = run.gap <= how.tol*run.value
		if run.converged || run.steps == how.steps || slope >= 0 {
			return run, run.polish(ctx, o, dir)
		}
		next, err := o.search(ctx, run.point, dir, slope, dense && !how.near)
		if err != nil {
			return nil, err
		}
		if next == nil { // rounding hides any further descent
			run.converged = run.gap <= max(how.tol, 1e-10)*run.value
			return run, run.polish(ctx, o, dir)
		}
		switch {
		case dense && how.near && norm(next.grad) < norm(run.grad)/10:
			next.curve = run.curve
		case dense && how.near:
			if next, err = o.at(ctx, next.theta, true); err != nil {
				return nil, err
			}
		}
		run.point = next
		run.steps++
		run.trace = append(run.trace, next.value)
		if how.progress != nil {
			how.progress(run.steps, next.value)
		}
	}
}

// polish takes last full steps while they bring the gradient down. By then
// rounding hides what they do to the objective.
func (run *descent) polish(ctx context.Context, o *objective, dir []float64) error {
	for range 3 {
		next, err := o.at(ctx, moved(run.theta, 1, dir), false)
		if err != nil {
			return err
		}
		if !(next.value <= run.value*(1+1e-13)) || !(norm(next.grad) < norm(run.grad)/2) {
			return nil
		}
		next.curve = run.curve
		run.point = next
		if run.curve == nil {
			return nil
		}
		if dir, _, err = o.direction(ctx, run.point, true); err != nil {
			return err
		}
		run.gap = max(-dot(dir, run.grad)/2, 0)
		if run.gap <= 1e-18*run.value {
			return nil
		}
	}
	return nil
}

// search halves the step until the objective falls as Armijo asks. It returns
// nil where no step does.
func (o *objective) search(ctx context.Context, from *point, dir []float64, slope float64, dense bool) (*point, error) {
	for t := 1.0; t > 1e-12; t /= 2 {
		next, err := o.at(ctx, moved(from.theta, t, dir), dense)
		if err != nil {
			return nil, err
		}
		if next.value <= from.value+1e-4*t*slope {
			return next, nil
		}
		if next.value <= from.value && norm(next.grad) < norm(from.grad)/2 {
			return next, nil
		}
	}
	return nil, nil
}

// direction solves Newton's equation at pt.
func (o *objective) direction(ctx context.Context, pt *point, dense bool) (dir []float64, collinear bool, err error) {
	if !dense {
		dir, err = o.conjugate(ctx, pt)
		return dir, false, err
	}
	h := o.hessian(pt.curve)
	n := len(pt.grad)
	unit := make([]float64, n) // brings the diagonal to 1
	for i := range unit {
		unit[i] = 1
		if v := h.At(i, i); v > 0 {
			unit[i] = 1 / math.Sqrt(v)
		}
	}
	rhs := make([]float64, n)
	for i := range n {
		rhs[i] = -pt.grad[i] * unit[i]
		for j := i; j < n; j++ {
			h.SetSym(i, j, h.At(i, j)*unit[i]*unit[j])
		}
	}
	var factor mat.Cholesky
	damping := 0.0
	for next := 1e-14; (!factor.Factorize(h) || factor.Cond() > 1e16) && next < 1e6; next *= 100 {
		collinear = true
		for i := range n {
			h.SetSym(i, i, h.At(i, i)+next-damping)
		}
		damping = next
	}
	collinear = collinear || factor.Cond() > 1e14
	out := mat.NewVecDense(n, nil)
	// The error is that of a bad condition, which collinear tells.
	_ = factor.SolveVecTo(out, mat.NewVecDense(n, rhs))
	dir = out.RawVector().Data
	for i := range dir {
		dir[i] *= unit[i]
	}
	return dir, collinear, nil
}

// hessian puts the second derivatives together from the pairs of classes.
func (o *objective) hessian(curve []float64) *mat.SymDense {
	d, m := o.dims(), o.Classes-1
	h := mat.NewSymDense(m*d, nil)
	raw := h.RawSymmetric()
	at := 0
	for k := range o.Classes {
		for l := k + 1; l < o.Classes; l++ {
			pair := curve[at : at+d*(d+1)/2]
			at += len(pair)
			for a := range m {
				for b := a; b < m; b++ {
					c := (o.basis[k][a] - o.basis[l][a]) * (o.basis[k][b] - o.basis[l][b])
					if c != 0 {
						addTriangle(raw.Data[a*d*raw.Stride+b*d:], raw.Stride, d, c, pair)
					}
				}
			}
		}
	}
	for i := range m * d {
		h.SetSym(i, i, h.At(i, i)+o.penalty(i%d))
	}
	return h
}

// addTriangle adds c times a symmetric matrix, given by its lower triangle,
// to a d by d part of a matrix.
func addTriangle(dst []float64, stride, d int, c float64, lower []float64) {
	at := 0
	for j := range d {
		for m := range j + 1 {
			v := c * lower[at]
			at++
			dst[j*stride+m] += v
			if m != j {
				dst[m*stride+j] += v
			}
		}
	}
}

func moved(theta []float64, t float64, dir []float64) []float64 {
	out := append([]float64(nil), theta...)
	axpy(t, dir, out)
	return out
}

func norm(x []float64) float64 {
	top := 0.0
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	return top
}
