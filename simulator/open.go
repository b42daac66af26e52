package simulator

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/uprava/uprava/mining/measure"
)

// OpenCase is a case that is under way when the simulation begins: today's files.
type OpenCase struct {
	Process string
	ID      string    // in a log; "" for none
	Arrival time.Time // not after the model's start
	// Requested is when it passed the milestone of the request; zero for not yet.
	Requested time.Time
	Due       time.Time         // zero for what the limit of the process says
	Values    map[string]string // of attributes; those not given are drawn
	At        []Position
}

// Position is where a token of an open case is.
type Position struct {
	// Node is the activity or event that it has come to, or, with Done, that it has
	// completed last.
	Node string
	Done bool
	// Since is when it came there; zero for the model's start. Of a delay, what has
	// passed of it is reckoned: what is left is drawn given that.
	Since time.Time
}

// resume lets the open cases of the configuration in.
func (r *run) resume() error {
	var faults []error
	for i := range r.cfg.Open {
		if err := r.resumeCase(&r.cfg.Open[i]); err != nil {
			id := r.cfg.Open[i].ID
			if id == "" {
				id = strconv.Itoa(i + 1)
			}
			faults = append(faults, measure.Faultf("open case %q: %w", "дело в работе «%s»: %s", id, err))
		}
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	return r.settle()
}

func (r *run) resumeCase(o *OpenCase) error {
	p := slices.IndexFunc(r.processes, func(x process) bool { return x.id == o.Process })
	if p < 0 {
		return measure.Faultf("found the process %q, wanted one of %q", "указан процесс «%s», нужен один из %s", o.Process, r.Processes())
	}
	if o.Arrival.After(r.begin) {
		return measure.Faultf("it arrived %s, after the beginning %s", "оно поступило %s, позже начала %s", o.Arrival.Format(time.RFC3339), r.begin.Format(time.RFC3339))
	}
	if len(o.At) == 0 {
		return measure.Faultf("it is nowhere: wanted a position", "не указано, где оно находится")
	}
	var at []int32
	for _, x := range o.At {
		k := slices.IndexFunc(r.nodes, func(n node) bool { return int(n.process) == p && n.id == x.Node })
		if k < 0 {
			return measure.Faultf("found the node %q, which the process %q has not", "указан элемент «%s», а в процессе «%s» его нет", x.Node, o.Process)
		}
		at = append(at, int32(k))
	}
	i := r.newCase(int32(p), true, r.clock(o.Arrival))
	c := &r.cases[i]
	if !o.Requested.IsZero() {
		c.Requested = r.clock(o.Requested)
		if r.processes[p].limit != nil {
			r.begins(c)
		}
	}
	if !o.Due.IsZero() {
		c.Due = r.clock(o.Due)
	}
	for id, value := range o.Values {
		if err := r.setValue(c, int32(p), id, value); err != nil {
			return err
		}
	}
	r.under[p]++
	c.root = r.newFrame(i, int32(p), -1, uint64(c.Number))
	for k, x := range o.At {
		f := r.enclosing(c.root, r.scopeOf(at[k]))
		if x.Done {
			r.frames[f].tokens++
			r.leave(f, at[k])
			continue
		}
		r.since = 0
		if !x.Since.IsZero() {
			r.since = min(0, r.clock(x.Since))
		}
		r.frames[f].tokens++
		r.touchFrame(f)
		r.enter(token{f, at[k], -1})
		r.since = 0
	}
	return nil
}

func (r *run) setValue(c *caseState, p int32, id, value string) error {
	k := slices.IndexFunc(r.processes[p].attributes, func(a attribute) bool { return a.id == id })
	if k < 0 {
		return nil // what the model does not know changes nothing
	}
	a := &r.processes[p].attributes[k]
	if a.values != nil {
		if v := slices.Index(a.values, value); v >= 0 {
			c.Values[k] = float64(v)
			return nil
		}
		return measure.Faultf("attribute %q: found %q, wanted one of %q", "признак «%s»: указано «%s», нужно одно из %s", id, value, a.values)
	}
	x, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return measure.Faultf("attribute %q: found %q, wanted a number", "признак «%s»: указано «%s», нужно число", id, value)
	}
	c.Values[k] = x
	return nil
}

func (r *run) scopeOf(node int32) int32 {
	return int32(slices.IndexFunc(r.scopes, func(s scope) bool { return s.first <= node && node < s.end }))
}

// enclosing returns the frame of a scope within that of its process, which it
// makes, with the sub-processes between, where there is none yet.
func (r *run) enclosing(root, at int32) int32 {
	s := &r.scopes[at]
	if s.node < 0 {
		return root
	}
	outer := r.enclosing(root, r.scopeOf(s.node))
	for k := r.frames[outer].first; k >= 0; k = r.items[k].next {
		if r.items[k].node == s.node && r.items[k].frames >= 0 {
			return r.items[k].frames
		}
	}
	r.frames[outer].tokens++
	r.touchFrame(outer)
	k := r.newItem(outer, s.node, -1, containing)
	n := &r.nodes[s.node]
	r.items[k].visit, r.items[k].rounds, r.items[k].total = r.visit(&r.frames[outer], n), 1, 1
	for _, b := range n.listeners {
		r.listen(outer, k, b)
	}
	f := r.newFrame(r.frames[outer].at, at, k, mixKey(r.frames[outer].key, n.seed, r.items[k].visit, 0))
	r.items[k].frames = f
	return f
}
