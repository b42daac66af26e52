package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/uprava/uprava/mining"
)

// state is what the table logs says of a log: one version of it.
type state struct {
	log            uint64
	version        uint64
	name           string
	generations    []uint32 // visible, oldest first
	nextGeneration uint32
	nextSequence   uint64
	cases          uint64
	events         uint64
	quarantined    uint64
	meta           string
	created        time.Time
	changed        time.Time
}

// args are the parameters that select the visible rows of the log.
func (st *state) args(more ...any) []any {
	return append([]any{clickhouse.Named("log", st.log), clickhouse.Named("generations", array(st.generations))}, more...)
}

// array is a parameter of type Array(UInt32).
func array(list []uint32) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, v)
	}
	b.WriteByte(']')
	return b.String()
}

func scanState(row interface{ Scan(...any) error }) (*state, error) {
	st := &state{}
	err := row.Scan(&st.log, &st.version, &st.name, &st.generations, &st.nextGeneration, &st.nextSequence,
		&st.cases, &st.events, &st.quarantined, &st.meta, &st.created, &st.changed)
	return st, err
}

func (s *Store) states(ctx context.Context, query string, args ...any) ([]*state, error) {
	rows, err := s.conn.Query(ctx, queries[query], args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*state
	for rows.Next() {
		st, err := scanState(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	return out, rows.Err()
}

// find returns the state of a log by name, nil where there is none.
func (s *Store) find(ctx context.Context, name string) (*state, error) {
	found, err := s.states(ctx, "log by name", clickhouse.Named("name", name))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

func (s *Store) byID(ctx context.Context, log uint64) (*state, error) {
	found, err := s.states(ctx, "log by id", clickhouse.Named("log", log))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// write makes st the state of its log, at once and wholly; with it the logs whose
// last states are gone are deleted.
func (s *Store) write(ctx context.Context, st *state, deleted bool, gone ...*state) error {
	b, err := s.conn.PrepareBatch(ctx, "INSERT INTO logs (log, version, name, generations, next_generation, next_sequence, cases, events, quarantined, meta, created, changed, deleted)",
		driver.WithReleaseConnection())
	if err != nil {
		return err
	}
	defer b.Close()
	add := func(st *state, deleted bool) error {
		st.changed = now()
		return b.Append(st.log, st.version, st.name, st.generations, st.nextGeneration, st.nextSequence,
			st.cases, st.events, st.quarantined, st.meta, st.created, st.changed, deleted)
	}
	if err := add(st, deleted); err != nil {
		return err
	}
	for _, g := range gone {
		if err := add(g, true); err != nil {
			return err
		}
	}
	return b.Send()
}

func (s *Store) insertRow(ctx context.Context, into string, values ...any) error {
	b, err := s.conn.PrepareBatch(ctx, into, driver.WithReleaseConnection())
	if err != nil {
		return err
	}
	defer b.Close()
	if err := b.Append(values...); err != nil {
		return err
	}
	return b.Send()
}

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// UnknownLogError says that the store holds no log of a name, and which it holds.
type UnknownLogError struct {
	Log   string
	Holds []string
}

func (e *UnknownLogError) Error() string {
	if len(e.Holds) == 0 {
		return fmt.Sprintf("log %q is not in the store; it holds none", e.Log)
	}
	names := make([]string, 0, 20)
	for _, n := range e.Holds[:min(len(e.Holds), 20)] {
		names = append(names, fmt.Sprintf("%q", n))
	}
	list := strings.Join(names, ", ")
	if more := len(e.Holds) - len(names); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("log %q is not in the store; it holds: %s", e.Log, list)
}

// Unwrap makes the error an ErrUnknownLog of package mining.
func (e *UnknownLogError) Unwrap() error { return mining.ErrUnknownLog }

func (s *Store) unknown(ctx context.Context, name string) error {
	e := &UnknownLogError{Log: name}
	all, err := s.states(ctx, "logs")
	if err != nil {
		return errors.Join(e, err)
	}
	for _, st := range all {
		e.Holds = append(e.Holds, st.name)
	}
	return e
}

// read calls f with the state of a log, again where what f read was replaced
// meanwhile: generations are immutable, and are dropped only after the state
// that does without them is written, so a state that still has them afterwards
// proves that f saw them whole.
func (s *Store) read(ctx context.Context, name string, f func(*state) error) error {
	for range 10 {
		st, err := s.find(ctx, name)
		if err != nil {
			return fmt.Errorf("reading log %q: %w", name, err)
		}
		if st == nil {
			return s.unknown(ctx, name)
		}
		err = f(st)
		if ctx.Err() != nil {
			return fmt.Errorf("reading log %q: %w", name, context.Cause(ctx))
		}
		after, aerr := s.byID(ctx, st.log)
		if aerr != nil {
			return errors.Join(err, fmt.Errorf("reading log %q: %w", name, aerr))
		}
		if after != nil && holdsAll(after.generations, st.generations) {
			if err != nil {
				return fmt.Errorf("reading log %q: %w", name, err)
			}
			return nil
		}
	}
	return fmt.Errorf("reading log %q: it was replaced again and again meanwhile", name)
}

func holdsAll(list, wanted []uint32) bool {
	for _, g := range wanted {
		if !slices.Contains(list, g) {
			return false
		}
	}
	return true
}

// maxName is the longest name of a log, in characters.
const maxName = 200

// CheckName reports what makes a name unfit for a log: it has 1 to 200
// characters of Unicode, none of them a control character.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("a log needs a name")
	case !utf8.ValidString(name):
		return fmt.Errorf("log name %q is not UTF-8", name)
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Errorf("log name %q… has %d characters: wanted at most %d", string([]rune(name)[:20]), utf8.RuneCountInString(name), maxName)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("log name %q holds a control character", name)
	case strings.TrimSpace(name) == "":
		return fmt.Errorf("log name %q is blank", name)
	}
	return nil
}
