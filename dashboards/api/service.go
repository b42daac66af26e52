package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	upravav1 "github.com/uprava/uprava/dashboards/api/proto/uprava/v1"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/simulator/experiment"
)

// Limits of a request.
const (
	maxName         = 1024 // bytes
	maxReplications = 1000
	maxCases        = 1_000_000 // of one replication, those discarded included
	maxAllCases     = 100_000_000
)

type service struct {
	upravav1.UnimplementedUpravaServer
	backend     Backend
	log         *slog.Logger
	simulations chan struct{} // holds one for each that runs
}

func (s *service) ListLogs(ctx context.Context, _ *upravav1.ListLogsRequest) (out *upravav1.ListLogsResponse, err error) {
	defer s.answer(ctx, "ListLogs", &err)
	logs, err := s.backend.Logs(ctx)
	if err != nil {
		return nil, err
	}
	out = &upravav1.ListLogsResponse{}
	for _, l := range logs {
		out.Logs = append(out.Logs, &upravav1.Log{
			Log: l.Name, Cases: l.Cases, Events: l.Events, Quarantined: l.Quarantined, First: timestamp(l.First), Last: timestamp(l.Last),
		})
	}
	return out, nil
}

func (s *service) Mine(ctx context.Context, q *upravav1.MineRequest) (out *upravav1.Overview, err error) {
	defer s.answer(ctx, "Mine", &err)
	cfg, err := look(q.Log, q.Events, q.Classifier, q.Filter)
	if err != nil {
		return nil, err
	}
	o, err := s.backend.Mine(ctx, cfg)
	if err != nil {
		return nil, err
	}
	out = &upravav1.Overview{}
	return out, recode(o, out)
}

func (s *service) Analyse(ctx context.Context, q *upravav1.AnalyseRequest) (out *httpbody.HttpBody, err error) {
	defer s.answer(ctx, "Analyse", &err)
	cfg, err := look(q.Log, q.Events, q.Classifier, q.Filter)
	if err == nil {
		err = name("analysis", q.Analysis, true)
	}
	if err != nil {
		return nil, err
	}
	v, err := s.backend.Analyse(ctx, AnalyseConfig{MineConfig: cfg, Analysis: q.Analysis, Options: q.Options})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing the answer of %q: %w", q.Analysis, err)
	}
	return &httpbody.HttpBody{ContentType: "application/json", Data: b.Bytes()}, nil
}

// look reads how a log is to be looked at.
func look(log, events, classifier, part string) (MineConfig, error) {
	cfg := MineConfig{Log: log, Classifier: classifier}
	if err := errors.Join(name("log", log, true), name("classifier", classifier, false)); err != nil {
		return cfg, err
	}
	var err error
	if cfg.Events, err = mining.ParseEvents(events); err != nil {
		return cfg, Invalid(err)
	}
	if cfg.Filter, err = filter.Parse(part); err != nil {
		return cfg, Invalid(err)
	}
	return cfg, nil
}

func (s *service) Simulate(ctx context.Context, q *upravav1.SimulateRequest) (out *upravav1.Simulation, err error) {
	defer s.answer(ctx, "Simulate", &err)
	cfg, err := simulateConfig(q)
	if err != nil {
		return nil, err
	}
	select {
	case s.simulations <- struct{}{}:
		defer func() { <-s.simulations }()
	default:
		return nil, status.Errorf(codes.ResourceExhausted, "simulating %q: %d simulations run already, try again later", q.Model, cap(s.simulations))
	}
	r, err := s.backend.Simulate(ctx, cfg)
	if err != nil {
		return nil, err
	}
	out = &upravav1.Simulation{}
	return out, recode(r, out)
}

// simulateConfig reads and checks a request; its errors are ErrInvalid.
func simulateConfig(q *upravav1.SimulateRequest) (SimulateConfig, error) {
	faults := []error{name("model", q.Model, true), name("scenario", q.Scenario, false)}
	most := func(field string, v, limit int64) int {
		if v < 0 || v > limit {
			faults = append(faults, Invalid(fmt.Errorf("%s %d: wanted 0 to %d", field, v, limit)))
			return 0
		}
		return int(v)
	}
	cfg := SimulateConfig{Model: q.Model, Scenario: q.Scenario, Experiment: experiment.Config{
		Replications: most("replications", q.Replications, maxReplications),
		Cases:        most("cases", q.Cases, maxCases),
		Warmup:       most("warmup", q.Warmup, maxCases),
		AutoWarmup:   q.AutoWarmup, Seed: q.Seed, Confidence: q.Confidence,
	}}
	e := cfg.Experiment
	if n := max(e.Replications, 1) * (e.Cases + e.Warmup); n > maxAllCases {
		faults = append(faults, Invalid(fmt.Errorf("replications × (cases + warmup) are %d: wanted at most %d", n, maxAllCases)))
	}
	if err := e.Validate(); err != nil {
		faults = append(faults, Invalid(err))
	}
	return cfg, errors.Join(faults...)
}

// name checks a name of something.
func name(field, v string, wanted bool) error {
	switch {
	case wanted && v == "":
		return Invalid(fmt.Errorf("%s is missing", field))
	case len(v) > maxName:
		return Invalid(fmt.Errorf("%s has %d bytes: wanted at most %d", field, len(v), maxName))
	}
	return nil
}

type invalidError struct{ error }

// Invalid returns err as an ErrInvalid, with the same text.
func Invalid(err error) error { return invalidError{err} }

func (invalidError) Is(err error) bool { return err == ErrInvalid }
func (e invalidError) Unwrap() error   { return e.error }

// recode fills a message with the JSON of a value: that JSON is the contract,
// also of the command line, so the two cannot differ.
func recode(v any, m proto.Message) error {
	b, err := json.Marshal(v)
	if err == nil {
		err = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(b, m)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", m.ProtoReflect().Descriptor().Name(), err)
	}
	return nil
}

func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// answer turns the error of a call, or a panic, into a status: a sentence where
// the caller can do something about it, else that it failed, with the cause in
// the log.
func (s *service) answer(ctx context.Context, call string, err *error) {
	if p := recover(); p != nil {
		s.log.Error("answering", "call", call, "panic", p, "stack", string(debug.Stack()))
		*err = status.Error(codes.Internal, "the call failed; the server's log tells why")
		return
	}
	e := *err
	if e == nil {
		return
	}
	if _, ok := status.FromError(e); ok {
		return
	}
	switch {
	case errors.Is(e, ErrInvalid):
		*err = status.Error(codes.InvalidArgument, e.Error())
	case errors.Is(e, mining.ErrUnknownLog), errors.Is(e, ErrNotFound):
		*err = status.Error(codes.NotFound, e.Error())
	case ctx.Err() != nil:
		*err = status.FromContextError(ctx.Err()).Err()
	default:
		s.log.Error("answering", "call", call, "error", e)
		*err = status.Error(codes.Internal, "the call failed; the server's log tells why")
	}
}

// routingError says of an address that there is no such one.
func routingError(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, code int) {
	err := &runtime.HTTPStatusError{HTTPStatus: code}
	switch code {
	case http.StatusMethodNotAllowed:
		err.Err = status.Errorf(codes.Unimplemented, "%s does not take %s; /openapi.json tells what it takes", r.URL.Path, r.Method)
	case http.StatusNotFound:
		err.Err = status.Errorf(codes.NotFound, "there is no %s; /openapi.json tells what there is", r.URL.Path)
	default:
		err.Err = status.Errorf(codes.InvalidArgument, "the address %q cannot be read", r.URL.Path)
	}
	runtime.HTTPError(ctx, mux, m, w, r, err)
}
