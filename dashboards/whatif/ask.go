package whatif

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Kind of a question.
type Kind string

// The kinds.
const (
	WhatIf      Kind = "what-if"     // as-is and one scenario
	Comparison  Kind = "comparison"  // as-is and many scenarios
	Attribution Kind = "attribution" // which lever gave what
	Sensitivity Kind = "sensitivity" // what matters most
	Front       Kind = "front"       // staff and levers that no others beat
)

// Ask is a question. Its ID is the hash of what the answer depends on.
type Ask struct {
	Kind    Kind   `json:"kind"`
	Model   string `json:"model"` // hash
	Process string `json:"process"`
	Run     Run    `json:"run"`
	// Scenarios are those compared, the one of a what-if, or the levers of an attribution
	// or a search, as files.
	Scenarios []Lines `json:"scenarios"`
	// Offered are the further levers that other sets may hold.
	Offered []Lines `json:"offered,omitempty"`
	Search  *Search `json:"search,omitempty"`
	Screen  *Screen `json:"screen,omitempty"` // of a sensitivity
	// ToBe is the hash of another model, such as a variant that was drawn, which a what-if
	// sets against Model; the scenario changes it. "" for Model itself.
	ToBe string `json:"to_be,omitempty"`

	// What the answer does not depend on.
	About About `json:"about"`
}

// Lines are a scenario: its name and levers, each in a line.
type Lines struct {
	ID     string    `json:"id"`
	Name   twin.Text `json:"name"`
	Levers []string  `json:"levers"`
}

// About says where a question came from, for the way back.
type About struct {
	Of    string      `json:"of"`
	Log   string      `json:"log,omitempty"`
	Title twin.Text   `json:"title"`
	Name  string      `json:"name,omitempty"`
	By    string      `json:"by,omitempty"`
	Draft *Draft      `json:"draft,omitempty"`
	Saved string      `json:"saved,omitempty"` // identifier of the kept scenario
	Notes []twin.Text `json:"notes,omitempty"`
}

// LinesOf returns a scenario as lines.
func LinesOf(s *scenario.Scenario) Lines {
	l := Lines{ID: s.ID, Name: s.Name}
	for _, x := range s.Levers {
		l.Levers = append(l.Levers, x.Line())
	}
	return l
}

// Scenario reads the lines back.
func (l Lines) Scenario() (*scenario.Scenario, error) {
	s := &scenario.Scenario{ID: l.ID, Name: l.Name}
	var faults []error
	for _, line := range l.Levers {
		x, err := scenario.ParseLine(line)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		s.Levers = append(s.Levers, x)
	}
	return s, errors.Join(faults...)
}

// ID returns the hash of what the answer depends on, the simulator's version included.
func (r *Room) ID(q *Ask) (string, error) {
	asked := *q
	asked.About = About{}
	return r.asks.Key(asked)
}

// Ask keeps a question, after checking that it can be answered, and returns its ID.
func (r *Room) Ask(q *Ask) (string, error) {
	if _, _, err := r.prepare(q); err != nil {
		return "", err
	}
	id, err := r.ID(q)
	if err != nil {
		return "", err
	}
	if r.asks.Find(id, new(Ask)) {
		return id, nil // under the name by which it is known to those who have its address
	}
	return id, r.asks.Keep(id, q)
}

// Asked reads a question.
func (r *Room) Asked(id string) (*Ask, error) {
	q := &Ask{}
	if !plainID(id) || !r.asks.Find(id, q) {
		return nil, fmt.Errorf("there is no run %q in this data folder: %w", id, desk.ErrNotFound)
	}
	return q, nil
}

