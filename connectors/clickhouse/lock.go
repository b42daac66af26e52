package clickhouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/cespare/xxhash/v2"
)

// BusyError says that another ingest, rename or deletion works on a log.
type BusyError struct {
	Log  string
	Host string
	PID  int
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("changing log %q: process %d on %s is changing it; wait for it to end", e.Log, e.PID, e.Host)
}

// The lock of a log is a table: of several that create one only one succeeds, on
// a server as in the embedded engine. Its comment names the holder; its rows are
// the holder's signs of life. A lock whose holder is gone is passed by creating
// the table with the next number, so that no one can drop a lock that is alive.
type lock struct {
	store *Store
	table string
	stop  context.CancelFunc
	beat  sync.WaitGroup
}

// holder is what the comment of a lock says.
type holder struct {
	Log   string `json:"log"`
	Host  string `json:"host"`
	PID   int    `json:"pid"`
	Start string `json:"start"` // of the process, so that a PID used again is told
}

const (
	beatEvery  = 10 * time.Second
	deadAfter  = 60 // seconds without a sign of life
	lockPrefix = "lock_"
)

// lockLog takes the lock of a log by name, or returns *BusyError.
func (s *Store) lockLog(ctx context.Context, name string) (*lock, error) {
	prefix := fmt.Sprintf("%s%016x_", lockPrefix, xxhash.Sum64String(name))
	before, err := s.locks(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("locking log %q: %w", name, err)
	}
	next := 1
	for _, l := range before {
		if l.alive() {
			return nil, &BusyError{name, l.Host, l.PID}
		}
		next = max(next, l.number+1)
	}
	me := holder{Log: name, PID: os.Getpid(), Start: processStart(os.Getpid())}
	me.Host, _ = os.Hostname()
	comment, err := json.Marshal(me)
	if err != nil {
		return nil, fmt.Errorf("locking log %q: %w", name, err)
	}
	table := prefix + strconv.Itoa(next)
	err = s.conn.Exec(ctx, "CREATE TABLE "+table+" (at DateTime64(3, 'UTC')) ENGINE = Memory COMMENT "+quote(string(comment)))
	if ex, ok := errors.AsType[*clickhouse.Exception](err); ok && ex.Code == codeTableExists {
		return nil, s.busy(ctx, name, prefix)
	}
	if err != nil {
		return nil, fmt.Errorf("locking log %q: %w", name, err)
	}
	l := &lock{store: s, table: table}
	after, err := s.locks(ctx, prefix)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking log %q: %w", name, err), l.drop())
	}
	for _, other := range after {
		if other.table == table {
			continue
		}
		if other.alive() {
			return nil, errors.Join(&BusyError{name, other.Host, other.PID}, l.drop())
		}
		if err := s.conn.Exec(ctx, "DROP TABLE IF EXISTS "+other.table+" SYNC"); err != nil {
			return nil, errors.Join(fmt.Errorf("locking log %q: %w", name, err), l.drop())
		}
	}
	beating, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.beat.Go(func() { l.keepAlive(beating) })
	return l, nil
}

const codeTableExists = 57

func (s *Store) busy(ctx context.Context, name, prefix string) error {
	e := &BusyError{Log: name, Host: "another host"}
	if held, err := s.locks(ctx, prefix); err == nil && len(held) > 0 {
		e.Host, e.PID = held[len(held)-1].Host, held[len(held)-1].PID
	}
	return e
}

func (l *lock) keepAlive(ctx context.Context) {
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			// A sign of life that does not arrive shows to others only after several.
			_ = l.store.conn.Exec(ctx, "INSERT INTO "+l.table+" SELECT now64(3)")
		}
	}
}

// release gives the lock back, also when the context of the work is cancelled.
func (l *lock) release() error {
	l.stop()
	l.beat.Wait()
	return l.drop()
}

func (l *lock) drop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := l.store.conn.Exec(ctx, "DROP TABLE IF EXISTS "+l.table+" SYNC"); err != nil {
		return fmt.Errorf("giving back a lock: %w", err)
	}
	return nil
}

// heldLock is a lock that is in the store, its holder alive or not.
type heldLock struct {
	holder
	table  string
	number int
	silent int64 // seconds since the last sign of life
}

func (s *Store) locks(ctx context.Context, prefix string) ([]heldLock, error) {
	rows, err := s.conn.Query(ctx, queries["locks"], clickhouse.Named("prefix", prefix))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []heldLock
	for rows.Next() {
		var l heldLock
		var comment string
		if err := rows.Scan(&l.table, &comment, &l.silent); err != nil {
			return nil, err
		}
		_ = json.Unmarshal([]byte(comment), &l.holder) // an unreadable one has no live holder
		_, digits, _ := strings.Cut(strings.TrimPrefix(l.table, lockPrefix), "_")
		l.number, _ = strconv.Atoi(digits)
		out = append(out, l)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].silent <= deadAfter {
			continue
		}
		var beat int64
		err := s.conn.QueryRow(ctx, "SELECT dateDiff('second', max(at), now64(3)) FROM "+out[i].table).Scan(&beat)
		if err == nil {
			out[i].silent = min(out[i].silent, beat)
		}
	}
	return out, nil
}

// alive reports whether the holder still works: on this host by looking for its
// process, elsewhere by its signs of life.
func (l *heldLock) alive() bool {
	if l.PID == 0 {
		return false
	}
	if host, err := os.Hostname(); err == nil && host == l.Host && !processAlive(l.PID, l.Start) {
		return false
	}
	return l.silent <= deadAfter
}

// processStart returns what tells a process from another of the same PID; ""
// where the system does not say.
func processStart(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The command in brackets may hold spaces; the start is field 22 of all.
	_, rest, _ := strings.Cut(string(b[strings.LastIndexByte(string(b), ')')+1:]), " ")
	if f := strings.Fields(rest); len(f) > 19 {
		return f[19]
	}
	return ""
}

func processAlive(pid int, start string) bool {
	if _, err := os.Stat("/proc/self"); err != nil {
		return true // no way to tell; the signs of life decide
	}
	now := processStart(pid)
	return now != "" && (start == "" || now == start)
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
