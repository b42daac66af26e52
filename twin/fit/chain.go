package fit

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/uprava/uprava/mining/bpmn"
)

// chain is the process as transitions: how often each activity follows each other
// one directly, n activities and the beginning and end of a case as number n. What
// follows depends on the activity alone.
type chain struct{ next [][]int64 }

func (f *fitter) transitions() *chain {
	n := len(f.names)
	c := &chain{next: make([][]int64, n+1)}
	for i := range c.next {
		c.next[i] = make([]int64, n+1)
	}
	for _, row := range f.cases {
		from := n
		for _, in := range row {
			c.next[from][in.activity]++
			from = in.activity
		}
		c.next[from][n]++
	}
	return c
}

// walk appends the activities of a random case.
func (c *chain) walk(rng *rand.Rand) []int {
	var out []int
	n := len(c.next) - 1
	for at := n; len(out) < 100_000; {
		total := int64(0)
		for _, k := range c.next[at] {
			total += k
		}
		x, to := rng.Int64N(total), 0
		for x -= c.next[at][0]; x >= 0; x -= c.next[at][to] {
			to++
		}
		if to == n {
			break
		}
		out = append(out, to)
		at = to
	}
	return out
}

// draw returns the activities of a random case of the model.
func (f *fitter) draw(rng *rand.Rand) []int {
	if f.chain != nil {
		return f.chain.walk(rng)
	}
	return f.walk(f.tree, rng, nil)
}

// clearly is by how much the transitions must be nearer to the log than the tree to be
// taken in its place: the tree is easier to read and to change.
const clearly = 0.8

// choose takes the transitions in place of the tree where cases drawn from them come
// clearly nearer to the order of the log: by the distance of the 3-grams.
func (f *fitter) choose() {
	seen := map[[3]int]float64{}
	for _, row := range f.cases {
		a, b := -1, -1
		for i := 0; i <= len(row)+1; i++ {
			c := -1
			if i < len(row) {
				c = row[i].activity
			}
			seen[[3]int{a, b, c}]++
			a, b = b, c
		}
	}
	c := f.transitions()
	r := f.report
	r.OrderTree = math.Round(1e4*f.orderDistance(seen, func(rng *rand.Rand) []int { return f.walk(f.tree, rng, nil) })) / 1e4
	r.OrderTransitions = math.Round(1e4*f.orderDistance(seen, c.walk)) / 1e4
	r.Structure = "tree"
	if r.OrderTransitions < clearly*r.OrderTree {
		f.chain, r.Structure = c, "transitions"
		r.assume("The order of the steps is simulated by which step follows which (%d pairs), for drawn cases then have %.0f %% of the triples of steps otherwise than the log, with the mined tree %.0f %%: what comes next depends on the last step alone.",
			c.pairs(), 100*r.OrderTransitions, 100*r.OrderTree)
	}
}

func (c *chain) pairs() int {
	n := 0
	for _, row := range c.next {
		for _, k := range row {
			if k > 0 {
				n++
			}
		}
	}
	return n
}

// orderDistance returns the share of 3-grams that drawn cases and the log do not have
// in common.
func (f *fitter) orderDistance(seen map[[3]int]float64, draw func(*rand.Rand) []int) float64 {
	rng := rand.New(rand.NewPCG(f.cfg.Seed, 0x6f72))
	drawn := map[[3]int]float64{}
	all, total := 0.0, 0.0
	for range max(len(f.cases), 2000) {
		a, b := -1, -1
		steps := draw(rng)
		for i := 0; i <= len(steps)+1; i++ {
			c := -1
			if i < len(steps) {
				c = steps[i]
			}
			drawn[[3]int{a, b, c}]++
			all++
			a, b = b, c
		}
	}
	for _, n := range seen {
		total += n
	}
	common := 0.0
	for key, n := range seen {
		common += min(n/total, drawn[key]/all)
	}
	return 1 - common
}

// drawChain makes the diagram of the transitions: each activity with an exclusive
// gateway before it where several lead there, and one after it where several follow.
// It returns the flows out of those by the pair of activities.
func (f *fitter) drawChain() map[[2]int]string {
	flows := map[[2]int]string{}
	n := len(f.names)
	p := &bpmn.Process{ID: "Process_1", Name: f.report.Log, Executable: true}
	f.diagram = &bpmn.Definitions{ID: "Definitions_1", TargetNamespace: "http://bpmn.io/schema/bpmn", Processes: []*bpmn.Process{p}}
	f.taken, f.leaves, f.taskOf = map[string]int64{}, map[string]bool{}, make([]string, n)
	in, out := make([]string, n+1), make([]string, n+1) // where flows arrive and leave
	add := func(id, name string, kind bpmn.Kind) string {
		p.Nodes = append(p.Nodes, &bpmn.Node{ID: id, Name: name, Kind: kind})
		return id
	}
	flow := func(from, to string) string {
		id := fmt.Sprintf("Flow_%d", len(p.Flows)+1)
		p.Flows = append(p.Flows, &bpmn.Flow{ID: id, Source: from, Target: to})
		return id
	}
	count := func(at int) (before, after int) {
		for k := range f.chain.next {
			if f.chain.next[k][at] > 0 {
				before++
			}
			if f.chain.next[at][k] > 0 {
				after++
			}
		}
		return before, after
	}
	gateways := func(at int, first, last string) {
		before, after := count(at)
		in[at], out[at] = first, last
		if before > 1 {
			in[at] = add(fmt.Sprintf("Join_%d", at+1), "", bpmn.ExclusiveGateway)
			flow(in[at], first)
		}
		if after > 1 {
			out[at] = add(fmt.Sprintf("Split_%d", at+1), "", bpmn.ExclusiveGateway)
			flow(last, out[at])
		}
	}
	gateways(n, add("End_1", "", bpmn.EndEvent), add("Start_1", "", bpmn.StartEvent))
	for k, name := range f.names {
		f.taskOf[k] = add(fmt.Sprintf("Task_%d", k+1), name, bpmn.Task)
		gateways(k, f.taskOf[k], f.taskOf[k])
	}
	for from := range f.chain.next {
		_, after := count(from)
		for to, k := range f.chain.next[from] {
			if k == 0 {
				continue
			}
			id := flow(out[from], in[to])
			if after > 1 {
				f.taken[id] = k
				flows[[2]int{from, to}] = id
			}
		}
	}
	return flows
}
