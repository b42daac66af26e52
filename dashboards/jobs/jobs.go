// Package jobs runs what takes long, a few at a time: each job has progress, time
// left, an end that can be asked for, and readers who may watch it, come late or
// leave.
//
//	Start ─▶ queued ─▶ running ─▶ done | failed | cancelled
//	                     └─ Watch: a status whenever something changed
//
// A job outlives the reader who started it and ends with the Registry.
package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"
)

// State of a job.
type State string

// The states.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Status is what is known of a job at a moment.
type Status struct {
	State   State
	Stage   string // what it does now: a key of terms, or plain text
	Done    int64  // of Total; what is counted is the job's own
	Total   int64  // 0 where it is not known
	Note    string // in place of Done and Total, for who reads: see Note
	Elapsed time.Duration
	Left    time.Duration // estimate; negative where none can be made
	Err     error         // of a job that failed
}

// Ended reports whether nothing will change any more.
func (s Status) Ended() bool { return s.State != Queued && s.State != Running }

// Tell is how a job says how far it is.
type Tell func(stage string, done, total int64)

type jobKey struct{}

// Note says in words how far the job of a context is; it holds until the stage changes,
// so Tell comes first. Elsewhere than in a job nothing happens.
func Note(ctx context.Context, words string) {
	if j, ok := ctx.Value(jobKey{}).(*Job); ok {
		j.change(func() { j.status.Note = words })
	}
}

// Job is one piece of work.
type Job struct {
	ID, Kind, Key string
	Owner         string // who started it, as a reader is named

	cancel  context.CancelFunc
	mu      sync.Mutex
	status  Status
	started time.Time // of the work, then of its stage
	staged  time.Time
	changed chan struct{} // closed and replaced with each change
	result  any
}

// Registry holds the jobs of one server.
type Registry struct {
	life    context.Context
	slots   chan struct{}
	keep    int
	mu      sync.Mutex
	jobs    map[string]*Job
	order   []*Job
	byKey   map[string]*Job
	running sync.WaitGroup
}

// New returns a registry whose jobs end with life; at most parallel run at once,
// and the last keep that ended are remembered.
func New(life context.Context, parallel, keep int) *Registry {
	return &Registry{life: life, slots: make(chan struct{}, max(1, parallel)), keep: max(1, keep), jobs: map[string]*Job{}, byKey: map[string]*Job{}}
}

// Start begins a job, or returns the one of the same kind and key that is under
// way or is done: the same question is worked on once. The key "" is never the same.
func (r *Registry) Start(kind, key, owner string, run func(ctx context.Context, tell Tell) (any, error)) *Job {
	return r.start(kind, key, owner, run, func(s State) bool { return s != Failed && s != Cancelled })
}

// Again is Start, but a job that is done is begun anew: its result was left somewhere
// and may be gone.
func (r *Registry) Again(kind, key, owner string, run func(ctx context.Context, tell Tell) (any, error)) *Job {
	return r.start(kind, key, owner, run, func(s State) bool { return s == Queued || s == Running })
}

func (r *Registry) start(kind, key, owner string, run func(ctx context.Context, tell Tell) (any, error), serves func(State) bool) *Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	same := kind + "\x00" + key
	if j := r.byKey[same]; key != "" && j != nil && serves(j.Status().State) {
		return j
	}
	ctx, cancel := context.WithCancel(r.life)
	j := &Job{ID: rand.Text()[:16], Kind: kind, Key: key, Owner: owner, cancel: cancel, changed: make(chan struct{}), status: Status{State: Queued, Left: -1}}
	r.jobs[j.ID] = j
	r.order = append(r.order, j)
	if key != "" {
		r.byKey[same] = j
	}
	r.forget()
	r.running.Add(1)
	go func() {
		defer r.running.Done()
		defer cancel()
		select {
		case r.slots <- struct{}{}:
			defer func() { <-r.slots }()
		case <-ctx.Done():
			j.end(nil, ctx.Err())
			return
		}
		j.begin()
		j.end(j.work(ctx, run))
	}()
	return j
}

