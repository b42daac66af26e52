package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
)

// SplitConfig holds the thresholds of the split miner; of each 0 stands for the
// value in brackets.
type SplitConfig struct {
	// Parallelism [0.1] is the imbalance between both orders of two activities below
	// which they are concurrent: |a>b − b>a| / (a>b + b>a).
	Parallelism float64
	// Frequency [0.4] is the percentile of the most frequent flows into and out of
	// each activity from which a flow is kept.
	Frequency float64
	// Inclusive [0.1] is the share of cases that lack a branch of a parallel from
	// which it is an inclusive choice.
	Inclusive float64
}

// Validate returns all faults of the configuration, joined.
func (c SplitConfig) Validate() error {
	var faults []error
	for _, x := range []struct {
		name string
		v    float64
	}{{"parallelism", c.Parallelism}, {"frequency", c.Frequency}, {"inclusive", c.Inclusive}} {
		if math.IsNaN(x.v) || x.v < 0 || x.v > 1 {
			faults = append(faults, fmt.Errorf("threshold %s is %g, wanted 0 to 1", x.name, x.v))
		}
	}
	return errors.Join(faults...)
}

// Split returns the diagram, without a layout, that the split miner finds, and its
// doubts: A. Augusto, R. Conforti, M. Dumas, M. La Rosa, A. Polyvyanyy, "Split
// miner: automated discovery of accurate and simple business process models from
// event logs", KAIS 59 (2019), doi:10.1007/s10115-018-1214-x, sections 3.2 to 3.4;
// and A. Augusto, M. Dumas, M. La Rosa, "Automated discovery of process models with
// true concurrency and inclusive choices", ICPM workshops 2020,
// doi:10.1007/978-3-030-72693-5_4.
//
// Directly-follows pairs that occur in both orders about equally often are
// concurrent, as are activities whose instances overlap more often than they follow
// each other, where the log has starts. Of the pairs left, the rarer of two orders goes, then all
// that are neither frequent nor needed for the best way from the start to an
// activity and on to the end. Splits are built from what is concurrent; a parallel one
// whose branches do not occur together becomes inclusive.
//
// Deviations: flows meet by the dominator tree of the splits, in a gateway of the kind
// at which they parted, instead of by the program structure tree; where the thresholds leave branches that are
// partly concurrent, the gateway is inclusive; concurrency that would cut an activity
// off is not assumed; the thresholds of true concurrency (half) and inclusive
// choice are this package's. Every activity lies on a way from the start to the end;
// soundness is not promised. O(n + e log e) for n events and e directly-follows
// pairs, and O(b³) for b branches at one activity.
func Split(ctx context.Context, l *eventlog.Log, cfg SplitConfig) (*bpmn.Definitions, []error, error) {
	if err := cfg.Validate(); err != nil {
		return nil, nil, fmt.Errorf("mining splits: %w", err)
	}
	cfg.Parallelism = cmp.Or(cfg.Parallelism, 0.1)
	cfg.Frequency = cmp.Or(cfg.Frequency, 0.4)
	cfg.Inclusive = cmp.Or(cfg.Inclusive, 0.1)
	w := newWatch(ctx)
	s, err := coded(l.Variants(), l.Activities(), w)
	if err == nil {
		err = atMost(len(s.names), maxMatrix)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("mining splits: %w", err)
	}
	m := newSplitMiner(s, cfg)
	m.refine(l)
	m.findConcurrency()
	m.reconnect()
	m.filter()
	if w.stop(0); w.err != nil {
		return nil, nil, fmt.Errorf("mining splits: %w", w.err)
	}
	d := m.draw(l.Name())
	if d == nil {
		return nil, nil, fmt.Errorf("mining splits: %w", w.err)
	}
	return d, m.doubts(), nil
}

type flowKey struct{ from, to int }

// splitMiner is a directly-follows graph on its way to a diagram. Activities are
// numbered as in the log, behind them stand the start and the end of cases.
type splitMiner struct {
	log        *sublog
	cfg        SplitConfig
	start, end int
	all        map[flowKey]int64 // without what follows itself
	kept       map[flowKey]int64
	self       []bool
	overlap    map[flowKey]int64 // instances that overlap, and that follow each other; ascending pairs
	apart      map[flowKey]int64
	concurrent map[flowKey]bool // both ways
}

