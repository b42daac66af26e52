package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/uprava/uprava/dashboards/kept"
)

// Lasting is how long a session lasts: a working day, and no longer.
const Lasting = 12 * time.Hour

// session is what is kept of one; its key is the hash of the token that its reader
// holds.
type session struct {
	Code  string    `json:"code"` // ID of the code that opened it
	Until time.Time `json:"until"`
}

// sessions are open until they end, their reader leaves, or their code is removed;
// also over a restart of the server.
type sessions struct {
	folder kept.Folder
	mu     sync.Mutex
	open   map[string]session
}

const sessionsDocument = "sessions"

func openSessions(dir string) (*sessions, error) {
	s := &sessions{folder: kept.Open(dir), open: map[string]session{}}
	if _, err := s.folder.Read(sessionsDocument, &s.open); err != nil && !errors.Is(err, kept.ErrNotFound) {
		return nil, fmt.Errorf("reading the sessions of readers: %w; delete the file, and everybody enters the code again", err)
	}
	return s, nil
}

func key(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// begin opens a session and returns its token.
func (s *sessions) begin(code string, now time.Time) (string, error) {
	token := rand.Text() + rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[key(token)] = session{code, now.Add(Lasting)}
	maps.DeleteFunc(s.open, func(_ string, x session) bool { return !now.Before(x.Until) })
	if err := s.keep(); err != nil {
		delete(s.open, key(token))
		return "", err
	}
	return token, nil
}

// code is the ID of the code that opened a session; "" where none is open.
func (s *sessions) code(token string, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.open[key(token)]; now.Before(x.Until) {
		return x.Code
	}
	return ""
}

func (s *sessions) end(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.open[key(token)]; !ok {
		return nil
	}
	delete(s.open, key(token))
	return s.keep()
}

// keep writes the sessions; this process is the only one that does.
func (s *sessions) keep() error {
	var before map[string]session
	revision, err := s.folder.Read(sessionsDocument, &before)
	if err != nil && !errors.Is(err, kept.ErrNotFound) {
		return err
	}
	_, err = s.folder.Write(sessionsDocument, s.open, revision)
	return err
}
