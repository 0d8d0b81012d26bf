package metrics

import "math"

// A Class is how well one class is recognised. A figure that would divide by
// zero is 0, as scikit-learn's is.
type Class struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"` // rows that are of the class
}

// A Counter takes rows and answers with figures about them. Its zero value
// has no classes; see [New]. One goroutine uses it at a time.
type Counter struct {
	Confusion [][]int // [true class][predicted class]

	rows   int
	loss   float64
	second []int // of each true class, the rows whose second class rounds to 1
}

// New returns a counter for classes numbered from 0.
func New(classes int) *Counter {
	c := &Counter{Confusion: make([][]int, classes), second: make([]int, classes)}
	for k := range c.Confusion {
		c.Confusion[k] = make([]int, classes)
	}
	return c
}

// Add counts a row of class truth to which the model gives probabilities p,
// for the first len(p) classes; a later class has probability 0. The answer
// is the likeliest class, the first of equals.
func (c *Counter) Add(truth int, p []float64) {
	best, own := 0, 0.0
	for k, v := range p {
		if v > p[best] {
			best = k
		}
	}
	if truth < len(p) {
		own = p[truth]
	}
	c.rows++
	c.Confusion[truth][best]++
	c.loss -= math.Log(max(own, epsilon))
	if len(p) > 1 && p[1] > 0.5 {
		c.second[truth]++
	}
}

// epsilon is the least probability in a log loss: that of numpy.float64, as
// sklearn.metrics.log_loss has it by default.
const epsilon = 0x1p-52

// Merge adds what other has counted. Merging in a fixed order gives the same
// sum to the bit.
func (c *Counter) Merge(other *Counter) {
	c.rows += other.rows
	c.loss += other.loss
	for k := range other.Confusion {
		c.second[k] += other.second[k]
		for l, n := range other.Confusion[k] {
			c.Confusion[k][l] += n
		}
	}
}

// Rows is how many were added.
func (c *Counter) Rows() int { return c.rows }

// Accuracy is the share of rows whose answer is right; 0 without rows.
func (c *Counter) Accuracy() float64 {
	right := 0
	for k := range c.Confusion {
		right += c.Confusion[k][k]
	}
	return ratio(right, c.rows)
}

// BalancedAccuracy is the mean recall of the classes that have rows.
func (c *Counter) BalancedAccuracy() float64 {
	sum, classes := 0.0, 0
	for _, class := range c.Classes() {
		if class.Support > 0 {
			sum += class.Recall
			classes++
		}
	}
	return sum / float64(max(classes, 1))
}

// LogLoss is the mean of -ln of the probability of a row's own class.
func (c *Counter) LogLoss() float64 { return c.loss / float64(max(c.rows, 1)) }

// Classes has the figures of each class.
func (c *Counter) Classes() []Class {
	out := make([]Class, len(c.Confusion))
	for k, row := range c.Confusion {
		answered := 0
		for l, n := range row {
			out[k].Support += n
			answered += c.Confusion[l][k]
		}
		out[k].Precision = ratio(row[k], answered)
		out[k].Recall = ratio(row[k], out[k].Support)
		out[k].F1 = ratio(2*row[k], out[k].Support+answered)
	}
	return out
}

// Lab is the lab's figure: scikit-learn's balanced_accuracy_score(labels,
// round(probability of the second class)). The rounded probability, 0 or 1, is
// taken for a label, so only classes whose label is the number 0 or 1 are ever
// recognised. labels are the classes' labels as numbers.
func (c *Counter) Lab(labels []float64) float64 {
	sum, classes := 0.0, 0
	for k, class := range c.Classes() {
		if class.Support == 0 {
			continue
		}
		classes++
		switch labels[k] {
		case 1:
			sum += ratio(c.second[k], class.Support)
		case 0:
			sum += ratio(class.Support-c.second[k], class.Support)
		}
	}
	return sum / float64(max(classes, 1))
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