func newSplitMiner(s *sublog, cfg SplitConfig) *splitMiner {
	n := len(s.names)
	m := &splitMiner{
		log: s, cfg: cfg, start: n, end: n + 1, all: map[flowKey]int64{}, self: make([]bool, n),
		overlap: map[flowKey]int64{}, apart: map[flowKey]int64{}, concurrent: map[flowKey]bool{},
	}
	f := s.follows()
	for _, e := range f.edges {
		if e.from == e.to {
			m.self[e.from] = true
		} else {
			m.all[flowKey{int(e.from), int(e.to)}] = e.count
		}
	}
	for a := range n {
		if f.start[a] > 0 {
			m.all[flowKey{m.start, a}] = f.start[a]
		}
		if f.end[a] > 0 {
			m.all[flowKey{a, m.end}] = f.end[a]
		}
	}
	if s.empty > 0 {
		m.all[flowKey{m.start, m.end}] = s.empty
	}
	m.kept = maps.Clone(m.all)
	return m
}

// refine reads the graph of a log with starts from its intervals: one instance
// directly follows another if it starts after the end of that, and no third lies
// between them. It counts which pairs overlap. Without starts it does nothing.
func (m *splitMiner) refine(l *eventlog.Log) {
	if !l.HasStarts() {
		return
	}
	code := make([]int, l.Activities().Len())
	for a := range code {
		code[a], _ = slices.BinarySearch(m.log.names, l.Activities().Name(eventlog.Code(a)))
	}
	clear(m.all)
	clear(m.self)
	if m.log.empty > 0 {
		m.all[flowKey{m.start, m.end}] = m.log.empty
	}
	for _, c := range l.All() {
		ends, acts := c.Times(), c.Activities()
		start := func(i int) eventlog.Time { // of an instance without one, its end
			if t := c.Starts()[i]; t != eventlog.NoTime {
				return t
			}
			return ends[i]
		}
		later := eventlog.Time(math.MinInt64) // last start behind the instance at hand
		for j := len(acts) - 1; j >= 0; j-- {
			b, first, between := code[acts[j]], true, eventlog.Time(math.MinInt64)
			if later < ends[j] {
				m.all[flowKey{b, m.end}]++
			}
			later = max(later, start(j))
			for i := j - 1; i >= 0; i-- {
				a := code[acts[i]]
				if ends[i] > start(j) {
					m.overlap[ascending(a, b)]++
					continue
				}
				first = false
				if between >= ends[i] {
					break
				}
				between = max(between, start(i))
				m.apart[ascending(a, b)]++
				if a == b {
					m.self[a] = true
				} else {
					m.all[flowKey{a, b}]++
				}
			}
			if first {
				m.all[flowKey{m.start, b}]++
			}
			if m.log.watch.stop(len(acts)) {
				return
			}
		}
	}
	m.kept = maps.Clone(m.all)
}

func ascending(a, b int) flowKey { return flowKey{min(a, b), max(a, b)} }

func (k flowKey) reversed() flowKey { return flowKey{k.to, k.from} }

// keys returns the flows in their order.
func keys[V any](of map[flowKey]V) []flowKey {
	out := make([]flowKey, 0, len(of))
	for k := range of {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b flowKey) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	return out
}

// findConcurrency separates concurrency from order (section 3.2).
func (m *splitMiner) findConcurrency() {
	short := map[flowKey]bool{} // loops of two
	for i, t := range m.log.traces {
		for j := 2; j < len(t); j++ {
			if a, b := int(t[j-1]), int(t[j]); t[j-2] == t[j] && a != b && !m.self[a] && !m.self[b] {
				short[ascending(a, b)] = true
			}
		}
		if m.log.watch.stop(len(m.log.traces[i])) {
			return
		}
	}
	for k, n := range m.overlap {
		if n > m.apart[k] && k.from != k.to {
			m.separate(k)
		}
	}
	for _, k := range keys(m.all) {
		if k.from >= m.start || k.to >= m.start {
			continue
		}
		pair := ascending(k.from, k.to)
		if m.concurrent[k] {
			continue
		}
		there, back := m.all[k], m.all[k.reversed()]
		if back == 0 || short[pair] {
			continue
		}
		if math.Abs(float64(there-back)) < m.cfg.Parallelism*float64(there+back) {
			m.separate(k)
		} else if there < back {
			delete(m.kept, k)
		}
	}
}

// separate makes both ends of a flow concurrent.
func (m *splitMiner) separate(k flowKey) {
	m.concurrent[k], m.concurrent[k.reversed()] = true, true
	delete(m.kept, k)
	delete(m.kept, k.reversed())
}

