package honesty

import (
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Severity says what a finding means for the figures.
type Severity string

// The severities. A log with a Blocking finding cannot answer the questions that
// the finding names; those of a Doubt may be off; a Note is good to know.
const (
	Note     Severity = "note"
	Doubt    Severity = "doubt"
	Blocking Severity = "blocking"
)

// Kind names what was found; the names are stable.
type Kind string

// The kinds of findings.
const (
	Ties          Kind = "ties"
	DatesOnly     Kind = "dates-only"
	NoStarts      Kind = "no-starts"
	MissingStarts Kind = "missing-starts"
	Unfinished    Kind = "unfinished-starts"
	Backwards     Kind = "start-after-completion"
	Batches       Kind = "batch-stamping"
	SameMinute    Kind = "same-time-of-day"
	CutEnd        Kind = "cut-off-at-end"
	CutBegin      Kind = "cut-off-at-beginning"
	EmptyCases    Kind = "empty-cases"
	Duplicates    Kind = "duplicates"
	Spelling      Kind = "spelling"
	NoResources   Kind = "no-resources"
	MissingPeople Kind = "missing-resources"
	FarDates      Kind = "far-dates"
	Zones         Kind = "zones"
	FewCases      Kind = "few-cases"
)

// Finding is one thing to know about a log. Share is N / Of. Cases are up to
// Config.Examples identifiers of cases to look at.
type Finding struct {
	Kind     Kind           `json:"kind"`
	Severity Severity       `json:"severity"`
	N        int            `json:"n"`
	Of       int            `json:"of"`
	Unit     string         `json:"unit"` // of N and Of: events, instances, cases, labels
	Share    measure.Number `json:"share"`
	Found    Words          `json:"found"`
	Means    Words          `json:"means"` // for the figures
	Cases    []string       `json:"cases,omitempty"`
}

// Words is a sentence in both languages.
type Words struct {
	EN string `json:"en"`
	RU string `json:"ru"`
}

// In returns the sentence in the language "ru" or "en".
func (w Words) In(lang string) string {
	if lang == "ru" {
		return w.RU
	}
	return w.EN
}

// Report is what is known of a log's honesty. Findings are ordered by severity,
// the blocking ones first, then by kind. Cannot lists the questions that the log
// cannot answer, in the same order as the findings that say so.
type Report struct {
	Log       string         `json:"log"`
	Cases     int            `json:"cases"`
	Events    int            `json:"events"`
	First     string         `json:"first_event,omitempty"` // ISO 8601, as it was written
	Last      string         `json:"last_event,omitempty"`
	Precision string         `json:"precision,omitempty"` // day, minute, second, subsecond
	Findings  []Finding      `json:"findings"`
	Cannot    []Words        `json:"cannot_tell"`
	first     eventlog.Stamp // of the log
	last      eventlog.Stamp
}

// Finding returns the finding of a kind; ok is false where there is none.
func (r *Report) Finding(k Kind) (f Finding, ok bool) {
	for _, f := range r.Findings {
		if f.Kind == k {
			return f, true
		}
	}
	return Finding{}, false
}
