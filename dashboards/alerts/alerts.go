// Package alerts tells people when a figure of a process goes bad, and when it is good
// again.
//
//	Rule (kept) ─▶ Look at the figure when its log changes ─▶ hysteresis ─▶ State (kept)
//	                                                             └─▶ mail, outside quiet hours, each message once
//
// A rule has two levels: it rises at one and ends at the better one, and between them it
// stays as it was. The state is kept with the data, so that a restart neither forgets an
// alarm nor tells of it twice.
package alerts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/kept"
)

// Rule says when somebody is told of a figure.
type Rule struct {
	ID     string    `json:"id"`
	Log    string    `json:"log"`
	Figure string    `json:"figure"` // one of Figures
	Period string    `json:"period"` // week, month, quarter, half-year or year; of counts ""
	Raise  float64   `json:"raise"`  // in the unit of the board, of shares 0 to 1
	Clear  float64   `json:"clear"`
	Quiet  bool      `json:"quiet"` // tells in working hours alone
	To     []string  `json:"to"`    // addresses of mail; none: the pages show it
	Author string    `json:"author"`
	At     time.Time `json:"at"`
}

// Figures that a rule may watch; the counts among them are those of the moment.
const (
	Mean, Median, P85, Share = "mean", "median", "p85", "share"
	Open, Overdue            = "open", "overdue"
)

// Figures lists them in order.
var Figures = []string{Mean, Median, P85, Share, Open, Overdue}

// Periods lists what a rule over delivered cases may be about.
var Periods = []string{"week", "month", "quarter", "half-year", "year"}

// Counts reports whether a figure is that of a moment.
func Counts(figure string) bool { return figure == Open || figure == Overdue }

// Lower reports whether less of a figure is better.
func Lower(figure string) bool { return figure != Share }

// Faults of a rule, for who writes it.
var (
	ErrLevels  = errors.New("the level at which the alert ends must be the better one of the two")
	ErrFigure  = errors.New("there is no such figure to watch")
	ErrAddress = errors.New("an address of mail cannot be read")
)

// Validate reports all faults of a rule.
func (r Rule) Validate() error {
	var faults []error
	if !slices.Contains(Figures, r.Figure) || !Counts(r.Figure) && !slices.Contains(Periods, r.Period) {
		faults = append(faults, fmt.Errorf("figure %q by %q: %w", r.Figure, r.Period, ErrFigure))
	}
	if math.IsNaN(r.Raise) || math.IsNaN(r.Clear) || math.IsInf(r.Raise, 0) || math.IsInf(r.Clear, 0) || Lower(r.Figure) && r.Clear > r.Raise || !Lower(r.Figure) && r.Clear < r.Raise {
		faults = append(faults, fmt.Errorf("raised at %v, ended at %v: %w", r.Raise, r.Clear, ErrLevels))
	}
	for _, to := range r.To {
		if a, err := mail.ParseAddress(to); err != nil || a.Address != to || strings.ContainsAny(to, "\r\n") {
			faults = append(faults, fmt.Errorf("%q: %w", to, ErrAddress))
		}
	}
	return errors.Join(faults...)
}

// State is how an alert stands.
type State struct {
	Rule    string    `json:"rule"`
	Raised  bool      `json:"raised"`
	Value   float64   `json:"value"` // that was looked at last
	Known   bool      `json:"known"` // whether there was one yet
	About   time.Time `json:"about"` // end of its period, or its moment
	Since   time.Time `json:"since,omitzero"`
	Pending []Message `json:"pending,omitempty"`
	Told    []Message `json:"told,omitempty"` // the last ones
	Failed  string    `json:"failed,omitempty"`
}

// Message is the rise or the end of an alert.
type Message struct {
	Raised bool      `json:"raised"`
	Value  float64   `json:"value"`
	About  time.Time `json:"about"` // what the value is about
	Seen   time.Time `json:"seen"`  // when it was seen
	Sent   time.Time `json:"sent,omitzero"`
}

// mostTold bounds the messages that are remembered.
const mostTold = 20

// Step moves the state on with a value, NaN for none, about a moment, seen now. It
// reports whether the alert rose or ended.
func (s *State) Step(r Rule, value float64, about, now time.Time) bool {
	if math.IsNaN(value) || s.Known && about.Before(s.About) {
		return false
	}
	s.Value, s.Known, s.About = value, true, about
	bad, good := value >= r.Raise, value <= r.Clear
	if !Lower(r.Figure) {
		bad, good = value <= r.Raise, value >= r.Clear
	}
	if s.Raised && !good || !s.Raised && !bad || s.Raised && bad {
		return false
	}
	s.Raised, s.Since = !s.Raised, about
	m := Message{Raised: s.Raised, Value: value, About: about, Seen: now}
	if len(r.To) == 0 {
		s.told(m)
	} else {
		s.Pending = append(s.Pending, m)
	}
	return true
}

func (s *State) told(m Message) {
	s.Told = append(s.Told, m)
	if len(s.Told) > mostTold {
		s.Told = s.Told[len(s.Told)-mostTold:]
	}
}

// Book keeps rules and their states in a folder.
type Book struct{ rules, states kept.Folder }

// OpenBook returns the book in a folder.
func OpenBook(dir string) *Book {
	return &Book{kept.Open(dir + "/rules"), kept.Open(dir + "/states")}
}

// Put keeps a new rule, or one that is still at revision base.
func (b *Book) Put(r Rule, base kept.Revision) (kept.Revision, error) {
	if err := r.Validate(); err != nil {
		return "", err
	}
	return b.rules.Write(r.ID, r, base)
}

// Remove deletes a rule with its state.
func (b *Book) Remove(id string, base kept.Revision) error {
	if err := b.rules.Delete(id, base); err != nil {
		return err
	}
	var s State
	if at, err := b.states.Read(id, &s); err == nil {
		return b.states.Delete(id, at)
	}
	return nil
}

// Entry is a rule with how it stands.
type Entry struct {
	Rule
	Revision kept.Revision
	State    State
}

// Of returns the rules of a log, of all logs for "", in the order of their names.
func (b *Book) Of(log string) ([]Entry, error) {
	list, err := b.rules.List()
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, e := range list {
		var x Entry
		if x.Revision, err = b.rules.Read(e.ID, &x.Rule); err != nil {
			if errors.Is(err, kept.ErrNotFound) {
				continue
			}
			return nil, err
		}
		if log != "" && x.Log != log {
			continue
		}
		if _, err := b.states.Read(e.ID, &x.State); err != nil && !errors.Is(err, kept.ErrNotFound) {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// Change changes the state of a rule, again where another changed it meanwhile.
func (b *Book) Change(rule string, change func(*State) bool) (State, error) {
	for {
		var s State
		base, err := b.states.Read(rule, &s)
		if err != nil && !errors.Is(err, kept.ErrNotFound) {
			return s, err
		}
		s.Rule = rule
		if !change(&s) {
			return s, nil
		}
		var conflict *kept.ConflictError
		if _, err = b.states.Write(rule, s, base); !errors.As(err, &conflict) {
			return s, err
		}
	}
}

// Sender sends mail; package mail of the reports does.
type Sender interface {
	Send(ctx context.Context, to []string, subject, text string) error
}
