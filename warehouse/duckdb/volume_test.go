package duckdb_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

// memVolume is a volume for tests.
type memVolume struct {
	mu     sync.Mutex
	stages map[stage.Name]*memStage
}

type memStage struct {
	mu      sync.Mutex
	info    stage.Info
	objects map[string]memObject
}

type memObject struct {
	stage.Object
	content []byte
}

// day is when everything in a memory volume was made.
var day = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func (m *memVolume) Stage(_ context.Context, name stage.Name) (stage.Stage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if st := m.stages[name]; st != nil {
		return st, nil
	}
	return nil, fmt.Errorf("stage %s %w", name, stage.ErrNotExist)
}

func (m *memVolume) Create(_ context.Context, name stage.Name, comment string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stages[name] != nil {
		return fmt.Errorf("stage %s %w", name, stage.ErrExist)
	}
	if m.stages == nil {
		m.stages = map[stage.Name]*memStage{}
	}
	m.stages[name] = &memStage{info: stage.Info{Name: name, Created: day, Comment: comment}, objects: map[string]memObject{}}
	return nil
}

func (m *memVolume) Drop(_ context.Context, name stage.Name) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stages[name] == nil {
		return fmt.Errorf("stage %s %w", name, stage.ErrNotExist)
	}
	delete(m.stages, name)
	return nil
}

func (m *memVolume) Stages(context.Context) iter.Seq2[stage.Info, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	infos := slices.SortedFunc(maps.Keys(m.stages), func(a, b stage.Name) int { return strings.Compare(a.String(), b.String()) })
	return func(yield func(stage.Info, error) bool) {
		for _, name := range infos {
			if !yield(m.stages[name].info, nil) {
				return
			}
		}
	}
}

func (st *memStage) Put(_ context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
	if err := stage.CheckName(name); err != nil {
		return stage.Object{}, err
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return stage.Object{}, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if _, ok := st.objects[name]; ok && opts.KeepExisting {
		return stage.Object{}, fmt.Errorf("%s %w", name, stage.ErrExist)
	}
	sum := md5.Sum(content)
	o := stage.Object{Name: name, Size: int64(len(content)), MD5: hex.EncodeToString(sum[:]), Modified: day}
	st.objects[name] = memObject{o, content}
	return o, nil
}

func (st *memStage) Open(_ context.Context, name string) (io.ReadCloser, stage.Object, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	o, ok := st.objects[name]
	if !ok {
		return nil, stage.Object{}, fmt.Errorf("%s %w", name, stage.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(o.content)), o.Object, nil
}

func (st *memStage) List(_ context.Context, prefix string) iter.Seq2[stage.Object, error] {
	return func(yield func(stage.Object, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(st.objects)) {
			if strings.HasPrefix(name, prefix) && !yield(st.objects[name].Object, nil) {
				return
			}
		}
	}
}

func (st *memStage) Remove(_ context.Context, name string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if _, ok := st.objects[name]; !ok {
		return fmt.Errorf("%s %w", name, stage.ErrNotExist)
	}
	delete(st.objects, name)
	return nil
}
