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

// softmax turns scores into probabilities and leaves each row's cross-entropy
// in b.work. It counts the rows whose label is not the likeliest.
//
// Both the loss and the probabilities of the other classes keep their digits
// where a row is all but certain: the likeliest class counts as exactly 1 and
// the rest go through log1p.
func (b *block) softmax() (wrong int) {
	for i, row := range b.rows {
		y := b.labels[row]
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
		b.work[i] = math.Log1p(rest) + top - own
		if best != int(y) {
			wrong++
		}
	}
	return wrong
}

// loss sums the cross-entropies that softmax left.
func (b *block) loss(weight []float64) float64 {
	sum := 0.0
	for i, row := range b.rows {
		sum += weight[b.labels[row]] * b.work[i]
	}
	return sum
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
