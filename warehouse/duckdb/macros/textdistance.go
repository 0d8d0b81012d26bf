package macros

import (
	"bytes"
	"fmt"
	"strconv"
)

// mostPairs is how many pairs of characters may be looked at: nothing stops a row
// once it is begun.
const mostPairs = 1 << 26

// twoTexts splits what the macros hand over: two texts with 0x1F between.
func twoTexts(src []byte) (a, b []rune, err error) {
	left, right, _ := bytes.Cut(src, []byte{0x1f})
	if a, b = bytes.Runes(left), bytes.Runes(right); len(a)*len(b) > mostPairs {
		return nil, nil, fmt.Errorf("[002019:0A000] Unsupported by Snowpit: how far texts of %d and %d characters are apart; compare parts of at most 8,192", len(a), len(b))
	}
	return a, b, nil
}

// editDistance is how many characters of one text are put in, left out or
// replaced to make the other.
func editDistance(dst, src []byte) ([]byte, bool, error) {
	a, b, err := twoTexts(src)
	if err != nil {
		return nil, false, err
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := 1
			if x == y {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return strconv.AppendInt(dst, int64(row[len(b)]), 10), true, nil
}

// jaroWinkler is how alike two texts are, from 0 to 100.
func jaroWinkler(dst, src []byte) ([]byte, bool, error) {
	a, b, err := twoTexts(src)
	if err != nil {
		return nil, false, err
	}
	similarity := jaro(a, b)
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	similarity += float64(prefix) * 0.1 * (1 - similarity)
	const enough = 1e-9 // what is a whole number but for the rounding
	return strconv.AppendInt(dst, int64(100*similarity+enough), 10), true, nil
}

// jaro is the share of characters that two texts have in common, near to one
// another and in the same order.
func jaro(a, b []rune) float64 {
	near := max(max(len(a), len(b))/2-1, 0)
	inB := make([]bool, len(b))
	var common []rune
	for i, x := range a {
		for j := max(0, i-near); j < min(len(b), i+near+1); j++ {
			if !inB[j] && b[j] == x {
				inB[j] = true
				common = append(common, x)
				break
			}
		}
	}
	if len(common) == 0 {
		return 0
	}
	swapped, k := 0, 0
	for j, used := range inB {
		if used {
			if b[j] != common[k] {
				swapped++
			}
			k++
		}
	}
	m := float64(len(common))
	return (m/float64(len(a)) + m/float64(len(b)) + (m-float64(swapped/2))/m) / 3
}
