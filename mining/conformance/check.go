package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/uprava/uprava/mining/alignment"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/petri"
)

// Result is what a log and a net have to do with each other. Figures that cannot be
// told are NaN, or nil, and null as JSON; Warnings say why.
type Result struct {
	// LogFitness and AverageTraceFitness are those of the method, 0 to 1: of tokens
	// (Replay), or 1 − cost/worst cost of alignments.
	LogFitness          measure.Number `json:"log_fitness"`
	AverageTraceFitness measure.Number `json:"average_trace_fitness"`
	FittingTraces       *int64         `json:"fitting_traces"`
	Traces              int64          `json:"traces"`
	// Precision is by escaping edges of the traces, or of their alignments.
	Precision      measure.Number `json:"precision"`
	Generalisation measure.Number `json:"generalisation"`
	Simplicity     measure.Number `json:"simplicity"`
	// TotalCost is the cost of the best alignments found, summed over traces; the
	// optimum lies between CostLow and CostHigh. ProvedTraces counts those whose
	// alignment is optimal for sure. Nil without alignments.
	TotalCost    *int64 `json:"total_cost"`
	ProvedTraces *int64 `json:"proved_traces"`
	CostLow      *int64 `json:"cost_low"`
	CostHigh     *int64 `json:"cost_high"`
	Method       Method `json:"method"`

	Edges      Edges             `json:"-"` // what precision is made of
	Variants   []Trace           `json:"-"` // in the order of the variants; nil where the budget cut the replay
	Overlay    Overlay           `json:"-"` // counts to draw over the net
	Alignments *alignment.Result `json:"-"` // nil after a replay
	Warnings   []error           `json:"-"` // as JSON their English texts
}

// MarshalJSON returns the figures, the method and the warnings.
func (r *Result) MarshalJSON() ([]byte, error) {
	type figures Result
	return json.Marshal(struct {
		*figures
		Warnings []string `json:"warnings"`
	}{(*figures)(r), measure.Texts(r.Warnings)})
}

// Check holds a log against a net: fitness, precision, generalisation, simplicity.
// The log is taken as it is, of activity instances (eventlog.Log.Instances) or of
// recorded events. A net that is invalid or lacks its initial or final marking is an
// error. The fitness and precision of a log without traces are NaN.
//
// Cost: Replay or alignment.Align behind EscapingEdges. cfg.Budget bounds both
// together; alignments take at most nine tenths of it.
func Check(ctx context.Context, n *petri.Net, l *eventlog.Log, cfg Config) (*Result, error) {
	return CheckVariants(ctx, n, l.Activities(), l.Variants(), cfg)
}

// CheckVariants is Check of the variants of a log, as a store gives them.
func CheckVariants(ctx context.Context, n *petri.Net, activities *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) (*Result, error) {
	c, err := prepare(n, cfg)
	if err != nil {
		return nil, fmt.Errorf("checking: %w", err)
	}
	limited, cancel := cfg.within(ctx)
	defer cancel()
	r := &Result{
		Method:     cfg.Method,
		LogFitness: nan, AverageTraceFitness: nan, Precision: nan, Generalisation: nan,
		Simplicity: measure.Number(Simplicity(n)),
	}
	if cfg.Method == Alignments {
		err = c.checkAlignments(ctx, limited, r, activities, variants, cfg)
	} else {
		err = c.checkReplay(limited, r, activities, variants, cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("checking a log against net %q: %w", n.Name, err)
	}
	return r, nil
}

var nan = measure.Number(math.NaN())

func (c *compiled) checkReplay(ctx context.Context, r *Result, activities *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) error {
	p, err := c.replay(ctx, activities, variants, cfg)
	if err != nil {
		return err
	}
	r.Traces, r.Warnings = p.Traces, p.Warnings
	r.LogFitness, r.AverageTraceFitness = measure.Number(p.LogFitness), measure.Number(p.AverageTraceFitness)
	r.Variants, r.Overlay = p.Variants, p.Overlay
	if p.Traces == 0 {
		return nil
	}
	if p.Variants != nil {
		r.FittingTraces = &p.FittingTraces
		r.Generalisation = measure.Number(Generalisation(p.Overlay.Executions()))
	}
	return c.addPrecision(ctx, r, coded(c.labelsOf(activities), variants), cfg)
}

func (c *compiled) addPrecision(ctx context.Context, r *Result, traces []sequence, cfg Config) error {
	p, err := c.precision(ctx, traces, cfg)
	if err != nil {
		return err
	}
	r.Precision, r.Edges = measure.Number(p.Value), p.Edges
	r.Warnings = append(r.Warnings, p.Warnings...)
	return nil
}

// checkAlignments aligns in ctx, where the budget ends nothing but searches, and does
// the rest in limited, which ends with it.
func (c *compiled) checkAlignments(ctx, limited context.Context, r *Result, activities *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) error {
	for _, v := range variants {
		r.Traces += int64(v.Count)
	}
	if r.Traces == 0 {
		r.Warnings = append(r.Warnings, noTraces())
		return nil
	}
	found, err := alignment.Align(ctx, c.source, activities, variants, alignment.Config{
		MaxStates: cfg.MaxStates, Budget: cfg.Budget / 10 * 9, Workers: cfg.Workers,
	})
	if err != nil {
		return err
	}
	r.Alignments, r.Warnings = found, append(r.Warnings, found.Warnings...)
	a := newAligned(c, activities, variants)
	for i := range found.Alignments {
		a.add(&found.Alignments[i], found.WorstCost)
	}
	r.LogFitness, r.AverageTraceFitness = measure.Number(a.logFitness()), measure.Number(a.mean/float64(r.Traces))
	r.FittingTraces = &a.fitting
	r.TotalCost, r.CostLow, r.CostHigh, r.ProvedTraces = &a.cost, &found.TotalLow, &found.TotalHigh, &found.Proved
	r.Variants, r.Overlay = a.traces, a.sum.overlay()
	r.Generalisation = measure.Number(Generalisation(r.Overlay.Executions()))
	return c.addPrecision(limited, r, a.runs(), cfg)
}
