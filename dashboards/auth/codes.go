package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/crypto/argon2"

	"github.com/uprava/uprava/dashboards/kept"
)

// Cost of one hash: the second of the settings that OWASP recommends for
// argon2id, 19 MiB and two passes. The codes are random, so no more is gained by
// more.
const (
	memory, passes, threads = 19 << 10, 2, 1
	saltBytes, hashBytes    = 16, 32
)

// hashing bounds the memory of checks that run at once.
var hashing = make(chan struct{}, 2)

// ErrUnknown says that there is no code of a name.
var ErrUnknown = errors.New("there is no access code of this name")

// Code is what is kept of an access code.
type Code struct {
	Name  string    `json:"name"` // who holds it
	ID    string    `json:"id"`   // the part of the code before the dash, which finds it
	Salt  string    `json:"salt"` // base64
	Hash  string    `json:"hash"` // argon2id of the part after the dash, base64
	Added time.Time `json:"added"`
}

// Codes are the access codes of a data folder. Its methods may be called from many
// goroutines and processes at once.
type Codes struct{ folder kept.Folder }

// document is the file of the codes below their folder.
const document = "codes"

// OpenCodes returns the codes in a folder, which is made with the first of them.
func OpenCodes(dir string) *Codes { return &Codes{kept.Open(dir)} }

// List returns the codes by name.
func (c *Codes) List() ([]Code, error) {
	list, _, err := c.read()
	return list, err
}

func (c *Codes) read() ([]Code, kept.Revision, error) {
	var list []Code
	revision, err := c.folder.Read(document, &list)
	if errors.Is(err, kept.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading the access codes: %w", err)
	}
	return list, revision, nil
}

// change writes what f makes of the codes, again where another was faster.
func (c *Codes) change(f func([]Code) ([]Code, error)) error {
	for {
		list, revision, err := c.read()
		if err != nil {
			return err
		}
		if list, err = f(list); err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b Code) int { return strings.Compare(a.Name, b.Name) })
		_, err = c.folder.Write(document, list, revision)
		var faster *kept.ConflictError
		if !errors.As(err, &faster) {
			return err
		}
	}
}

// Add makes a code for a name that has none yet and returns it. It is not to be had
// a second time.
func (c *Codes) Add(name string, now time.Time) (string, error) {
	if err := validName(name); err != nil {
		return "", err
	}
	id, secret, salt := rand.Text()[:8], rand.Text(), make([]byte, saltBytes)
	rand.Read(salt)
	added := Code{Name: name, ID: id, Salt: base64.StdEncoding.EncodeToString(salt), Hash: base64.StdEncoding.EncodeToString(hash(secret, salt)), Added: now.UTC().Truncate(time.Second)}
	err := c.change(func(list []Code) ([]Code, error) {
		if slices.ContainsFunc(list, func(k Code) bool { return k.Name == name }) {
			return nil, fmt.Errorf("adding an access code: %q has one already; remove it first, or choose another name", name)
		}
		return append(list, added), nil
	})
	if err != nil {
		return "", err
	}
	return id + "-" + secret, nil
}

// Remove takes the code of a name away; ErrUnknown where there is none.
func (c *Codes) Remove(name string) error {
	return c.change(func(list []Code) ([]Code, error) {
		i := slices.IndexFunc(list, func(k Code) bool { return k.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("removing the access code of %q: %w; `uprava access list` shows all", name, ErrUnknown)
		}
		return slices.Delete(list, i, i+1), nil
	})
}

func validName(name string) error {
	if n := len([]rune(name)); n == 0 || n > 60 || strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("adding an access code: name %q: wanted 1 to 60 printable characters with no space at either end", name)
	}
	return nil
}

// find returns the code that text is. It takes as long for a code whose first part
// nobody holds as for one whose second part is wrong.
func find(list []Code, text string) (Code, bool) {
	id, secret, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(text)), "-")
	held, known := Code{}, 0
	for _, k := range list {
		if subtle.ConstantTimeCompare([]byte(k.ID), []byte(id)) == 1 {
			held, known = k, 1
		}
	}
	salt, err := base64.StdEncoding.DecodeString(held.Salt)
	want, wrong := base64.StdEncoding.DecodeString(held.Hash)
	if known == 0 || err != nil || wrong != nil || len(want) != hashBytes {
		salt, want, known = make([]byte, saltBytes), make([]byte, hashBytes), 0
	}
	same := subtle.ConstantTimeCompare(hash(secret, salt), want)
	return held, same&known == 1
}

func hash(secret string, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(secret), salt, passes, memory, threads, hashBytes)
}
