package fit

import "math"

// result turns a scaled optimum into the raw problem's.
func (o *objective) result(run *descent) *Result {
	r := &Result{
		Objective: run.value, Gap: run.gap, Iterations: run.steps,
		Converged: run.converged, Trace: run.trace,
		Constant: o.constant, Separated: run.wrong == 0, Collinear: run.collinear,
		GradientNorm: o.rawNorm(run.grad),
	}
	w := o.byClass(run.theta)
	if o.Classes == 2 {
		w = w[1:]
	}
	for _, scaled := range w {
		coef := make([]float64, o.Features)
		intercept := 0.0
		if !o.NoIntercept {
			intercept = scaled[o.Features]
		}
		for j := range coef {
			coef[j] = scaled[j] * o.factor[j] * o.unit[j]
			intercept -= scaled[j] * o.factor[j] * o.shift[j]
		}
		r.Coefficients = append(r.Coefficients, coef)
		r.Intercepts = append(r.Intercepts, intercept)
	}
	return r
}

// rawNorm is the largest derivative by a raw coefficient or intercept.
func (o *objective) rawNorm(grad []float64) float64 {
	d := o.dims()
	byClass := o.byClass(grad)
	top := 0.0
	for _, g := range byClass {
		for j := range o.Features {
			raw := g[j] / o.factor[j] / o.unit[j]
			if !o.NoIntercept {
				raw += g[d-1] * (o.shift[j] / o.unit[j])
			}
			top = max(top, math.Abs(raw))
		}
		if !o.NoIntercept {
			top = max(top, math.Abs(g[d-1]))
		}
	}
	return min(top, math.MaxFloat64)
}
