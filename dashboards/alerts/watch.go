package alerts

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
)

// Desk answers what the figures are.
type Desk interface {
	Board(ctx context.Context, log string, q desk.BoardQuestion) (*desk.Board, error)
	Changed(ctx context.Context, log string) (time.Time, error)
}

// Watcher looks at the figures of the rules whenever a log changes, and sends what
// there is to tell. The zero values of Every, Now and Log are useful.
type Watcher struct {
	Desk   Desk
	Book   *Book
	Sender Sender             // nil: the pages show alerts, nobody is written to
	Quiet  *calendar.Calendar // whose hours are those in which rules with quiet hours tell
	Lang   terms.Lang
	Every  time.Duration // between two looks at what changed; 0 for 15 seconds
	Now    func() time.Time
	Log    *slog.Logger

	seen  map[string]time.Time // by rule and revision: the state of the log that was looked at
	later map[string]attempt   // by rule: when what could not be sent is tried again
}

// attempt is a mail that could not be sent.
type attempt struct {
	at   time.Time
	wait time.Duration
}

// How long a mail that could not be sent waits: at first, and at most; each time twice as
// long.
const firstWait, longestWait = time.Minute, time.Hour

func (w *Watcher) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// Run watches until the context ends.
func (w *Watcher) Run(ctx context.Context) {
	every := w.Every
	if every == 0 {
		every = 15 * time.Second
	}
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if err := w.Once(ctx); err != nil && ctx.Err() == nil && w.Log != nil {
			w.Log.Error("watching figures", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Once looks at every rule whose log changed since the last time, then sends what
// waits. Faults of one rule do not keep the others.
func (w *Watcher) Once(ctx context.Context) error {
	if w.seen == nil {
		w.seen, w.later = map[string]time.Time{}, map[string]attempt{}
	}
	list, err := w.Book.Of("")
	if err != nil {
		return err
	}
	var faults []error
	for _, e := range list {
		key := e.ID + "\x00" + string(e.Revision)
		changed, err := w.Desk.Changed(ctx, e.Log)
		if errors.Is(err, desk.ErrNotFound) {
			continue // the log is gone; the rule stays for when it comes back
		}
		if err == nil && !w.seen[key].Equal(changed) {
			if _, err = Look(ctx, w.Desk, w.Book, e.Rule, w.now()); err == nil {
				w.seen[key] = changed
			}
		}
		if err == nil {
			err = w.send(ctx, e.Rule)
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// reading is a value of a figure and what it is about.
type reading struct {
	value float64
	about time.Time
}

// Look reads the figure of a rule and moves its state on. At the first look the whole
// past is gone through, and only how it ends is told.
func Look(ctx context.Context, d Desk, book *Book, r Rule, now time.Time) (State, error) {
	b, err := d.Board(ctx, r.Log, desk.BoardQuestion{Period: r.Period})
	if err != nil {
		return State{}, err
	}
	past := readings(b, r)
	return book.Change(r.ID, func(s *State) bool {
		before := *s
		if !s.Known {
			for _, x := range past {
				s.Step(r, x.value, x.about, now)
			}
			if n := len(s.Pending); n > 0 {
				s.Pending = s.Pending[n-1:]
				if !s.Raised {
					s.Pending = nil
				}
			}
		} else if len(past) > 0 {
			last := past[len(past)-1]
			s.Step(r, last.value, last.about, now)
		}
		return before.Known != s.Known || before.Raised != s.Raised || before.Value != s.Value || !before.About.Equal(s.About)
	})
}

// readings are the values of a figure up to now: of whole periods, or of the moment.
func readings(b *desk.Board, r Rule) []reading {
	switch r.Figure {
	case Open, Overdue:
		if !b.Declared {
			return nil
		}
		n := b.Open
		if r.Figure == Overdue {
			n = b.Overdue
		}
		return []reading{{float64(n), b.AsOf}}
	}
	var out []reading
	for _, p := range b.Series[r.Figure] {
		if !p.End.After(b.AsOf) && !math.IsNaN(float64(p.Value)) {
			out = append(out, reading{float64(p.Value), p.End})
		}
	}
	return out
}

// send tells what waits, where the hour allows it. What could not be sent waits on, and
// the state says why.
func (w *Watcher) send(ctx context.Context, r Rule) error {
	var s State
	if _, err := w.Book.states.Read(r.ID, &s); err != nil || len(s.Pending) == 0 || w.Sender == nil || len(r.To) == 0 {
		return nil
	}
	now := w.now()
	if now.Before(w.later[r.ID].at) {
		return nil
	}
	if r.Quiet && w.Quiet != nil && w.Quiet.Next(now).After(now) {
		return nil
	}
	b, err := w.Desk.Board(ctx, r.Log, desk.BoardQuestion{Period: r.Period})
	if err != nil {
		return err
	}
	m := s.Pending[0]
	subject, text := w.words(r, m, b)
	if err = w.Sender.Send(ctx, r.To, subject, text); err != nil {
		wait := min(longestWait, max(firstWait, 2*w.later[r.ID].wait))
		w.later[r.ID] = attempt{now.Add(wait), wait}
	} else {
		delete(w.later, r.ID)
	}
	_, kept := w.Book.Change(r.ID, func(s *State) bool {
		if err != nil {
			changed := s.Failed != err.Error()
			s.Failed = err.Error()
			return changed
		}
		s.Failed = ""
		if len(s.Pending) > 0 && s.Pending[0] == m {
			m.Sent = now
			s.told(m)
			s.Pending = s.Pending[1:]
		}
		return true
	})
	return errors.Join(err, kept)
}

// words are the subject and the text of a mail.
func (w *Watcher) words(r Rule, m Message, b *desk.Board) (subject, text string) {
	l := w.Lang
	key := "alerts.mail.raised"
	if !m.Raised {
		key = "alerts.mail.ended"
	}
	name := l.T("alerts.figure." + r.Figure)
	title := strings.Join(strings.Fields(b.Title.In(string(l))), " ")
	value, level := Value(l, r.Figure, m.Value, b.Unit), Value(l, r.Figure, r.Raise, b.Unit)
	subject = l.T(key, title, name, value)
	text = l.T("alerts.mail.text", subject, l.Date(m.About.In(b.Zone)), level, Value(l, r.Figure, r.Clear, b.Unit), r.Log)
	return subject, text
}

// Value writes a value of a figure with its unit.
func Value(l terms.Lang, figure string, x float64, unit measure.Unit) string {
	switch {
	case Counts(figure):
		return l.Float(x, 0)
	case figure == Share:
		return l.Percent(x, 1)
	case unit == measure.Second:
		return l.Seconds(x)
	}
	return measure.Format(language.Make(string(l)), x, unit)
}
