package split

const (
	stateLen = 624
	middle   = 397
)

// twister is MT19937 as numpy.random.RandomState(seed) sets it up.
type twister struct {
	state [stateLen]uint32
	next  int
}

func newTwister(seed uint32) *twister {
	t := &twister{next: stateLen}
	for i := range t.state {
		t.state[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return t
}

func (t *twister) uint32() uint32 {
	if t.next == stateLen {
		t.refill()
	}
	y := t.state[t.next]
	t.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

func (t *twister) refill() {
	for i := range t.state {
		y := t.state[i]&0x80000000 | t.state[(i+1)%stateLen]&0x7fffffff
		t.state[i] = t.state[(i+middle)%stateLen] ^ y>>1 ^ (y&1)*0x9908b0df
	}
	t.next = 0
}

// interval draws from 0 to limit, both included, as legacy NumPy does: masked
// draws until one fits.
func (t *twister) interval(limit uint32) uint32 {
	mask := limit
	for _, shift := range []int{1, 2, 4, 8, 16} {
		mask |= mask >> shift
	}
	for {
		if v := t.uint32() & mask; v <= limit {
			return v
		}
	}
}

// shuffle is RandomState.shuffle for one dimension.
func (t *twister) shuffle(rows []int32) {
	for i := len(rows) - 1; i > 0; i-- {
		j := t.interval(uint32(i))
		rows[i], rows[j] = rows[j], rows[i]
	}
}

// permutation is RandomState.permutation(n).
func (t *twister) permutation(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	t.shuffle(rows)
	return rows
}
