package csvlog

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// Sample is the beginning of a file as a person looks at it who says how it is to be
// read: rows as they stand, what each column is taken for, and what is missing or
// doubtful.
type Sample struct {
	Delimiter byte
	Encoding  string
	Header    bool
	Names     []string   // of the columns; numbers where there is no header
	Rows      [][]string // below the header, as long as they were found
	// Columns are what each column is taken for; of a file that cannot be read yet,
	// with roles alone, those that were recognised.
	Columns []Column
	Doubts  []error
	Fault   error // why the file cannot be read so; nil where it can
}

// GuessedEncodingError doubts an encoding: the text is no UTF-8 and nothing says what it is.
type GuessedEncodingError struct{ Encoding string }

func (e *GuessedEncodingError) Error() string {
	return fmt.Sprintf("the text is no UTF-8 and is read as %s; --encoding or the mapping file's encoding settles it", e.Encoding)
}

// RepeatedColumnError says that a column has the name of another and is left out.
type RepeatedColumnError struct {
	Column int // from 1
	Name   string
}

func (e *RepeatedColumnError) Error() string {
	return fmt.Sprintf("column %d repeats the name %q and is left out", e.Column, e.Name)
}

// MissingColumnError says that no column was recognised for a role that a log needs.
type MissingColumnError struct {
	Role  Role
	Names []string
}

func (e *MissingColumnError) Error() string {
	return fmt.Sprintf("no column was recognised as the %s; the file has %s: name it with --%s or in a mapping file (columns: {%s: NAME})", e.Role, quoted(e.Names), e.Role, e.Role)
}

// AmbiguousTimeError says that the times of a column may be read in two ways and that
// no row decides which is meant.
type AmbiguousTimeError struct {
	Column, Example string
	Layouts         [2]string
}

func (e *AmbiguousTimeError) Error() string {
	return fmt.Sprintf("column %q: %q may be day and month or month and day, and no row decides it: say which with --time-layout %q or %q, or time_layout in a mapping file", e.Column, e.Example, e.Layouts[0], e.Layouts[1])
}

// UnknownTimeError says that no known layout reads the times of a column.
type UnknownTimeError struct{ Column, Example string }

func (e *UnknownTimeError) Error() string {
	return fmt.Sprintf("column %q: found %q, which no known layout reads: say it with --time-layout, such as \"dd.MM.yyyy HH:mm\"", e.Column, e.Example)
}

// Look returns the beginning of a file, rows of it at most. It fails only where the file
// cannot be opened or holds no text in rows; that it cannot be read as a log is said in
// Fault.
func Look(path string, cfg Config, rows int) (*Sample, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := open(f, cfg.Encoding)
	if err != nil {
		return nil, err
	}
	p := &Proposal{}
	if p.Delimiter, err = cfg.delimiter(); err != nil {
		return nil, err
	}
	if p.Delimiter == 0 {
		p.Delimiter = detectDelimiter(in.sample, in.whole)
	}
	found, err := p.records(in)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errEmpty
	}
	s := &Sample{Delimiter: p.Delimiter, Encoding: in.encoding, Names: found[0]}
	if s.Header = cfg.Header == "yes" || cfg.Header == "" && looksLikeHeader(found[0]); s.Header {
		found = found[1:]
	} else {
		s.Names = make([]string, len(found[0]))
		for i := range s.Names {
			s.Names[i] = fmt.Sprint(i + 1)
		}
	}
	s.Rows = found[:min(rows, len(found))]
	proposal, err := Detect(path, cfg)
	if err == nil {
		s.Columns, s.Doubts = proposal.Columns, proposal.Doubts
		return s, nil
	}
	s.Fault = err
	role := roleOf(s.Names)
	if cfg.Exact {
		role = roleOf(nil)
	}
	for i, n := range s.Names {
		c := Column{Name: n, Role: EventAttribute}
		for r := range roles {
			if want := *cfg.Columns.of(r); want != "" && find(s.Names, want) == i || want == "" && role[r] == i {
				c.Role = r
				break
			}
		}
		s.Columns = append(s.Columns, c)
	}
	return s, nil
}

// Times returns the first value of a column of times, and how its layout reads it in the
// zone of the configuration; ok is false where there is none that it reads, zoned where
// it names a zone itself.
func (c *Column) Times(cfg Config) (text string, at time.Time, zoned, ok bool) {
	if c.Layout == nil || c.Example == "" {
		return c.Example, at, false, false
	}
	loc, err := cfg.location()
	if err != nil {
		return c.Example, at, false, false
	}
	stamp, zoned, err := c.Layout.Parse(c.Example, &zones{loc: loc})
	if err != nil {
		return c.Example, at, false, false
	}
	return c.Example, stamp.Go(), zoned, true
}

// Faults returns the single faults of an error that joins them.
func Faults(err error) []error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, Faults(e)...)
	}
	return out
}
