package host

import (
	"sync"
	"time"
)

// A watch calls expire once when it was not touched for a while. It does not
// run while it is held.
type watch struct {
	mu    sync.Mutex
	limit time.Duration
	timer *time.Timer
	holds int
}

func newWatch(limit time.Duration, expire func(time.Duration)) *watch {
	w := &watch{limit: limit}
	w.timer = time.AfterFunc(limit, func() { expire(limit) })
	return w
}

// touch begins the while anew.
func (w *watch) touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.holds == 0 {
		w.timer.Reset(w.limit)
	}
}

// hold stops the watch until the release that belongs to it, when the while
// begins anew. It may be held several times over.
func (w *watch) hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holds++
	w.timer.Stop()
}

func (w *watch) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.holds--; w.holds == 0 {
		w.timer.Reset(w.limit)
	}
}