// reconnect gives an activity that nothing leads to, or that leads nowhere, its
// flows back.
func (m *splitMiner) reconnect() {
	for {
		_, forward := m.best(m.kept, false)
		_, backward := m.best(m.kept, true)
		lost := -1
		for v := range m.start {
			if forward[v] == 0 || backward[v] == 0 {
				lost = v
				break
			}
		}
		if lost < 0 {
			return
		}
		restored := false
		for _, k := range keys(m.all) {
			if _, there := m.kept[k]; (k.from == lost || k.to == lost) && !there {
				m.kept[k] = m.all[k]
				delete(m.concurrent, k)
				delete(m.concurrent, k.reversed())
				restored = true
			}
		}
		if !restored { // its neighbours are cut off: all flows return
			m.kept = maps.Clone(m.all)
			clear(m.concurrent)
			return
		}
	}
}

// best returns, for each vertex, the last flow on the way to it from the start whose
// rarest flow is most frequent, and how frequent that is; backward, the first flow of
// the way to the end.
func (m *splitMiner) best(flows map[flowKey]int64, backward bool) (way []flowKey, capacity []int64) {
	n := m.end + 1
	next := make([][]flowKey, n)
	root := m.start
	if backward {
		root = m.end
	}
	for _, k := range keys(flows) {
		if backward {
			next[k.to] = append(next[k.to], k)
		} else {
			next[k.from] = append(next[k.from], k)
		}
	}
	way, capacity = make([]flowKey, n), make([]int64, n)
	capacity[root] = math.MaxInt64
	done := make([]bool, n)
	queue := newWidest(n)
	queue.push(root, math.MaxInt64)
	for {
		u, ok := queue.pop()
		if !ok {
			return way, capacity
		}
		if done[u] {
			continue
		}
		done[u] = true
		for _, k := range next[u] {
			v := k.to
			if backward {
				v = k.from
			}
			if c := min(capacity[u], flows[k]); !done[v] && c > capacity[v] {
				capacity[v], way[v] = c, k
				queue.push(v, c)
			}
		}
	}
}

// filter keeps what is frequent, and what every activity needs (section 3.3).
func (m *splitMiner) filter() {
	if len(m.kept) == 0 {
		return
	}
	into, out := make([]int64, m.end+1), make([]int64, m.end+1)
	for k, c := range m.kept {
		into[k.to], out[k.from] = max(into[k.to], c), max(out[k.from], c)
	}
	var most []int64
	for _, list := range [][]int64{into, out} {
		for _, c := range list {
			if c > 0 {
				most = append(most, c)
			}
		}
	}
	slices.Sort(most)
	threshold := most[min(len(most)-1, int(m.cfg.Frequency*float64(len(most))))]
	needed := map[flowKey]bool{}
	for _, backward := range []bool{false, true} {
		way, _ := m.best(m.kept, backward)
		for v := range way {
			if v < m.start || v == m.end && !backward || v == m.start && backward {
				needed[way[v]] = true
			}
		}
	}
	for k, c := range m.kept {
		if c <= threshold && !needed[k] {
			delete(m.kept, k)
		}
	}
}

// branch is a flow, or a gateway over branches, behind an activity.
type branch struct {
	leaf     int // the activity that it leads to; -1 of a gateway
	kind     bpmn.Kind
	children []*branch
	cover    []int // activities that it leads to, ascending
	future   []int // those that are concurrent with all of them
}

// gateways puts the branches that lead to the given activities under one gateway (section
// 3.4, algorithms 5 to 7).
func (m *splitMiner) gateways(ends []int) *branch {
	var open []*branch
	for _, a := range ends {
		b := &branch{leaf: a, cover: []int{a}}
		for _, c := range ends {
			if m.concurrent[flowKey{a, c}] {
				b.future = append(b.future, c)
			}
		}
		open = append(open, b)
	}
	for len(open) > 1 && !m.log.watch.stop(len(open)*len(open)) {
		if next, ok := joinBy(open, bpmn.ExclusiveGateway, func(a, b *branch) bool { return slices.Equal(a.future, b.future) }); ok {
			open = next
			continue
		}
		if next, ok := joinBy(open, bpmn.ParallelGateway, func(a, b *branch) bool {
			return slices.Equal(union(a.cover, a.future), union(b.cover, b.future))
		}); ok {
			open = next
			for _, b := range open {
				if b.kind == bpmn.ParallelGateway && m.lacks(b) {
					b.kind = bpmn.InclusiveGateway
				}
			}
			continue
		}
		open, _ = joinBy(open, bpmn.InclusiveGateway, func(a, b *branch) bool { return true })
	}
	if len(open) == 0 {
		return nil
	}
	return open[0]
}

