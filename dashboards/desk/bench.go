package desk

import (
	"context"
	"strings"
	"time"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/backtest"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Bench is a model on which what-ifs are made, with what belongs to it.
type Bench struct {
	Pack    string // it comes from; "" for a model fitted to a log
	Log     string // whose model it is; "" where it was asked for by its pack
	Process string // that the log follows, or the main one of the pack
	Title   twin.Text
	Model   *twin.Model
	Ready   []*scenario.Scenario // of the pack, or beside the fitted model
	// Compared are how many of them, from the first, a page offers before the others.
	Compared int
	// Labels are names of activities in both languages, by either.
	Labels map[string]twin.Text
}

// Bench returns the model of a log of the store; nil where it has none yet.
func (d *Desk) Bench(ctx context.Context, log string) (*Bench, error) {
	meta, err := d.store.Meta(ctx, log)
	if err != nil {
		return nil, err
	}
	s, err := d.subjectOf(log, meta)
	if err != nil || s == nil {
		return nil, err
	}
	b := s.bench()
	b.Pack, _, _ = datasets.Origin(meta)
	b.Log = log
	if b.Title == (twin.Text{}) {
		b.Title = twin.Text{RU: log, EN: log}
	}
	return b, nil
}

// PackBench returns the model of a pack, PACK or PACK/PROCESS; ErrNotFound where there
// is none.
func PackBench(name string) (*Bench, error) {
	s, err := packNamed(name)
	if err != nil {
		return nil, err
	}
	b := s.bench()
	b.Pack, _, _ = strings.Cut(name, "/")
	b.Title = s.model.Name
	return b, nil
}

func (s *subject) bench() *Bench {
	b := &Bench{Model: s.model, Ready: s.scenarios, Compared: s.compared, Labels: map[string]twin.Text{}}
	if s.process != nil {
		b.Process, b.Title = s.process.ID, s.process.Name
	}
	b.Labels = Labels(s.model)
	return b
}

// Labels returns the names of the activities of a model in both languages, by either.
func Labels(m *twin.Model) map[string]twin.Text {
	out := map[string]twin.Text{}
	for _, p := range m.Processes {
		one := subject{process: p}
		for name, t := range one.labels() {
			out[name] = t
		}
	}
	return out
}

// Note is what is known of a model that its files do not say: what the fit assumed, and
// how it stood against months that it had not seen. It is kept by the model's hash.
type Note struct {
	Log      string           `json:"log"`
	Look     string           `json:"look"` // at the log, when the model was fitted: Look.String
	Filter   string           `json:"filter,omitempty"`
	AsOf     time.Time        `json:"as_of"`
	Assumed  []twin.Text      `json:"assumed,omitempty"`
	BackTest *backtest.Result `json:"back_test,omitempty"`
}

// notes holds the Notes.
func (d *Desk) notes() Answers { return Answers{d.Folder("studio", "notes")} }

// NoteOf returns what is known of a model; the zero Note where nothing is.
func (d *Desk) NoteOf(hash string) Note {
	var n Note
	d.notes().Find(hash, &n)
	return n
}

// note changes the Note of a model.
func (d *Desk) note(m *twin.Model, change func(*Note)) error {
	hash, err := ModelHash(m)
	if err != nil {
		return err
	}
	n := d.NoteOf(hash)
	change(&n)
	return d.notes().Keep(hash, n)
}

// noteFit keeps what a fit assumed, and of which part of the log it is.
func (d *Desk) noteFit(log string, look Look, m *twin.Model) error {
	return d.note(m, func(n *Note) {
		n.Log, n.Look, n.Filter, n.AsOf, n.Assumed = log, look.String(), look.Filter.String(), look.AsOf, nil
		ru, en := measure.TextsIn("ru", m.Warnings), measure.TextsIn("en", m.Warnings)
		for i := range ru {
			n.Assumed = append(n.Assumed, twin.Text{RU: ru[i], EN: en[i]})
		}
	})
}

// noteBackTest keeps what a back-test said of the model in a folder, where that was
// fitted to the same part of the log.
func (d *Desk) noteBackTest(log string, look Look, r *backtest.Result) error {
	m, err := d.Fitted(log)
	if err != nil || m == nil {
		return err
	}
	return d.note(m, func(n *Note) {
		if n.Look != "" && n.Look != look.String() {
			return
		}
		verdict := *r
		verdict.Report = nil
		n.Log, n.BackTest = log, &verdict
	})
}
