package imports

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/dashboards/jobs"
)

// uploads are the files that readers sent and that are not taken in yet. They lie in a
// folder of this process; what a killed process left is cleared away at the next start.
type uploads struct {
	dir  string
	lock *os.File // held for the life of the process

	create func(path string) (io.WriteCloser, error) // a new file; tests put a full disk here

	mu   sync.Mutex
	byID map[string]*upload
}

// upload is one file on its way into the store.
type upload struct {
	ID, Name string // Name as the reader's machine has it, without folders
	Path     string
	Size     int64
	Owner    string
	At       time.Time
	Kind     kind
	SniffErr error // why it is no log

	// Of the work, once it was begun; guarded by uploads.mu.
	Job    *jobs.Job
	Form   url.Values // what the reader said of the file
	Log    string
	Report *connectors.IngestReport
}

// keepUploads is how long a file that nobody goes on with is kept.
const keepUploads = 24 * time.Hour

const lockName = ".lock"

// openUploads clears away what processes that are gone left in root and makes a folder for
// this one.
func openUploads(root string) (*uploads, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	list, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		dir := filepath.Join(root, e.Name())
		if l, err := held(dir); err == nil { // its process is gone
			err = os.RemoveAll(dir)
			l.Close()
			if err != nil {
				return nil, fmt.Errorf("clearing away unfinished uploads: %w", err)
			}
		}
	}
	dir, err := os.MkdirTemp(root, "uploads-")
	if err != nil {
		return nil, err
	}
	l, err := held(dir)
	if err != nil {
		return nil, fmt.Errorf("locking %q: %w", dir, err)
	}
	return &uploads{dir: dir, lock: l, create: create, byID: map[string]*upload{}}, nil
}

func create(path string) (io.WriteCloser, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// held takes the lock of a folder; an error where another process has it.
func held(dir string) (*os.File, error) {
	l, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(l.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// room returns the bytes that are free where uploads lie; negative where that is not
// known.
func (u *uploads) room() int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(u.dir, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize)
}

// take writes a file as it comes and returns it. Where that fails nothing is left.
func (u *uploads) take(owner, name string, from io.Reader) (_ *upload, err error) {
	u.expire(time.Now().Add(-keepUploads))
	id := strings.ToLower(rand.Text()[:16])
	dir := filepath.Join(u.dir, id)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	up := &upload{ID: id, Name: baseName(name), Path: filepath.Join(dir, "file"), Owner: owner, At: time.Now()}
	f, err := u.create(up.Path)
	if err != nil {
		return nil, err
	}
	up.Size, err = io.CopyBuffer(struct{ io.Writer }{f}, from, make([]byte, 1<<20))
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	up.Kind, up.SniffErr = sniff(up.Path)
	u.mu.Lock()
	u.byID[id] = up
	u.mu.Unlock()
	return up, nil
}

// get returns an upload of a reader, nil where there is none (any more).
func (u *uploads) get(id, owner string) *upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	if up := u.byID[id]; up != nil && up.Owner == owner {
		return up
	}
	return nil
}

// of returns the uploads of a reader that are not taken in, the latest first.
func (u *uploads) of(owner string) []*upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []*upload
	for _, up := range u.byID {
		if up.Owner == owner && up.Report == nil {
			out = append(out, up)
		}
	}
	slices.SortFunc(out, func(a, b *upload) int { return b.At.Compare(a.At) })
	return out
}

// change changes an upload while nobody reads it.
func (u *uploads) change(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f()
}

// state returns what is known of the work of an upload.
func (u *uploads) state(up *upload) (j *jobs.Job, log string, report *connectors.IngestReport) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return up.Job, up.Log, up.Report
}

// form returns what was said of an upload when its work was last begun.
func (u *uploads) form(up *upload) url.Values {
	u.mu.Lock()
	defer u.mu.Unlock()
	return up.Form
}

// drop removes the file of an upload, and with forget all that is known of it.
func (u *uploads) drop(up *upload, forget bool) error {
	if forget {
		u.mu.Lock()
		delete(u.byID, up.ID)
		u.mu.Unlock()
	}
	err := os.RemoveAll(filepath.Dir(up.Path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// expire drops uploads that nobody went on with since a moment.
func (u *uploads) expire(before time.Time) {
	u.mu.Lock()
	var old []*upload
	for _, up := range u.byID {
		if up.At.Before(before) && (up.Job == nil || up.Job.Status().Ended()) {
			old = append(old, up)
		}
	}
	u.mu.Unlock()
	for _, up := range old {
		_ = u.drop(up, true) // it is tried again at the next start
	}
}

// baseName is the name of a file without folders of either kind of path and without
// control characters, 200 characters at most.
func baseName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if r := []rune(name); len(r) > 200 {
		name = string(r[:200])
	}
	if strings.TrimSpace(name) == "" {
		return "log"
	}
	return name
}
