package kept

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Journal is a file to which lines of JSON are added and from which none is taken. Its
// methods may be called from many goroutines and processes at once.
type Journal struct{ file string }

// OpenJournal returns the journal in a file, which is made with the first line.
func OpenJournal(file string) *Journal { return &Journal{file} }

// Add adds a line. When it returns without an error the line is on the disk.
func (j *Journal) Add(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("writing to the journal: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(j.file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(j.file, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("locking %q: %w", j.file, err)
	}
	at, err := f.Seek(0, 2)
	if err == nil && at > 0 { // what a full disk left of a line ends here
		var last [1]byte
		if _, err = f.ReadAt(last[:], at-1); err == nil && last[0] != '\n' {
			b = append([]byte{'\n'}, b...)
		}
	}
	if err == nil {
		_, err = f.Write(append(b, '\n'))
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("writing to the journal %q: %w", j.file, err)
	}
	return f.Close()
}

// Read calls each with every line, the oldest first, until it returns an error. Lines
// that are no JSON, which a full disk may have left, are passed over.
func (j *Journal) Read(each func(line json.RawMessage) error) error {
	b, err := os.ReadFile(j.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		if json.Valid(s.Bytes()) {
			if err := each(bytes.Clone(s.Bytes())); err != nil {
				return err
			}
		}
	}
	return s.Err()
}
