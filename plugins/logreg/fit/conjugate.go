package fit

import (
	"context"
	"math"
)

// conjugate solves Newton's equation by conjugate gradients, so exactly that
// Newton's method converges faster than linearly.
func (o *objective) conjugate(ctx context.Context, pt *point) ([]float64, error) {
	n := len(pt.grad)
	pre, err := o.preconditioner(ctx)
	if err != nil {
		return nil, err
	}
	x, r := make([]float64, n), make([]float64, n)
	axpy(-1, pt.grad, r)
	z := times(pre, r)
	p := append([]float64(nil), z...)
	rz := dot(r, z)
	enough := rz * min(0.01, rz/(1+math.Abs(pt.value)))
	for range max(2*n, 50) {
		if rz <= enough || rz == 0 {
			break
		}
		hp, err := o.curveTimes(ctx, pt.theta, p)
		if err != nil {
			return nil, err
		}
		bend := dot(p, hp)
		if !(bend > 0) {
			break
		}
		axpy(rz/bend, p, x)
		axpy(-rz/bend, hp, r)
		z = times(pre, r)
		next := dot(r, z)
		for i := range p {
			p[i] = z[i] + next/rz*p[i]
		}
		rz = next
	}
	return x, nil
}

// preconditioner is the inverse of a diagonal like the Hessian's at zero:
// scaled columns have unit mean squares.
func (o *objective) preconditioner(ctx context.Context) ([]float64, error) {
	mass := 0.0
	for _, y := range o.Labels {
		if y != Unused {
			mass += o.ClassWeight[y]
		}
	}
	d := o.dims()
	pre := make([]float64, o.size())
	for i := range pre {
		pre[i] = 1 / (mass/float64(o.Classes*o.stride) + o.penalty(i%d))
	}
	return pre, ctx.Err()
}

func times(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] * b[i]
	}
	return out
}