// work runs the job; a panic in it is its failure, not the server's.
func (j *Job) work(ctx context.Context, run func(context.Context, Tell) (any, error)) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: stopped by a fault of the program: %v", j.Kind, p)
		}
	}()
	result, err = run(context.WithValue(ctx, jobKey{}, j), j.tell)
	if err == nil && ctx.Err() != nil {
		err = ctx.Err() // a result that was cut short is none
	}
	return result, err
}

// forget drops the oldest jobs that ended beyond those to keep. r.mu is held.
func (r *Registry) forget() {
	ended := 0
	for _, j := range r.order {
		if j.Status().Ended() {
			ended++
		}
	}
	kept := r.order[:0]
	for _, j := range r.order {
		if ended > r.keep && j.Status().Ended() {
			ended--
			delete(r.jobs, j.ID)
			if same := j.Kind + "\x00" + j.Key; r.byKey[same] == j {
				delete(r.byKey, same)
			}
			continue
		}
		kept = append(kept, j)
	}
	clear(r.order[len(kept):])
	r.order = kept
}

// Job returns the job of an ID, nil where it is not known (any more).
func (r *Registry) Job(id string) *Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.jobs[id]
}

// Find returns the last job of a kind and key, nil where there is none (any more).
func (r *Registry) Find(kind, key string) *Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byKey[kind+"\x00"+key]
}

// Wait waits until all jobs have ended; the context of New must have ended, or
// each job been cancelled.
func (r *Registry) Wait() { r.running.Wait() }

func (j *Job) change(f func()) {
	j.mu.Lock()
	f()
	close(j.changed)
	j.changed = make(chan struct{})
	j.mu.Unlock()
}

func (j *Job) begin() {
	j.change(func() { j.started = time.Now(); j.staged = j.started; j.status.State = Running })
}

func (j *Job) tell(stage string, done, total int64) {
	j.change(func() {
		if stage != j.status.Stage {
			j.staged = time.Now()
			j.status.Note = ""
		}
		j.status.Stage, j.status.Done, j.status.Total = stage, done, total
	})
}

func (j *Job) end(result any, err error) {
	j.change(func() {
		j.status.Left = 0
		if !j.started.IsZero() {
			j.status.Elapsed = time.Since(j.started)
		}
		switch {
		case errors.Is(err, context.Canceled):
			j.status.State = Cancelled
		case err != nil:
			j.status.State, j.status.Err = Failed, err
		default:
			j.status.State, j.result = Done, result
		}
	})
}

// Status tells how the job stands.
func (j *Job) Status() Status {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.status
	if s.State == Running {
		s.Elapsed = time.Since(j.started)
		s.Left = -1
		if in := time.Since(j.staged); s.Done > 0 && s.Total >= s.Done {
			s.Left = time.Duration(float64(in) * float64(s.Total-s.Done) / float64(s.Done))
		}
	}
	return s
}

// Result is what the job found; nil before it is Done.
func (j *Job) Result() any {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.result
}

// Cancel asks the job to end; it returns at once.
func (j *Job) Cancel() { j.cancel() }

// Wait waits for the end of the job or of ctx and returns the result.
func (j *Job) Wait(ctx context.Context) (any, error) {
	var last Status
	for s := range j.Watch(ctx, 0) {
		last = s
	}
	switch last.State {
	case Done:
		return j.Result(), nil
	case Failed:
		return nil, last.Err
	case Cancelled:
		return nil, context.Canceled
	}
	return nil, ctx.Err()
}

// Watch yields the status now, then whenever it changed but not more often than
// every, until the job has ended (that status is always the last) or ctx has.
func (j *Job) Watch(ctx context.Context, every time.Duration) func(yield func(Status) bool) {
	return func(yield func(Status) bool) {
		for {
			j.mu.Lock()
			changed := j.changed
			j.mu.Unlock()
			s := j.Status()
			if !yield(s) || s.Ended() {
				return
			}
			if every > 0 {
				select {
				case <-time.After(every):
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}
}
