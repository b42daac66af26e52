// Package archive keeps every report that was made, with what it was made from and
// where it went.
//
//	Record, files ─▶ Put ─▶ FOLDER/ID/manifest.json, files, deliveries.json
//	                          └▶ List, Read, File
//
// A record appears whole or not at all: it is written beside its place and renamed.
// Its manifest does not change any more; deliveries are a file of their own, replaced
// whole with each. Nothing is ever deleted.
package archive

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/uprava/uprava/dashboards/kept"
)

// File is one file of a record.
type File struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
	Data   []byte `json:"-"`
}

// Record is a report that was made: the manifest.
type Record struct {
	ID      string            `json:"id"`
	Entry   string            `json:"entry,omitempty"` // of the schedule; "" for one made by hand
	Of      string            `json:"of"`
	Title   string            `json:"title"`
	Lang    string            `json:"lang"`
	Period  string            `json:"period"`
	AsOf    time.Time         `json:"as_of"`
	Made    time.Time         `json:"made"`
	Version string            `json:"version"`     // of the program
	Inputs  map[string]string `json:"inputs"`      // what it was made from, each with its hash or state
	Hash    string            `json:"inputs_hash"` // of all of them
	Files   []File            `json:"files"`
	// Plain and HTML are the body of the mail that carries the files.
	Plain string `json:"plain"`
	HTML  string `json:"html,omitempty"`
	// Deliveries are not part of the manifest.
	Deliveries []Delivery `json:"-"`
}

// Delivery says that a record arrived.
type Delivery struct {
	To string    `json:"to"` // "mail:ADDRESS" or "folder:PATH"
	At time.Time `json:"at"`
}

// Delivered reports whether the record has arrived at a target.
func (r *Record) Delivered(to string) bool {
	return slices.ContainsFunc(r.Deliveries, func(d Delivery) bool { return d.To == to })
}

// ErrNotFound says that there is no such record or file.
var ErrNotFound = errors.New("there is no such report in the archive")

// Folder is an archive on disk.
type Folder struct {
	Dir string
	// Replace writes a file whole or not at all; nil for kept.Replace. Tests fill the
	// disk with it.
	Replace func(name string, content []byte) error
}

func (f Folder) replace(name string, content []byte) error {
	if f.Replace != nil {
		return f.Replace(name, content)
	}
	return kept.Replace(name, content)
}

var plainName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,119}$`)

func (f Folder) at(id string) (string, error) {
	if !plainName.MatchString(id) {
		return "", fmt.Errorf("report %q: %w", id, ErrNotFound)
	}
	return filepath.Join(f.Dir, id), nil
}

const (
	manifest   = "manifest.json"
	deliveries = "deliveries.json"
)

// Put keeps a record with its files. One of its ID that is there already is left as it
// is, and returned.
func (f Folder) Put(r *Record) (*Record, error) {
	if old, err := f.Read(r.ID); err == nil || !errors.Is(err, ErrNotFound) {
		return old, err
	}
	place, err := f.at(r.ID)
	if err != nil {
		return nil, err
	}
	for i := range r.Files {
		file := &r.Files[i]
		if !plainName.MatchString(file.Name) || file.Name == manifest || file.Name == deliveries {
			return nil, fmt.Errorf("keeping the report %q: a file cannot be named %q", r.ID, file.Name)
		}
		sum := sha256.Sum256(file.Data)
		file.SHA256, file.Bytes = hex.EncodeToString(sum[:]), len(file.Data)
	}
	text, err := encode(r)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return nil, Words("keeping the report", f.Dir, err)
	}
	beside, err := os.MkdirTemp(f.Dir, ".writing-")
	if err != nil {
		return nil, Words("keeping the report", f.Dir, err)
	}
	defer os.RemoveAll(beside)
	for _, file := range r.Files {
		if err := f.replace(filepath.Join(beside, file.Name), file.Data); err != nil {
			return nil, Words("keeping the report", f.Dir, err)
		}
	}
	if err := f.replace(filepath.Join(beside, manifest), text); err != nil {
		return nil, Words("keeping the report", f.Dir, err)
	}
	if err := os.Rename(beside, place); err != nil {
		return nil, Words("keeping the report", f.Dir, err)
	}
	return f.Read(r.ID)
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("keeping the report: %w", err)
	}
	return b.Bytes(), nil
}

// Read returns the record of an ID, without the contents of its files.
func (f Folder) Read(id string) (*Record, error) {
	place, err := f.at(id)
	if err != nil {
		return nil, err
	}
	r := &Record{}
	if err := decode(filepath.Join(place, manifest), r); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("report %q: %w", id, ErrNotFound)
	} else if err != nil {
		return nil, err
	}
	if err := decode(filepath.Join(place, deliveries), &r.Deliveries); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return r, nil
}

func decode(name string, to any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, to); err != nil {
		return fmt.Errorf("reading %q: %w", name, err)
	}
	return nil
}

// File returns the contents of a file of a record and checks that they are those that
// were kept.
func (f Folder) File(id, name string) ([]byte, error) {
	r, err := f.Read(id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(r.Files, func(x File) bool { return x.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("file %q of the report %q: %w", name, id, ErrNotFound)
	}
	data, err := os.ReadFile(filepath.Join(f.Dir, id, name))
	if err != nil {
		return nil, fmt.Errorf("reading the archive: %w", err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != r.Files[i].SHA256 {
		return nil, fmt.Errorf("file %q of the report %q: it was changed after it had been kept", name, id)
	}
	return data, nil
}

// Deliver notes that a record arrived at a target.
func (f Folder) Deliver(id string, d Delivery) error {
	r, err := f.Read(id)
	if err != nil || r.Delivered(d.To) {
		return err
	}
	text, err := encode(append(r.Deliveries, d))
	if err != nil {
		return err
	}
	if err := f.replace(filepath.Join(f.Dir, id, deliveries), text); err != nil {
		return Words("noting the delivery", f.Dir, err)
	}
	return nil
}

// List returns all records, the last made first. A folder that holds no manifest that
// can be read is told in the error beside the others.
func (f Folder) List() ([]Record, error) {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the archive: %w", err)
	}
	var out []Record
	var faults []error
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		r, err := f.Read(e.Name())
		if err != nil {
			faults = append(faults, err)
			continue
		}
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Record) int { return cmp.Or(b.Made.Compare(a.Made), strings.Compare(a.ID, b.ID)) })
	return out, errors.Join(faults...)
}

// Words says of a file that could not be written what a person can do.
func Words(doing, where string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%s in %q: the disk is full; nothing half-written is left; make room or name another folder, it is tried again: %w", doing, where, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s in %q: the folder may not be written to; give the right to write there or name another folder: %w", doing, where, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s in %q: the folder is not there; make it, or connect the drive: %w", doing, where, err)
	}
	return fmt.Errorf("%s in %q: %w", doing, where, err)
}
