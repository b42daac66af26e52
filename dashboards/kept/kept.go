// Package kept holds small documents of the data folder that people write and
// change: scenarios, remarks, schedules. A document is one file of JSON, written
// whole or not at all, and carries a revision, so that two who change the same
// document at once never overwrite each other in silence.
//
//	Read ─▶ document, revision ─▶ a person changes it ─▶ Write(document, revision)
//	                                                      └─ ConflictError where another was faster
//
// Left out on purpose: history (keep the folder in git for that) and search.
package kept

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Revision names a state of a document; "" that there is none yet.
type Revision string

// ErrNotFound says that there is no such document.
var ErrNotFound = errors.New("there is no such document")

// ConflictError says that a document is no longer what the writer had read.
type ConflictError struct {
	ID       string
	Found    Revision // what is there now, "" where it was deleted
	Expected Revision
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("writing %q: it was changed meanwhile (revision %q, not %q); read it again and repeat the change", e.ID, e.Found, e.Expected)
}

// Folder is the documents of one kind. Its methods may be called from many
// goroutines and processes at once.
type Folder struct {
	dir string
	mu  *sync.Mutex
}

// Open returns the folder at dir, which is made with the first document.
func Open(dir string) Folder { return Folder{dir, &sync.Mutex{}} }

// suffix of the files that hold documents.
const suffix = ".json"

func (f Folder) file(id string) string {
	return filepath.Join(f.dir, strings.ReplaceAll(url.PathEscape(id), ".", "%2E")+suffix)
}

func revision(b []byte) Revision {
	sum := sha256.Sum256(b)
	return Revision(hex.EncodeToString(sum[:8]))
}

// Read decodes the document id into to and returns its revision; ErrNotFound
// where there is none.
func (f Folder) Read(id string, to any) (Revision, error) {
	b, err := os.ReadFile(f.file(id))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(b, to); err != nil {
		return "", fmt.Errorf("reading %q: %w", f.file(id), err)
	}
	return revision(b), nil
}

// Write keeps doc as id, where the document is still at revision base ("" for one
// that must not exist yet), and returns the new revision. Otherwise nothing is
// written and the error is a *ConflictError.
func (f Folder) Write(id string, doc any, base Revision) (Revision, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return "", fmt.Errorf("writing %q: %w", id, err)
	}
	if id == "" || len(id) > 120 {
		return "", fmt.Errorf("writing %q: a name of 1 to 120 bytes is wanted", id)
	}
	unlock, err := f.lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	if err := f.at(id, base); err != nil {
		return "", err
	}
	if err := Replace(f.file(id), b.Bytes()); err != nil {
		return "", err
	}
	return revision(b.Bytes()), nil
}

// Delete deletes a document that is still at revision base.
func (f Folder) Delete(id string, base Revision) error {
	unlock, err := f.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := f.at(id, base); err != nil {
		return err
	}
	return os.Remove(f.file(id))
}

// at is an error where the document is not at a revision.
func (f Folder) at(id string, base Revision) error {
	found := Revision("")
	b, err := os.ReadFile(f.file(id))
	switch {
	case err == nil:
		found = revision(b)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if found != base {
		return &ConflictError{ID: id, Found: found, Expected: base}
	}
	return nil
}

// Entry is one document of a folder.
type Entry struct {
	ID      string
	Changed time.Time
}

// List returns the documents in the order of their names.
func (f Folder) List() ([]Entry, error) {
	list, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, e := range list {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		if !ok {
			continue
		}
		id, err := url.PathUnescape(name)
		if err != nil {
			continue // not one of ours
		}
		info, err := e.Info()
		if err != nil {
			continue // deleted meanwhile
		}
		out = append(out, Entry{id, info.ModTime()})
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// lock keeps other writers out, of this process and of others.
func (f Folder) lock() (unlock func(), err error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, err
	}
	f.mu.Lock()
	l, err := os.OpenFile(filepath.Join(f.dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		if err = syscall.Flock(int(l.Fd()), syscall.LOCK_EX); err != nil {
			l.Close()
		}
	}
	if err != nil {
		f.mu.Unlock()
		return nil, fmt.Errorf("locking %q: %w", f.dir, err)
	}
	return func() { l.Close(); f.mu.Unlock() }, nil
}

// Replace writes a file whole or not at all, also where the machine loses power
// or the disk is full.
func Replace(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(name), ".writing-*")
	if err != nil {
		return err
	}
	_, err = t.Write(content)
	if err == nil {
		err = t.Sync()
	}
	if e := t.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(t.Name(), name)
	}
	if err != nil {
		os.Remove(t.Name())
		return fmt.Errorf("writing %q: %w", name, err)
	}
	return nil
}
