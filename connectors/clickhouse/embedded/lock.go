package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// lockName is the lock file inside a data directory. The lock is the kernel's
// (flock) and goes with the process that held it, however it ended; the text
// inside only names the holder.
const lockName = "uprava.lock"

// LockedError says that another process, or this one, holds a data directory.
type LockedError struct {
	Dir     string
	PID     int    // 0 where the holder did not say
	Command string // its command line, passwords left out
}

func (e *LockedError) Error() string {
	who := "another process"
	if e.PID > 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	if e.Command != "" {
		who += fmt.Sprintf(" (%s)", e.Command)
	}
	return fmt.Sprintf("opening the data directory %q: %s holds it", e.Dir, who)
}

type dirLock struct{ f *os.File }

// lockDir takes the lock of dir or returns *LockedError.
func lockDir(dir string) (*dirLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the data directory: %w", err)
	}
	taken, err := flock(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking the data directory %q: %w", dir, err)
	}
	if taken {
		held := &LockedError{Dir: dir}
		held.PID, held.Command = holder(f)
		f.Close()
		return nil, held
	}
	l := &dirLock{f}
	if err := l.write(fmt.Sprintf("%d\n%s\n", os.Getpid(), commandLine(os.Args))); err != nil {
		f.Close()
		return nil, fmt.Errorf("locking the data directory %q: %w", dir, err)
	}
	return l, nil
}

func (l *dirLock) write(s string) error {
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	_, err := l.f.WriteAt([]byte(s), 0)
	return err
}

// release leaves the empty file behind: removing it would let two processes
// lock two files of the same name.
func (l *dirLock) release() error {
	err := l.f.Truncate(0)
	if cerr := l.f.Close(); err == nil {
		err = cerr
	}
	return err
}

func holder(f *os.File) (pid int, command string) {
	b := make([]byte, 4096)
	n, _ := f.ReadAt(b, 0)
	first, rest, _ := strings.Cut(string(b[:n]), "\n")
	pid, _ = strconv.Atoi(first)
	return pid, strings.TrimSpace(rest)
}

var credentials = regexp.MustCompile(`://[^@/\s]*@`)

// commandLine joins a command's arguments for people, without the passwords of
// URLs, on one line of at most 200 characters.
func commandLine(args []string) string {
	s := []rune(credentials.ReplaceAllString(strings.Join(strings.Fields(strings.Join(args, " ")), " "), "://…@"))
	if len(s) > 200 {
		s = append(s[:199], '…')
	}
	return string(s)
}
