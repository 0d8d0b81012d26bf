package fit

import (
	"context"
	"math"
)

// A scale turns raw columns into columns of about zero mean and unit spread:
// x̃ = (x*unit - shift) * factor. unit is a power of two, so that x*unit is
// exact and squares of it neither overflow nor vanish.
type scale struct {
	unit, shift, factor []float64
	constant            []int
}

// rate is dx̃/dx of feature j, as one number.
func (s *scale) rate(j int) float64 { return s.unit[j] * s.factor[j] }

func newScale(ctx context.Context, p *Problem) (*scale, error) {
	d := p.Features
	s := &scale{unit: make([]float64, d), shift: make([]float64, d), factor: make([]float64, d)}
	low, high, err := s.ranges(ctx, p)
	if err != nil {
		return nil, err
	}
	mid := make([]float64, d)
	for j := range d {
		top := max(math.Abs(low[j]), math.Abs(high[j]))
		s.unit[j] = powerOfTwo(top)
		if !p.NoIntercept {
			mid[j] = low[j]*s.unit[j]/2 + high[j]*s.unit[j]/2
		}
	}
	mean, spread, err := s.moments(ctx, p, mid)
	if err != nil {
		return nil, err
	}
	for j := range d {
		s.factor[j] = 1
		if !p.NoIntercept {
			s.shift[j] = mid[j] + mean[j]
			spread[j] -= mean[j] * mean[j]
			if low[j] == high[j] {
				s.constant = append(s.constant, j)
				s.shift[j] = low[j] * s.unit[j]
				continue
			}
		}
		if sd := math.Sqrt(max(spread[j], 0)); sd > 0 {
			s.factor[j] = 1 / sd
		} else if low[j] != high[j] {
			s.factor[j] = 1 / (high[j]*s.unit[j] - low[j]*s.unit[j])
		}
	}
	return s, nil
}

// powerOfTwo is the one that brings x to between 1/2 and 1, as far as floats go.
func powerOfTwo(x float64) float64 {
	if x == 0 {
		return 1
	}
	_, exp := math.Frexp(x)
	return math.Ldexp(1, min(max(-exp, -1022), 1022))
}

func (s *scale) ranges(ctx context.Context, p *Problem) (low, high []float64, err error) {
	low, high = make([]float64, p.Features), make([]float64, p.Features)
	for j := range low {
		low[j], high[j] = math.Inf(1), math.Inf(-1)
	}
	sums, err := sweep(ctx, p, 1, 2*p.Features, func(b *block, part []float64) {
		for j, col := range b.raw {
			lo, hi := part[2*j], part[2*j+1]
			for _, i := range b.rows {
				lo, hi = min(lo, col[i]), max(hi, col[i])
			}
			part[2*j], part[2*j+1] = lo, hi
		}
	}, func(part []float64) {
		for j := range p.Features {
			part[2*j], part[2*j+1] = math.Inf(1), math.Inf(-1)
		}
	})
	for _, part := range sums {
		for j := range low {
			low[j], high[j] = min(low[j], part[2*j]), max(high[j], part[2*j+1])
		}
	}
	return low, high, err
}

// moments are the mean and the mean square of x*unit - mid.
func (s *scale) moments(ctx context.Context, p *Problem, mid []float64) (mean, square []float64, err error) {
	mean, square = make([]float64, p.Features), make([]float64, p.Features)
	parts, err := sweep(ctx, p, 1, 2*p.Features+1, func(b *block, part []float64) {
		part[2*p.Features] += float64(len(b.rows))
		for j, col := range b.raw {
			var sum, sq float64
			for _, i := range b.rows {
				v := col[i]*s.unit[j] - mid[j]
				sum += v
				sq += v * v
			}
			part[2*j] += sum
			part[2*j+1] += sq
		}
	}, nil)
	rows := 0.0
	for _, part := range parts {
		rows += part[2*p.Features]
		for j := range mean {
			mean[j] += part[2*j]
			square[j] += part[2*j+1]
		}
	}
	for j := range mean {
		mean[j] /= rows
		square[j] /= rows
	}
	return mean, square, err
}
