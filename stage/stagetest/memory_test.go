package stagetest

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

// memory is a volume in memory that keeps every promise, for the kit's own test
// to break.
type memory struct {
	mu     sync.Mutex
	stages map[stage.Name]*kept
}

type kept struct {
	v       *memory
	name    stage.Name
	info    stage.Info
	objects map[string]object
}

type object struct {
	text     string
	modified time.Time
}

func newMemory() *memory { return &memory{stages: map[stage.Name]*kept{}} }

func (m *memory) Stage(_ context.Context, name stage.Name) (stage.Stage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.stages[name]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("stage %s: %w", name, stage.ErrNotExist)
}

func (m *memory) Create(_ context.Context, name stage.Name, comment string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stages[name] != nil {
		return stage.ErrExist
	}
	m.stages[name] = &kept{v: m, name: name, info: stage.Info{Name: name, Created: time.Now(), Comment: comment}, objects: map[string]object{}}
	return nil
}

func (m *memory) Drop(_ context.Context, name stage.Name) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stages[name] == nil {
		return stage.ErrNotExist
	}
	delete(m.stages, name)
	return nil
}

func (m *memory) Stages(context.Context) iter.Seq2[stage.Info, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []stage.Info
	for _, s := range m.stages {
		all = append(all, s.info)
	}
	slices.SortFunc(all, func(a, b stage.Info) int {
		return slices.Compare([]string{a.Database, a.Schema, a.Stage}, []string{b.Database, b.Schema, b.Stage})
	})
	return func(yield func(stage.Info, error) bool) {
		for _, info := range all {
			if !yield(info, nil) {
				return
			}
		}
	}
}

func (s *kept) Put(ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
	if err := stage.CheckName(name); err != nil {
		return stage.Object{}, err
	}
	text, err := io.ReadAll(r)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return stage.Object{}, err
	}
	s.v.mu.Lock()
	defer s.v.mu.Unlock()
	if s.v.stages[s.name] != s {
		return stage.Object{}, stage.ErrNotExist
	}
	if _, there := s.objects[name]; there && opts.KeepExisting {
		return stage.Object{}, stage.ErrExist
	}
	s.objects[name] = object{string(text), time.Now()}
	return s.objects[name].as(name), nil
}

func (o object) as(name string) stage.Object {
	sum := md5.Sum([]byte(o.text))
	return stage.Object{Name: name, Size: int64(len(o.text)), MD5: hex.EncodeToString(sum[:]), Modified: o.modified}
}

func (s *kept) Open(_ context.Context, name string) (io.ReadCloser, stage.Object, error) {
	if err := stage.CheckName(name); err != nil {
		return nil, stage.Object{}, err
	}
	s.v.mu.Lock()
	defer s.v.mu.Unlock()
	o, there := s.objects[name]
	if !there {
		return nil, stage.Object{}, stage.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader([]byte(o.text))), o.as(name), nil
}

func (s *kept) List(_ context.Context, prefix string) iter.Seq2[stage.Object, error] {
	s.v.mu.Lock()
	defer s.v.mu.Unlock()
	var all []stage.Object
	for name, o := range s.objects {
		if strings.HasPrefix(name, prefix) {
			all = append(all, o.as(name))
		}
	}
	slices.SortFunc(all, func(a, b stage.Object) int { return strings.Compare(a.Name, b.Name) })
	return func(yield func(stage.Object, error) bool) {
		for _, o := range all {
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (s *kept) Remove(_ context.Context, name string) error {
	if err := stage.CheckName(name); err != nil {
		return err
	}
	s.v.mu.Lock()
	defer s.v.mu.Unlock()
	if _, there := s.objects[name]; !there {
		return stage.ErrNotExist
	}
	delete(s.objects, name)
	return nil
}
