package fit

import "math"

// scores fills b.p with w·x, class by class.
func (b *block) scores(w [][]float64) { b.project(w, b.p) }

func (b *block) project(w, out [][]float64) {
	n := len(b.rows)
	for k := range out {
		s := out[k][:n]
		clear(s)
		for j, c := range w[k] {
			if c != 0 {
				axpy(c, b.x[j][:n], s)
			}
		}
	}
}

// softmax turns scores into probabilities. It returns the sum of the weighted
// cross-entropies and the number of rows whose label is not the likeliest.
//
// The loss keeps its digits where a row is all but certain: the likeliest
// class counts as exactly 1, and a small rest goes through log1p. Other rows'
// logarithms are taken of products of many, class by class.
func (b *block) softmax(weight []float64) (loss float64, wrong int) {
	clear(b.logs)
	for k := range b.products {
		b.products[k] = 1
	}
	for i, row := range b.rows {
		y := int(b.labels[row])
		best := 0
		for k := 1; k < len(b.p); k++ {
			if b.p[k][i] > b.p[best][i] {
				best = k
			}
		}
		top, own := b.p[best][i], b.p[y][i]
		rest := 0.0
		for k := range b.p {
			if k != best {
				e := math.Exp(b.p[k][i] - top)
				b.p[k][i] = e
				rest += e
			}
		}
		b.p[best][i] = 1
		norm := 1 / (1 + rest)
		for k := range b.p {
			b.p[k][i] *= norm
		}
		b.logs[y] += top - own
		if rest < 1e-4 {
			b.logs[y] += math.Log1p(rest)
		} else if b.products[y] *= 1 + rest; b.products[y] > 1e200 {
			b.logs[y] += math.Log(b.products[y])
			b.products[y] = 1
		}
		if best != y {
			wrong++
		}
	}
	for k, w := range weight {
		loss += w * (b.logs[k] + math.Log(b.products[k]))
	}
	return loss, wrong
}

// residuals turns probabilities into derivatives of the loss by the scores.
func (b *block) residuals(weight []float64) {
	for i, row := range b.rows {
		y := b.labels[row]
		others := 0.0
		for k := range b.p {
			if k != int(y) {
				b.p[k][i] *= weight[y]
				others += b.p[k][i]
			}
		}
		b.p[y][i] = -others
	}
}

// spread turns the scores b.t of a direction into the second derivative's
// product with them.
func (b *block) spread(weight []float64) {
	for i, row := range b.rows {
		mean := 0.0
		for k := range b.p {
			mean += b.p[k][i] * b.t[k][i]
		}
		w := weight[b.labels[row]]
		for k := range b.p {
			b.t[k][i] = w * b.p[k][i] * (b.t[k][i] - mean)
		}
	}
}

// addProducts adds r[k]·x[j] to sum, class by class.
func (b *block) addProducts(r [][]float64, sum []float64) {
	n, at := len(b.rows), 0
	for k := range r {
		for j := range b.x {
			sum[at] += dot(r[k][:n], b.x[j][:n])
			at++
		}
	}
}

// addCurve adds, for each pair of classes k < l, the lower triangle of
// Σ weight p_k p_l x xᵀ. These matrices determine all second derivatives.
func (b *block) addCurve(weight, sum []float64) {
	n, at := len(b.rows), 0
	both, tx := b.work[:n], b.t[0][:n]
	for k := range b.p {
		for l := k + 1; l < len(b.p); l++ {
			for i, row := range b.rows {
				both[i] = weight[b.labels[row]] * b.p[k][i] * b.p[l][i]
			}
			for j := range b.x {
				x := b.x[j][:n]
				for i, v := range both {
					tx[i] = v * x[i]
				}
				for m := 0; m <= j; m++ {
					sum[at] += dot(tx, b.x[m][:n])
					at++
				}
			}
		}
	}
}
