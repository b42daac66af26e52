// Package remarks keeps what readers dispute: a remark stands with the view it was made
// on until somebody answers it.
//
//	Make ─▶ open ─▶ Answer (a text is wanted) ─▶ answered, kept for whoever asks later
package remarks

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uprava/uprava/dashboards/kept"
)

// Remark is one doubt of a reader.
type Remark struct {
	ID      string    `json:"id"`
	Log     string    `json:"log"`
	Number  string    `json:"number,omitempty"` // key of the number that is disputed, "" for the page as a whole
	View    string    `json:"view"`             // query of the address that shows what was seen
	Shown   string    `json:"shown,omitempty"`  // the value that stood there
	Text    string    `json:"text"`
	Author  string    `json:"author"`
	At      time.Time `json:"at"`
	Answer  string    `json:"answer,omitempty"`
	By      string    `json:"by,omitempty"` // who answered
	Settled time.Time `json:"settled,omitzero"`
}

// Open reports whether the remark waits for an answer.
func (r Remark) Open() bool { return r.Settled.IsZero() }

// Longest is how long a remark or an answer may be, in characters.
const Longest = 4000

// ErrEmpty says that a text is wanted.
var ErrEmpty = errors.New("a remark and its answer need a text")

// ErrTooLong says that a text is too long.
var ErrTooLong = fmt.Errorf("a text of at most %d characters is wanted", Longest)

// ErrAnswered says that somebody answered before.
var ErrAnswered = errors.New("the remark was answered already")

// List is the remarks of a data folder. Its methods may be called from many goroutines
// and processes at once.
type List struct{ folder kept.Folder }

// Open returns the remarks in a folder.
func Open(dir string) *List { return &List{kept.Open(dir)} }

func checked(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", ErrEmpty
	case utf8.RuneCountInString(text) > Longest:
		return "", ErrTooLong
	}
	return text, nil
}

// Make keeps a new remark and returns it with its identifier.
func (l *List) Make(r Remark) (Remark, error) {
	var err error
	if r.Text, err = checked(r.Text); err != nil {
		return r, err
	}
	var name [6]byte
	if _, err := rand.Read(name[:]); err != nil {
		return r, err
	}
	r.ID = r.At.UTC().Format("20060102-150405-") + hex.EncodeToString(name[:])
	r.Answer, r.By, r.Settled = "", "", time.Time{}
	_, err = l.folder.Write(r.ID, r, "")
	return r, err
}

// Answer settles a remark; ErrAnswered where another was faster, kept.ErrNotFound where
// there is none.
func (l *List) Answer(id, text, by string, at time.Time) (Remark, error) {
	var r Remark
	text, err := checked(text)
	if err != nil {
		return r, err
	}
	base, err := l.folder.Read(id, &r)
	if err != nil {
		return r, err
	}
	if !r.Open() {
		return r, ErrAnswered
	}
	r.Answer, r.By, r.Settled = text, by, at
	if _, err = l.folder.Write(id, r, base); err != nil {
		var conflict *kept.ConflictError
		if errors.As(err, &conflict) {
			return r, ErrAnswered
		}
	}
	return r, err
}

// Of returns the remarks of a log, of all logs for "", the open ones first, then the
// newest first.
func (l *List) Of(log string) ([]Remark, error) {
	entries, err := l.folder.List()
	if err != nil {
		return nil, err
	}
	var out []Remark
	for _, e := range entries {
		var r Remark
		if _, err := l.folder.Read(e.ID, &r); err != nil {
			if errors.Is(err, kept.ErrNotFound) {
				continue
			}
			return nil, err
		}
		if log == "" || r.Log == log {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Remark) int {
		if a.Open() != b.Open() {
			if a.Open() {
				return -1
			}
			return 1
		}
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}
