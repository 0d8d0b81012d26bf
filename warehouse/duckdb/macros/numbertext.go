package macros

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/numbermodel"
)

// models are the format models of numbers that were read, the first of them:
// models can be as many as the rows of a table.
var (
	models     sync.Map
	modelCount atomic.Int64
)

const keptModels = 1000

// modelAndText splits what the macros hand over: the model, 0x1F, the text.
func modelAndText(src []byte) (m *numbermodel.Model, text string, err error) {
	model, rest, _ := bytes.Cut(src, []byte{0x1f})
	if m, ok := models.Load(string(model)); ok {
		return m.(*numbermodel.Model), string(rest), nil
	}
	if m, err = numbermodel.New(string(model)); err != nil {
		return nil, "", fmt.Errorf("[100140:22007] Invalid number format: %w", err)
	}
	if modelCount.Add(1) <= keptModels {
		models.Store(string(model), m)
	}
	return m, string(rest), nil
}

// formatNumber is TO_CHAR of a number with a model.
func formatNumber(dst, src []byte) ([]byte, bool, error) {
	m, text, err := modelAndText(src)
	if err != nil {
		return nil, false, err
	}
	out, err := m.Format(text)
	if err != nil {
		return nil, false, fmt.Errorf("[100038:22018] Numeric value is not recognized: %w", err)
	}
	return append(dst, out...), true, nil
}

// parseNumber is TO_NUMBER with a model, before the number gets its type.
func parseNumber(dst, src []byte) ([]byte, bool, error) {
	m, text, err := modelAndText(src)
	if err != nil {
		return nil, false, err
	}
	out, err := m.Parse(text)
	if err != nil {
		model, _, _ := bytes.Cut(src, []byte{0x1f})
		return nil, false, fmt.Errorf("[100140:22007] Can't parse '%s' as number with format '%s'", text, model)
	}
	return append(dst, out...), true, nil
}
