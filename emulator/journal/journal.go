package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"
)

// A Request is one that was to change something.
type Request struct {
	QueryID string          `json:"q"`
	Outcome json.RawMessage `json:"o,omitempty"` // what it was answered with; none if the server ended before it was known
}

// line is one thing that has happened.
type line struct {
	At      int64    `json:"t"` // milliseconds
	Key     string   `json:"k,omitempty"`
	Request *Request `json:"r,omitempty"` // of Key; none to forget it
	Session int64    `json:"s,omitempty"`
	Event   string   `json:"e,omitempty"` // of Session
}

// What happens to a session.
const (
	gone      = "gone"
	began     = "began"
	completed = "completed"
)

// Limits are how much a journal remembers.
type Limits struct {
	Keep     time.Duration // how long, 4 hours if 0
	Requests int           // the newest so many, 10,000 if 0
	Size     int64         // bytes of the file from which on it is made anew, 64 MB if 0
}

// A Journal is one server's. Several goroutines may use it at once; no two
// journals may have the same file. The zero value of a pointer remembers nothing.
type Journal struct {
	path   string
	limits Limits

	mu       sync.Mutex
	file     *os.File
	size     int64
	requests map[string]Request // of the processes before
	sessions map[int64]string
}

// Open reads what earlier processes have left in the file at path and goes on
// in it. The caller closes it.
func Open(path string, limits Limits) (*Journal, error) {
	if limits.Keep == 0 {
		limits.Keep = 4 * time.Hour
	}
	if limits.Requests == 0 {
		limits.Requests = 10_000
	}
	if limits.Size == 0 {
		limits.Size = 64 << 20
	}
	j := &Journal{path: path, limits: limits, requests: map[string]Request{}, sessions: map[int64]string{}}
	lines, err := j.renew()
	if err != nil {
		return nil, fmt.Errorf("the journal of requests: %w", err)
	}
	for _, l := range lines {
		if l.Request != nil {
			j.requests[l.Key] = *l.Request
		}
		if l.Event != "" {
			j.sessions[l.Session] = l.Event
		}
	}
	return j, nil
}

// Earlier is a request that came to an earlier process.
func (j *Journal) Earlier(key string) (Request, bool) {
	if j == nil {
		return Request{}, false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	r, ok := j.requests[key]
	return r, ok
}

// Note notes a request: before it runs, without its outcome, and when that is
// known, before it is answered.
func (j *Journal) Note(key string, r Request) error { return j.write(line{Key: key, Request: &r}) }

// Forget forgets a request, which may then run again.
func (j *Journal) Forget(key string) error { return j.write(line{Key: key}) }

// LoggedOut notes that a session's tokens are worth nothing any more.
func (j *Journal) LoggedOut(session int64) error { return j.write(line{Session: session, Event: gone}) }

// Transaction notes that a session has begun a transaction, or ended it.
func (j *Journal) Transaction(session int64, open bool) error {
	if open {
		return j.write(line{Session: session, Event: began})
	}
	return j.write(line{Session: session, Event: completed})
}

// Gone are the sessions that earlier processes have logged out.
func (j *Journal) Gone() (ids []int64) {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for id, event := range j.sessions {
		if event == gone {
			ids = append(ids, id)
		}
	}
	return ids
}

// Lost reports whether an earlier process ended in the middle of a session's
// transaction. It says so once.
func (j *Journal) Lost(session int64) bool {
	if j == nil {
		return false
	}
	j.mu.Lock()
	lost := j.sessions[session] == began
	if lost {
		delete(j.sessions, session)
	}
	j.mu.Unlock()
	return lost && j.Transaction(session, false) == nil
}

// Close closes the file. Closing twice is harmless.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	f := j.file
	j.file = nil
	return f.Close()
}

// write appends one line, in one write.
func (j *Journal) write(l line) error {
	if j == nil {
		return nil
	}
	l.At = time.Now().UnixMilli()
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return fs.ErrClosed
	}
	n, err := j.file.Write(append(text, '\n'))
	if j.size += int64(n); err == nil && j.size >= j.limits.Size {
		_, err = j.renew()
	}
	return err
}

// renew writes what still matters to a new file, which takes the place of the
// old one, and gives it. j.mu is held, or nobody else has j.
func (j *Journal) renew() ([]line, error) {
	lines, err := j.read()
	if err != nil {
		return nil, err
	}
	lines = j.matter(lines)
	f, err := os.OpenFile(j.path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	for _, l := range lines {
		if err = errors.Join(err, enc.Encode(l)); err != nil {
			break
		}
	}
	if err = errors.Join(err, w.Flush()); err == nil {
		err = os.Rename(f.Name(), j.path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if j.file != nil {
		j.file.Close() // of what it had, all is in the new one
	}
	j.file = f
	info, err := f.Stat()
	if err == nil {
		j.size = info.Size()
	}
	return lines, err
}

// read reads the file, but for a line that a crash tore.
func (j *Journal) read() (lines []line, err error) {
	f, err := os.Open(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var l line
		if json.Unmarshal(in.Bytes(), &l) == nil {
			lines = append(lines, l)
		}
	}
	return lines, in.Err()
}

// matter are the lines that are not too old and not superseded, the newest of
// the requests.
func (j *Journal) matter(lines []line) []line {
	since := time.Now().Add(-j.limits.Keep).UnixMilli()
	type subject struct {
		key     string
		session int64
	}
	seen := map[subject]bool{}
	requests := 0
	var kept []line
	for i := len(lines) - 1; i >= 0; i-- {
		l := lines[i]
		of := subject{l.Key, l.Session}
		if l.At < since || seen[of] {
			continue
		}
		seen[of] = true
		switch {
		case l.Key != "" && (l.Request == nil || requests == j.limits.Requests), l.Event == completed:
			continue
		case l.Key != "":
			requests++
		}
		kept = append(kept, l)
	}
	slices.Reverse(kept)
	return kept
}