// joinBy puts a gateway over the first branches that are alike, if there are two.
func joinBy(open []*branch, kind bpmn.Kind, alike func(a, b *branch) bool) ([]*branch, bool) {
	for i, a := range open {
		g := &branch{leaf: -1, kind: kind, children: []*branch{a}, cover: a.cover, future: a.future}
		rest := slices.Clone(open[:i])
		for _, b := range open[i+1:] {
			if !alike(a, b) {
				rest = append(rest, b)
				continue
			}
			g.children = append(g.children, b)
			g.cover = union(g.cover, b.cover)
			g.future = slices.DeleteFunc(slices.Clone(g.future), func(x int) bool { return !slices.Contains(b.future, x) })
		}
		if len(g.children) > 1 {
			return append(rest, g), true
		}
	}
	return open, false
}

func union(a, b []int) []int {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// lacks reports whether, of the cases with any branch of a parallel, too many lack
// one.
func (m *splitMiner) lacks(g *branch) bool {
	at := map[int32]int{}
	for i, b := range g.children {
		for _, a := range b.cover {
			at[int32(a)] = i
		}
	}
	var some, whole int64
	seen := make([]bool, len(g.children))
	for i, t := range m.log.traces {
		clear(seen)
		n := 0
		for _, a := range t {
			if j, ok := at[a]; ok && !seen[j] {
				seen[j] = true
				n++
			}
		}
		if n > 0 {
			some += m.log.counts[i]
		}
		if n == len(seen) {
			whole += m.log.counts[i]
		}
		if m.log.watch.stop(len(t)) {
			return false
		}
	}
	return float64(some-whole) > m.cfg.Inclusive*float64(some)
}

// draw makes the diagram, nil where it was stopped.
func (m *splitMiner) draw(name string) *bpmn.Definitions {
	p := &bpmn.Process{ID: "Process_1", Name: name}
	d := &splitDrawer{process: p}
	start := d.node("Start_1", "", bpmn.StartEvent)
	entry, exit := make([]string, m.end+1), make([]string, m.end+1)
	exit[m.start] = start
	for a, label := range m.log.names {
		id := d.node(fmt.Sprintf("Task_%d", a+1), label, bpmn.Task)
		entry[a], exit[a] = id, id
		if m.self[a] {
			entry[a] = d.gateway(bpmn.ExclusiveGateway)
			exit[a] = d.gateway(bpmn.ExclusiveGateway)
			d.flow(entry[a], id)
			d.flow(id, exit[a])
			d.flow(exit[a], entry[a])
		}
	}
	entry[m.end] = d.node("End_1", "", bpmn.EndEvent)
	if len(m.kept) == 0 {
		d.flow(start, entry[m.end])
	}
	after, before := make([][]int, m.end+1), make([][]int, m.end+1)
	for _, k := range keys(m.kept) {
		after[k.from], before[k.to] = append(after[k.from], k.to), append(before[k.to], k.from)
	}
	d.points = make([]point, m.end+1)
	for v := range d.points {
		d.points[v] = point{id: exit[v], kind: bpmn.ExclusiveGateway}
	}
	leaves := map[flowKey]int{} // the point that each flow leaves
	for v := range m.end + 1 {
		d.split(m.gateways(after[v]), v, func(to, at int) {
			leaves[flowKey{v, to}] = at
			d.points[at].next = append(d.points[at].next, to)
		})
	}
	if m.log.watch.err != nil {
		return nil
	}
	dom := dominators(d.points, m.start)
	for v := range m.end + 1 {
		var ends []joining
		for _, u := range before[v] {
			ends = append(ends, joining{point: leaves[flowKey{u, v}], id: d.points[leaves[flowKey{u, v}]].id})
		}
		d.join(ends, v, entry[v], dom)
	}
	return &bpmn.Definitions{ID: "Definitions_1", TargetNamespace: "http://bpmn.io/schema/bpmn", Processes: []*bpmn.Process{p}}
}

type splitDrawer struct {
	process  *bpmn.Process
	gateways int
	points   []point
}

// point is what flows leave: an activity, or behind those a gateway that splits.
type point struct {
	id   string
	kind bpmn.Kind // of what meets again that parts here
	next []int
}

func (d *splitDrawer) node(id, name string, kind bpmn.Kind) string {
	d.process.Nodes = append(d.process.Nodes, &bpmn.Node{ID: id, Name: name, Kind: kind})
	return id
}

func (d *splitDrawer) gateway(kind bpmn.Kind) string {
	d.gateways++
	return d.node(fmt.Sprintf("Gateway_%d", d.gateways), "", kind)
}

func (d *splitDrawer) flow(from, to string) {
	d.process.Flows = append(d.process.Flows, &bpmn.Flow{ID: fmt.Sprintf("Flow_%d", len(d.process.Flows)+1), Source: from, Target: to})
}

// split draws the gateways behind a point and tells at which point the flow to each
// activity begins.
func (d *splitDrawer) split(b *branch, at int, found func(to, at int)) {
	if b == nil {
		return
	}
	if b.leaf >= 0 {
		found(b.leaf, at)
		return
	}
	g := len(d.points)
	d.points = append(d.points, point{id: d.gateway(b.kind), kind: b.kind})
	d.points[at].next = append(d.points[at].next, g)
	d.flow(d.points[at].id, d.points[g].id)
	for _, c := range b.children {
		d.split(c, g, found)
	}
}

// joining is a flow that waits to be joined, and the point at which it parted from
// others.
type joining struct {
	point int
	id    string
}

// join draws the gateways before an activity: flows that parted at one gateway meet in
// one of its kind, the innermost first; those that lead back from behind the activity
// meet the others last.
func (d *splitDrawer) join(ends []joining, v int, entry string, dom *domTree) {
	var back []joining
	ends = slices.DeleteFunc(ends, func(e joining) bool {
		if !dom.dominates(v, e.point) {
			return false
		}
		back = append(back, e)
		return true
	})
	meet := func(list []joining, kind bpmn.Kind) string {
		if len(list) == 1 {
			return list[0].id
		}
		g := d.gateway(kind)
		for _, e := range list {
			d.flow(e.id, g)
		}
		return g
	}
	for len(ends) > 1 {
		deepest := -1
		for i := range ends {
			for j := range i {
				if c := dom.common(ends[i].point, ends[j].point); deepest < 0 || dom.depth[c] > dom.depth[deepest] {
					deepest = c
				}
			}
		}
		var group, rest []joining
		for _, e := range ends {
			if dom.dominates(deepest, e.point) {
				group = append(group, e)
			} else {
				rest = append(rest, e)
			}
		}
		ends = append(rest, joining{deepest, meet(group, d.points[deepest].kind)})
	}
	if ends = append(ends, back...); len(ends) > 0 {
		d.flow(meet(ends, bpmn.ExclusiveGateway), entry)
	}
}

// domTree says which points lie on every way from the start to a point.
type domTree struct{ above, depth []int }

// dominators finds the dominator tree of the points that the start leads to (K. D.
// Cooper, T. J. Harvey, K. Kennedy, "A simple, fast dominance algorithm", Rice
// University TR-06-33870, 2006).
func dominators(points []point, start int) *domTree {
	order, number := []int{}, make([]int, len(points)) // by end of a depth-first search
	before := make([][]int, len(points))
	seen := make([]bool, len(points))
	var visit func(u int)
	visit = func(u int) {
		seen[u] = true
		for _, v := range points[u].next {
			before[v] = append(before[v], u)
			if !seen[v] {
				visit(v)
			}
		}
		number[u] = len(order)
		order = append(order, u)
	}
	visit(start)
	t := &domTree{make([]int, len(points)), make([]int, len(points))}
	for i := range t.above {
		t.above[i] = -1
	}
	t.above[start] = start
	for changed := true; changed; {
		changed = false
		for i := len(order) - 2; i >= 0; i-- {
			u, now := order[i], -1
			for _, p := range before[u] {
				if t.above[p] < 0 {
					continue
				}
				if now < 0 {
					now = p
					continue
				}
				for p != now {
					for number[p] < number[now] {
						p = t.above[p]
					}
					for number[now] < number[p] {
						now = t.above[now]
					}
				}
			}
			if t.above[u] != now {
				t.above[u], changed = now, true
			}
		}
	}
	for i := len(order) - 2; i >= 0; i-- {
		t.depth[order[i]] = t.depth[t.above[order[i]]] + 1
	}
	return t
}

// common returns the last point on every way to both.
func (t *domTree) common(a, b int) int {
	for a != b {
		if t.depth[a] < t.depth[b] {
			a, b = b, a
		}
		a = t.above[a]
	}
	return a
}

func (t *domTree) dominates(a, b int) bool {
	for t.depth[b] > t.depth[a] {
		b = t.above[b]
	}
	return a == b
}

// doubts tells what was left out.
func (m *splitMiner) doubts() []error {
	var left, of int64
	for k, c := range m.all {
		of += c
		if _, there := m.kept[k]; !there && !m.concurrent[k] {
			left += c
		}
	}
	if left == 0 {
		return nil
	}
	return []error{rareFlows(left, of)}
}
