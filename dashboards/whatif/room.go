package whatif

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/simulator/backtest"
	"github.com/uprava/uprava/twin"
)

// Room is where scenarios, variants, questions and answers are kept. Its methods may be
// called from many goroutines at once.
type Room struct {
	desk      *desk.Desk
	scenarios kept.Folder
	variants  kept.Folder
	asks      desk.Answers
	answers   desk.Answers
}

// Open returns the room of a desk.
func Open(d *desk.Desk) *Room {
	return &Room{d, kept.Open(d.Folder("studio", "scenarios")), kept.Open(d.Folder("studio", "variants")),
		desk.Answers{Dir: d.Folder("studio", "asks")}, desk.Answers{Dir: d.Folder("studio", "answers")}}
}

// Bench is a model to begin from, under the name that addresses give it.
type Bench struct {
	*desk.Bench
	// Of names it: "log/NAME", or "model/NAME" of a pack or a variant.
	Of      string
	Hash    string
	Variant *Variant // nil for the model of a log or of a pack
	Revision
	Note desk.Note
	// Suggested are how many of the ready scenarios, from the last, were found in the
	// model; Suggesting, that they still are looked for; NoSuggestion, why there are none.
	Suggested    int
	Suggesting   bool
	NoSuggestion error
}

// Revision is that of the kept document; "" where there is none.
type Revision = kept.Revision

// Simulated is whether the model was fitted to a log, so that a back-test can judge it.
func (b *Bench) Fitted() bool { return b.Pack == "" }

// ErrNoModel says that a log has no model yet: fit one.
var ErrNoModel = errors.New("the log has no model yet")

// Bench returns the model of a name such as "log/receipt" or "model/municipality".
func (r *Room) Bench(ctx context.Context, of string) (*Bench, error) {
	kind, name, _ := strings.Cut(of, "/")
	b := &Bench{Of: of}
	var err error
	switch {
	case kind == "log":
		if b.Bench, err = r.desk.Bench(ctx, name); err == nil && b.Bench == nil {
			return nil, ErrNoModel
		}
		if err == nil && b.Pack == "" {
			r.suggest(ctx, b)
		}
	case kind == "model" && strings.HasPrefix(name, variantPrefix):
		return r.variant(ctx, of, name)
	case kind == "model":
		if b.Bench, err = desk.PackBench(name); errors.Is(err, datasets.ErrUnknown) {
			err = fmt.Errorf("there is no model %q: %w", name, desk.ErrNotFound)
		}
	default:
		err = fmt.Errorf("there is no model %q: %w", of, desk.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	if b.Hash, err = r.keepModel(b.Model); err != nil {
		return nil, err
	}
	b.Note = r.desk.NoteOf(b.Hash)
	return b, nil
}

// patience is how long a page waits for suggestions that nobody has asked for before.
const patience = 3 * time.Second

// suggest adds what is suggested for a fitted model to its ready scenarios. Where that
// takes long it goes on, and is there for who asks next.
func (r *Room) suggest(ctx context.Context, b *Bench) {
	soon, end := context.WithTimeout(ctx, patience)
	defer end()
	list, err := r.desk.Suggested(soon, b.Log)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		b.Suggesting = true
	case err != nil:
		b.NoSuggestion = err
	}
	b.Suggested = len(list)
	b.Ready = slices.Concat(b.Ready, list) // those of the desk are shared
	b.Compared += len(list)
}

// Packs lists the models that come with the program.
func (r *Room) Packs() ([]*datasets.Pack, error) { return datasets.Packs() }

// keepModel keeps the files of a model in a folder by their hash, and returns it.
func (r *Room) keepModel(m *twin.Model) (string, error) {
	hash, err := desk.ModelHash(m)
	if err != nil {
		return "", err
	}
	dir := r.desk.Folder("studio", "models", hash)
	if _, err := os.Stat(dir); err == nil {
		return hash, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return "", fmt.Errorf("keeping the model: %w", err)
	}
	writing, err := os.MkdirTemp(filepath.Dir(dir), ".writing-*")
	if err != nil {
		return "", fmt.Errorf("keeping the model: %w", err)
	}
	defer os.RemoveAll(writing)
	if err := twin.Write(writing, m); err != nil {
		return "", err
	}
	if err := os.Rename(writing, dir); err != nil && !errors.Is(err, fs.ErrExist) { // another was faster
		return "", fmt.Errorf("keeping the model: %w", err)
	}
	return hash, nil
}

// model reads a model that was kept.
// Model reads a model that was kept.
func (r *Room) Model(hash string) (*twin.Model, error) { return r.model(hash) }

func (r *Room) model(hash string) (*twin.Model, error) {
	dir := r.desk.Folder("studio", "models", hash)
	if _, err := os.Stat(dir); !plainID(hash) || err != nil {
		return nil, fmt.Errorf("the model %q of this run is not in the data folder any more: begin a new run: %w", hash, desk.ErrNotFound)
	}
	return twin.Read(os.DirFS(dir))
}

// Trust is how far the figures of a model may be relied on, by its back-test.
type Trust struct {
	Tested bool
	// Mean and Tail are how the level and the tail (the time that 85 % of the cases
	// keep, the share overdue) of the lead time stood against months not seen.
	Mean, Tail backtest.Trust
	Result     *backtest.Result
}

// TrustOf returns the trust in a model of that hash. The tail needs the distances of the
// cycle times to be as good as the past period; the mean needs them not to be poor.
func (r *Room) TrustOf(hash string) Trust {
	n := r.desk.NoteOf(hash)
	if n.BackTest == nil {
		return Trust{Mean: backtest.Unjudged, Tail: backtest.Unjudged}
	}
	t := Trust{Tested: true, Mean: backtest.Unjudged, Tail: backtest.Unjudged, Result: n.BackTest}
	for _, f := range n.BackTest.Distances {
		if f.Name == "cycle_time" {
			t.Mean, t.Tail = f.Trust, f.Trust
		}
	}
	if t.Mean == backtest.Good && !n.BackTest.CycleTime.Covers {
		t.Mean = backtest.Rough
	}
	return t
}

// WithholdMean and WithholdTail say that figures may not be shown.
func (t Trust) WithholdMean() bool { return t.Tested && t.Mean == backtest.Poor }

// WithholdTail is WithholdMean of the tail.
func (t Trust) WithholdTail() bool { return t.Tested && t.Tail != backtest.Good }
