// Package web serves the pages: server-rendered HTML in Russian and English,
// with small scripts for charts and the process map, from one binary and
// without any request to the outside.
//
//	Backend ─▶ page data ─▶ template (escapes) ─▶ browser
//	                          └─ chart options as JSON, never as code
//
// Every answer carries a Content-Security-Policy without unsafe-inline and
// unsafe-eval. The server answers only to loopback names and refuses requests
// that another site sent (Guard). The bundle in dist/ is built from the
// lockfile by `make assets` and embedded; without it the package builds and New
// says what to run.
package web

import (
	"context"
	"errors"
	"time"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/twin"
)

// Backend answers what the pages show. Its methods are called from many
// goroutines at once; they return ErrNotFound for a log that does not exist.
type Backend interface {
	// Logs lists the logs of the store by name.
	Logs(ctx context.Context) ([]Log, error)
	// Process returns the as-is of one log.
	Process(ctx context.Context, log string) (*Process, error)
	// WhatIf returns the scenarios of the model that belongs to a log, nil
	// where there is none. It may take as long as the simulation takes.
	WhatIf(ctx context.Context, log string) (*WhatIf, error)
}

// ErrNotFound says that there is no such log.
var ErrNotFound = errors.New("no such log")

// Log is one line of the list of logs.
type Log struct {
	Name          string
	Title         twin.Text // name of the process, the log's own name where there is none
	Cases, Events int64
	First, Last   time.Time
	Simulated     bool
}

// Process is the as-is of one log.
type Process struct {
	Log
	Notice   twin.Text // of the twin that the log belongs to; empty for a log of one's own
	Overview *mining.Overview
	Graph    *dfg.Graph
	Variants []mining.Variant
	Bins     charts.Bins // lead times
	Limit    *Limit      // nil where no legal limit is known
	// Labels hold activity names in both languages, by name in the log; names
	// that are missing are shown as they are.
	Labels map[string]twin.Text
}

// Limit is the legal limit of a process and how the log keeps it.
type Limit struct {
	Text        twin.Text // "30 calendar days" and its citation
	Seconds     float64   // as wall-clock time, for the line in the chart
	ShareInTime float64
	N           int64 // cases that could be judged
}

// WhatIf compares scenarios of one model.
type WhatIf struct {
	Mined     float64 // mean lead time of the log, seconds; NaN where it has none
	Scenarios []Scenario
	Evidence  Evidence
	Warnings  []error
}

// Scenario is one line of the comparison; the first is the as-is.
type Scenario struct {
	Name       twin.Text
	Levers     []twin.Text
	LeadTime   Estimate  // mean, seconds
	P85        Estimate  // seconds
	Overdue    *Estimate // share; nil where there is no limit
	Difference *Estimate // of the mean against as-is, paired; nil for as-is
	Headcount  int
}

// Estimate is a mean over replications with its interval.
type Estimate struct{ Mean, Low, High float64 }

// Evidence says what a comparison rests on.
type Evidence struct {
	Replications, Warmup, Cases int
	Seed                        uint64
	Hash                        string
	BackTest                    string // what one said of the model; "" where there was none
	Assumptions                 int    // what the model takes for granted
}
