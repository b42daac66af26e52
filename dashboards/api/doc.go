// Package api is the interface for other programs: gRPC, REST and an OpenAPI
// description of it, from one .proto file, on the one port that the pages use.
//
//	Backend ─▶ service ─┬─▶ gRPC      any /uprava.v1.Uprava/… over HTTP/2
//	                    ├─▶ REST      /api/v1/…
//	                    └─▶ OpenAPI   /openapi.json
//
// The JSON of Mine and Simulate is that of `uprava mine --json` and `uprava
// simulate --json`. The package decides nothing about who may ask: which
// addresses, hosts and origins are answered is the business of the handler
// around this one. Generated code lies beside its source and is renewed by `go
// generate ./dashboards/api`. DESIGN.md tells why it is so.
package api

//go:generate go run ./protogen

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/simulator/experiment"
)

// Backend answers the calls. Its methods are called by many goroutines at once.
// An error that is mining.ErrUnknownLog or ErrNotFound says that what was asked
// for does not exist, one that is ErrInvalid that the question is wrong; both
// are told to the caller as they are. Any other is logged and told as no more
// than that.
type Backend interface {
	// Logs lists the logs by name.
	Logs(ctx context.Context) ([]Log, error)
	// Mine returns the overview of a log.
	Mine(ctx context.Context, cfg MineConfig) (*mining.Overview, error)
	// Analyse answers another question of a log with what its command prints as
	// JSON. An analysis or option that is not known is an ErrInvalid.
	Analyse(ctx context.Context, cfg AnalyseConfig) (any, error)
	// Simulate runs an experiment and returns its *experiment.Result or, where a
	// scenario was asked for, *experiment.Comparison. It may take as long as
	// that takes, and ends with the context.
	Simulate(ctx context.Context, cfg SimulateConfig) (json.Marshaler, error)
}

// ErrNotFound says that there is no such model or scenario.
var ErrNotFound = errors.New("not found")

// ErrInvalid says that the question cannot be answered as it was put.
var ErrInvalid = errors.New("invalid request")

// Log is one log of the store.
type Log struct {
	Name          string
	Cases, Events int64 // Events as recorded
	Quarantined   int64
	First, Last   time.Time // of its events; zero where it has none
}

// MineConfig asks for the overview of a log.
type MineConfig struct {
	Log        string
	Events     mining.Events
	Classifier string // "" for concept:name
	Filter     filter.Filter
}

// AnalyseConfig asks another question of a log.
type AnalyseConfig struct {
	MineConfig
	Analysis string
	Options  map[string]string // by the names of the command's flags
}

// SimulateConfig asks for an experiment.
type SimulateConfig struct {
	Model      string // name of a model, or of a log, whose fitted model is meant
	Scenario   string // "" for the model as it is
	Experiment experiment.Config
}
