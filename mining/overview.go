package mining

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/uprava/uprava/mining/measure"
)

// Schema is the JSON Schema (draft 2020-12) of an Overview.
//
//go:embed overview.schema.json
var Schema []byte

// Overview is what `uprava mine --json` prints: a contract, with a schema.
// Activities are those that occur, in ascending order of name; edges by from,
// then to; seconds are rounded to the microsecond; warnings are in the order in
// which they arose, none twice.
type Overview struct {
	Log             string          `json:"log"`
	EventsAs        string          `json:"events_as"` // Events.String
	Cases           int64           `json:"cases"`
	Events          int64           `json:"events"`
	Activities      int             `json:"activities"`
	Variants        int             `json:"variants"` // of cases that have events
	DirectlyFollows DirectlyFollows `json:"directly_follows"`
	Starts          []ActivityCount `json:"start_activities"`
	Ends            []ActivityCount `json:"end_activities"`
	LeadTime        LeadTime        `json:"lead_time"`
	Warnings        []string        `json:"warnings"`
	Doubts          []error         `json:"-"` // the warnings as errors; WarningsIn tells them in Russian
}

// DirectlyFollows is the directly-follows graph of an overview.
type DirectlyFollows struct {
	Pairs int    `json:"pairs"` // distinct pairs of activities
	Total int64  `json:"total"` // how often all of them occur
	Edges []Edge `json:"edges"`
}

// Edge is one directly-follows pair. Mean is the mean wall-clock time between
// the two, in seconds.
type Edge struct {
	From  string         `json:"from"`
	To    string         `json:"to"`
	Count int64          `json:"count"`
	Mean  measure.Number `json:"mean_s"`
}

// ActivityCount is an activity and the number of cases that begin, or end, with
// it.
type ActivityCount struct {
	Activity string `json:"activity"`
	Count    int64  `json:"count"`
}

// LeadTime summarises the wall-clock time of the cases from one milestone to
// another; a figure that cannot be told is null, and a warning says why.
type LeadTime struct {
	From   string         `json:"from"`
	To     string         `json:"to"`
	N      int            `json:"n"`
	Unit   measure.Unit   `json:"unit"`
	Mean   measure.Number `json:"mean"`
	Median measure.Number `json:"median"`
	P85    measure.Number `json:"p85"`
	P95    measure.Number `json:"p95"`
	Max    measure.Number `json:"max"`
}

// The milestones of a lead time when none are declared.
const (
	FirstRecorded = "first recorded event"
	LastRecorded  = "last recorded event"
)

// Mine returns the overview of the log of the given name that s answers for.
func Mine(ctx context.Context, name string, s Source, e Events) (*Overview, error) {
	g, err := s.DirectlyFollows(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("mining %q: directly-follows graph: %w", name, err)
	}
	variants, err := s.Variants(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("mining %q: variants: %w", name, err)
	}
	lead, err := s.LeadTime(ctx)
	if err != nil {
		return nil, fmt.Errorf("mining %q: lead time: %w", name, err)
	}
	o := &Overview{
		Log: name, EventsAs: e.String(), Cases: g.Cases, Events: g.Events,
		Activities: len(g.Activities), Variants: len(variants),
		DirectlyFollows: DirectlyFollows{Pairs: len(g.Edges), Total: g.Pairs(), Edges: make([]Edge, len(g.Edges))},
		Starts:          activityCounts(g.Activities, g.Starts),
		Ends:            activityCounts(g.Activities, g.Ends),
		LeadTime:        leadTimeOf(FirstRecorded, LastRecorded, lead),
		Warnings:        []string{},
	}
	for i, edge := range g.Edges {
		o.DirectlyFollows.Edges[i] = Edge{g.Activities[edge.From], g.Activities[edge.To], edge.Count, micro(edge.Mean())}
	}
	if e == Instances {
		p, err := s.Pairing(ctx)
		if err != nil {
			return nil, fmt.Errorf("mining %q: pairing: %w", name, err)
		}
		for _, w := range pairing(p) {
			o.warn(w)
		}
	}
	for _, w := range lead.Warnings {
		o.warn(leadTime(w))
	}
	return o, nil
}

// micro rounds seconds to the microsecond, to which times are recorded, so that
// engines that add in another order print the same figures.
func micro(seconds float64) measure.Number {
	if r := math.Round(seconds * 1e6); math.Abs(r) < 1<<53 {
		return measure.Number(r / 1e6)
	}
	return measure.Number(seconds)
}

func leadTimeOf(from, to string, s measure.Summary) LeadTime {
	return LeadTime{From: from, To: to, N: s.N, Unit: s.Unit,
		Mean: micro(s.Mean), Median: micro(s.Median), P85: micro(s.P85), P95: micro(s.P95), Max: micro(s.Max)}
}

// Between puts the summary of another lead time, in seconds, in the place of the
// one that Mine told: of a log whose process declares its milestones. The
// warnings of the summary join those of the overview.
func (o *Overview) Between(from, to string, s measure.Summary) {
	o.LeadTime = leadTimeOf(from, to, s)
	for _, w := range s.Warnings {
		o.warn(leadTime(w))
	}
}

func activityCounts(names []string, counts []int64) []ActivityCount {
	out := []ActivityCount{}
	for i, n := range counts {
		if n > 0 {
			out = append(out, ActivityCount{names[i], n})
		}
	}
	return out
}

// WriteJSON writes the overview as indented JSON with a newline at its end,
// leaving <, > and & as they are.
func (o *Overview) WriteJSON(w io.Writer) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(o); err != nil {
		return fmt.Errorf("writing overview of %q: %w", o.Log, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
