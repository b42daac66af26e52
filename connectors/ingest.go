package connectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// DefaultBatch is the number of rows a store writes at once unless told otherwise.
const DefaultBatch = 1 << 17

// IngestConfig says how a store takes a source in. The zero value is useful.
type IngestConfig struct {
	// BatchSize is the number of rows held in memory and written at once,
	// DefaultBatch when 0. Memory grows with it, not with the source.
	BatchSize int
	// Fingerprint stands for the content of the source and the options with
	// which it is read (see Fingerprint). With it an ingest that was
	// interrupted goes on where it stopped, and a source that is in the store
	// already is not read again. Empty: neither.
	Fingerprint string
	// Progress, when set, is called from the goroutine of Ingest at most ten
	// times a second and once at the end.
	Progress func(Progress)
}

// Validate reports all faults of the configuration.
func (c IngestConfig) Validate() error {
	var faults []error
	if c.BatchSize < 0 {
		faults = append(faults, fmt.Errorf("batch size %d: wanted 1 or more, or 0 for %d", c.BatchSize, DefaultBatch))
	}
	if c.BatchSize > 1<<22 {
		faults = append(faults, fmt.Errorf("batch size %d: wanted at most %d", c.BatchSize, 1<<22))
	}
	return errors.Join(faults...)
}

// Stage is what an ingest is doing.
type Stage uint8

// The stages: reading the source, then comparing with what the store has and
// making the new rows visible.
const (
	Reading Stage = iota
	Publishing
)

// Progress tells how far an ingest has come.
type Progress struct {
	Stage   Stage
	Events  int64 // events read so far, those of an interrupted run before it included
	Done    int64 // bytes of the source read
	Total   int64 // bytes of the source, 0 when not known
	Started time.Time
}

// IngestReport says what an ingest did.
type IngestReport struct {
	Log         string
	Cases       int64 // of the log, after the ingest
	Events      int64 // of the log, after the ingest
	Added       int64 // events new to the log
	Duplicates  int64 // events of the source that the log held already
	Quarantined int64 // rows of the source that were rejected
	Warnings    []error
}

// MarshalJSON writes the contract of `uprava ingest --json`.
func (r IngestReport) MarshalJSON() ([]byte, error) {
	warnings := make([]string, len(r.Warnings))
	for i, w := range r.Warnings {
		warnings[i] = w.Error()
	}
	return json.Marshal(struct {
		Log         string   `json:"log"`
		Cases       int64    `json:"cases"`
		Events      int64    `json:"events"`
		Added       int64    `json:"added"`
		Duplicates  int64    `json:"duplicates"`
		Quarantined int64    `json:"quarantined"`
		Warnings    []string `json:"warnings"`
	}{r.Log, r.Cases, r.Events, r.Added, r.Duplicates, r.Quarantined, warnings})
}

// Rejected is a row that no log took, as a store's quarantine keeps it.
type Rejected struct {
	Source string `json:"source"`
	Line   int64  `json:"line,omitempty"`
	Column int64  `json:"column,omitempty"`
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
	Raw    string `json:"raw"`
}

// Reject returns what a quarantine keeps of a row error.
func Reject(e *RowError) Rejected {
	return Rejected{e.Source, e.Line, e.Column, e.Field, e.Err.Error(), e.Raw}
}

// NothingReadError says that a source held rows and none of them could be read.
type NothingReadError struct {
	Log   string
	Rows  int64
	First *RowError
}

func (e *NothingReadError) Error() string {
	return fmt.Sprintf("ingesting log %q: none of %d rows could be read; the first: %v", e.Log, e.Rows, e.First)
}

func (e *NothingReadError) Unwrap() error { return e.First }
