package desk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

// Pages returns what the pages show.
func (d *Desk) Pages() web.Backend { return &pages{desk: d, processes: map[string]*kept{}} }

type pages struct {
	desk *Desk

	mu        sync.Mutex
	processes map[string]*kept // by log, until the log changes
}

type kept struct {
	changed time.Time
	page    *web.Process
	subject *subject
}

func (p *pages) Logs(ctx context.Context) ([]web.Log, error) {
	list, err := p.desk.store.Logs(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]web.Log, len(list))
	for i, l := range list {
		out[i] = web.Log{Name: l.Name, Title: twin.Text{RU: l.Name, EN: l.Name}, Cases: l.Cases, Events: l.Events, First: l.First, Last: l.Last}
	}
	return out, nil
}

func (p *pages) Process(ctx context.Context, log string) (*web.Process, error) {
	k, err := p.process(ctx, log)
	if err != nil {
		return nil, err
	}
	return k.page, nil
}

// process mines a log once and keeps the answer until the log changes.
func (p *pages) process(ctx context.Context, log string) (*kept, error) {
	info, err := p.desk.store.Log(ctx, log)
	if err != nil {
		if errors.Is(err, mining.ErrUnknownLog) {
			return nil, web.ErrNotFound
		}
		return nil, err
	}
	p.mu.Lock()
	k := p.processes[log]
	p.mu.Unlock()
	if k != nil && k.changed.Equal(info.Changed) {
		return k, nil
	}
	src := p.desk.store.Source(log)
	page := &web.Process{Log: web.Log{Name: log, Title: twin.Text{RU: log, EN: log}, Cases: info.Cases, Events: info.Events, First: info.First, Last: info.Last}}
	if page.Overview, err = p.desk.Mine(ctx, log, Look{}); err != nil {
		return nil, err
	}
	if page.Graph, err = src.DirectlyFollows(ctx, mining.Instances); err != nil {
		return nil, err
	}
	if page.Variants, err = src.Variants(ctx, mining.Instances); err != nil {
		return nil, err
	}
	l, err := p.desk.store.Load(ctx, log)
	if err != nil {
		return nil, err
	}
	k = &kept{changed: info.Changed, page: page}
	if k.subject, err = p.desk.subjectOf(log, l.Meta()); err != nil {
		return nil, err
	}
	page.Labels = k.subject.labels()
	limit := 0.0
	if s := k.subject; s != nil {
		page.Notice = s.model.Notice
		if s.process != nil {
			if name := s.process.Name; name != (twin.Text{}) {
				page.Title = name
			}
			if s.process.Limit != nil {
				page.Limit = judge(l, s.process.Limit)
				limit = page.Limit.Seconds
			}
		}
	}
	times, _, _, err := k.subject.leadTimes(l)
	if err != nil {
		return nil, err
	}
	page.Bins = charts.BinsOf(times.Seconds, limit)
	p.mu.Lock()
	p.processes[log] = k
	p.mu.Unlock()
	return k, nil
}

// judge tells how many of the cases with a due date were ended by it.
func judge(l *eventlog.Log, limit *twin.Limit) *web.Limit {
	days := strconv.Itoa(limit.Days)
	out := &web.Limit{Text: twin.Text{RU: days + " кал. дн.", EN: days + " calendar days"}, Seconds: float64(limit.Days) * 86400}
	if limit.Unit == twin.WorkingDay {
		out.Text, out.Seconds = twin.Text{RU: days + " раб. дн.", EN: days + " working days"}, 0
	}
	for _, o := range limit.Others {
		out.Text.RU += fmt.Sprintf("; для части дел — %d", o.Days)
		out.Text.EN += fmt.Sprintf("; %d for some of the cases", o.Days)
	}
	if c := limit.Citation; c != (twin.Text{}) {
		out.Text.RU += " (" + c.In("ru") + ")"
		out.Text.EN += " (" + c.In("en") + ")"
	}
	var inTime int64
	for _, c := range l.All() {
		if due, ok := c.Attribute(simulator.DueKey); ok && due.Kind() == eventlog.KindTime && c.Len() > 0 {
			out.N++
			if c.Last() <= due.Stamp().Time {
				inTime++
			}
		}
	}
	out.ShareInTime = math.NaN()
	if out.N > 0 {
		out.ShareInTime = float64(inTime) / float64(out.N)
	}
	return out
}

// computation is a what-if that runs or is done; those who ask for the same wait
// for the same.
type computation struct {
	done   chan struct{}
	result *web.WhatIf
	err    error
}

func (p *pages) WhatIf(ctx context.Context, log string) (*web.WhatIf, error) {
	k, err := p.process(ctx, log)
	if err != nil || k.subject == nil {
		return nil, err
	}
	key := log + "\x00" + k.changed.String()
	d := p.desk
	d.mu.Lock()
	c := d.whatIfs[key]
	if c == nil {
		c = &computation{done: make(chan struct{})}
		d.whatIfs[key] = c
		d.running.Add(1)
		go func() { // outlives the reader who asked first: others may wait too
			defer d.running.Done()
			defer close(c.done)
			c.result, c.err = d.whatIf(k)
		}()
	}
	d.mu.Unlock()
	select {
	case <-c.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.err != nil {
		d.mu.Lock()
		delete(d.whatIfs, key) // the next reader tries again
		d.mu.Unlock()
	}
	return c.result, c.err
}

func (d *Desk) whatIf(k *kept) (*web.WhatIf, error) {
	s := k.subject
	process := ""
	if s.process != nil {
		process = s.process.ID
	}
	scenarios := s.scenarios[:s.compared]
	if len(scenarios) == 0 {
		var err error
		if scenarios, err = Suggest(d.life, s.model); err != nil {
			return nil, err
		}
	}
	out, err := Compare(d.life, Compared{Model: s.model, Process: process, Scenarios: scenarios,
		Config: experiment.Config{Replications: whatIfReplications, Seed: 1}})
	if err != nil {
		return nil, err
	}
	return whatIf(out, float64(k.page.Overview.LeadTime.Mean)), nil
}