func plainID(id string) bool {
	for _, c := range id {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(id) == 32
}

// prepare reads the model and the scenarios, and finds what would fail in the run.
func (r *Room) prepare(q *Ask) (*twin.Model, []*scenario.Scenario, error) {
	m, err := r.model(q.Model)
	if err != nil {
		return nil, nil, err
	}
	if err := q.Run.Validate(m); err != nil {
		return nil, nil, err
	}
	to, err := r.toBe(q, m)
	if err != nil {
		return nil, nil, err
	}
	if q.Kind == Sensitivity {
		if q.Screen == nil {
			return nil, nil, desk.InputError{Err: errors.New("nothing is named that may vary")}
		}
		if _, err := q.Screen.factors(m); err != nil {
			return nil, nil, err
		}
	}
	var list []*scenario.Scenario
	var faults []error
	for _, l := range q.Scenarios {
		s, err := l.Scenario()
		if err == nil {
			_, err = s.Apply(to)
		}
		if err != nil {
			faults = append(faults, err)
		}
		list = append(list, s)
	}
	if len(faults) > 0 {
		return nil, nil, desk.InputError{Err: errors.Join(faults...)}
	}
	return m, list, nil
}

// toBe is the model that the scenarios of a question change.
func (r *Room) toBe(q *Ask, asIs *twin.Model) (*twin.Model, error) {
	if q.ToBe == "" {
		return asIs, nil
	}
	if q.Kind != WhatIf {
		return nil, desk.InputError{Err: fmt.Errorf("found a model to compare with in a question of the kind %q, wanted %q", q.Kind, WhatIf)}
	}
	m, err := r.model(q.ToBe)
	if err != nil {
		return nil, err
	}
	return m, q.Run.Validate(m)
}

// config is that of every replication. Names of activities are in Russian whoever asks,
// so that the answer is the same; pages translate them.
func (q *Ask) config(progress func(done, total int)) experiment.Config {
	day := 24 * time.Hour
	return experiment.Config{Replications: q.Run.Replications, Duration: time.Duration(q.Run.Days) * day, Before: time.Duration(q.Run.Before) * day,
		Seed: q.Run.Seed, Language: "ru", Progress: progress}
}

// longest is how long the answer to one question may be computed.
const longest = 30 * time.Minute

// errTooLong says that a run was stopped by the server.
var errTooLong error = measure.Faultf("the run took more than %v and was stopped: take fewer replications or days, or look whether the scenario overloads somebody", "расчёт шёл больше %s и остановлен: возьмите меньше прогонов или дней или посмотрите, не перегружает ли сценарий кого-нибудь", &measure.Doubt{EN: longest.String(), RU: fmt.Sprintf("%g мин", longest.Minutes())})

// Told is how a long answer tells how far it is. First, where it is not nil, is what the
// first replications say of the lead time; it comes once.
type Told func(done, total int, first *experiment.Difference)

// Found reads an answer into to, and reports whether there is one.
func (r *Room) Found(id string, to any) bool { return plainID(id) && r.answers.Find(id, to) }

// File is the file that holds an answer.
func (r *Room) File(id string) string { return r.desk.Folder("studio", "answers", id+".json") }

// Compute answers a question and keeps the answer.
func (r *Room) Compute(ctx context.Context, id string, tell Told) error {
	q, err := r.Asked(id)
	if err != nil {
		return err
	}
	ctx, end := context.WithTimeoutCause(ctx, longest, errTooLong)
	defer end()
	answer, err := r.compute(ctx, q, tell)
	if errors.Is(context.Cause(ctx), errTooLong) {
		return errTooLong
	}
	if err != nil {
		return err
	}
	return r.answers.Keep(id, answer)
}

// Repeat computes an answer anew and reports whether it is the same to the byte.
func (r *Room) Repeat(ctx context.Context, id string, tell Told) (same bool, err error) {
	before, err := os.ReadFile(r.File(id))
	if err != nil {
		return false, err
	}
	if err := r.Compute(ctx, id, tell); err != nil {
		return false, err
	}
	after, err := os.ReadFile(r.File(id))
	return string(before) == string(after), err
}

func (r *Room) compute(ctx context.Context, q *Ask, tell Told) (any, error) {
	m, list, err := r.prepare(q)
	if err != nil {
		return nil, err
	}
	switch q.Kind {
	case WhatIf:
		to, err := r.toBe(q, m)
		if err != nil {
			return nil, err
		}
		if to, err = list[0].Apply(to); err != nil {
			return nil, desk.InputError{Err: err}
		}
		return whatIf(ctx, m, to, q, tell)
	case Comparison:
		return compare(ctx, m, list, q, tell)
	case Attribution:
		return attribute(ctx, m, list, q, tell)
	case Front:
		return front(ctx, m, list, q, tell)
	case Sensitivity:
		return sensitive(ctx, m, q, tell)
	}
	return nil, desk.InputError{Err: fmt.Errorf("found the question %q, wanted %q", q.Kind, []Kind{WhatIf, Comparison, Attribution, Front, Sensitivity})}
}

// Doubts returns what is doubtful about a model before it is run: work that comes
// faster than it can be done, and the like. An error is a model that cannot run, a case
// that never ends among them.
func Doubts(m *twin.Model) ([]error, error) {
	p, err := simulator.Compile(m, "ru")
	if err != nil {
		return nil, desk.InputError{Err: err}
	}
	return p.Warnings(), nil
}
