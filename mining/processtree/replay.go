package processtree

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Variant is one sequence of activities and the number of cases that follow it.
type Variant struct {
	Activities []string
	Count      int64
}

// Variants is the type set of Variant and of all types of the same make, such as
// mining.Variant.
type Variants interface {
	~struct {
		Activities []string
		Count      int64
	}
}

// Counts says how often the parts of a tree were executed by the cases of a log.
type Counts struct {
	Cases   int64 // of all variants
	Fitting int64 // cases whose variant the tree allows
	// Deviating are the positions of the variants that the tree does not allow,
	// ascending.
	Deviating []int
	executed  map[*Tree]int64
}

// Executed returns how often the given node of the replayed tree was executed,
// over all cases that were counted. Executions of the children of a choice sum to
// those of the choice. The do part of a loop is executed once for each execution
// of the loop and once more for each of a redo part.
func (c *Counts) Executed(n *Tree) int64 { return c.executed[n] }

// Flows returns how often each flow out of an exclusive split was taken, by the
// identifier of the flow in the diagram that d made from the replayed tree. Every
// such flow has a count, 0 where no case took it; those of one gateway sum to how
// often cases passed it.
func (c *Counts) Flows(d *Diagram) map[string]int64 {
	out := make(map[string]int64, len(d.Branches))
	for flow, node := range d.Branches {
		out[flow] = c.executed[node]
	}
	return out
}

// Replay returns how often each part of the tree was executed by the variants,
// each weighted by its count. A variant that the tree allows is parsed exactly;
// where several parses are possible the one with the fewest repetitions of each
// loop is taken, and of an empty choice the first child that allows it. A variant
// that the tree does not allow is listed as deviating and not counted.
//
// Labels must be distinct, as in mined trees: then a parallel is parsed by
// projection and a sequence in one pass. O(n) in events for each level of the
// tree, O(n²) segments for a loop whose redo part may be empty.
func Replay[V Variants](t *Tree, variants []V) (*Counts, error) {
	r, err := newReplayer(t)
	if err != nil {
		return nil, fmt.Errorf("replaying variants: %w", err)
	}
	c := &Counts{executed: map[*Tree]int64{}}
	counts := make([]int64, len(r.nodes))
	for i := range variants {
		v := Variant(variants[i])
		c.Cases += v.Count
		seq, known := r.encode(v.Activities)
		if !known || !r.accepts(0, seq) {
			c.Deviating = append(c.Deviating, i)
			continue
		}
		c.Fitting += v.Count
		r.count(0, seq, v.Count, counts)
	}
	for i, n := range r.nodes {
		c.executed[n.tree] = counts[i]
	}
	return c, nil
}

// Accepts reports whether the tree allows the trace. Labels must be distinct.
// Cost as Replay.
func (t *Tree) Accepts(trace []string) (bool, error) {
	r, err := newReplayer(t)
	if err != nil {
		return false, fmt.Errorf("replaying a trace: %w", err)
	}
	seq, known := r.encode(trace)
	return known && r.accepts(0, seq), nil
}

// maxMemo bounds the keys of a replayer's memo, in bytes.
const maxMemo = 64 << 20

// replayer parses sequences of label codes over a tree with distinct labels.
type replayer struct {
	nodes  []replayNode // preorder
	codes  map[string]int32
	memo   map[string]bool // accepts, by node and sequence
	kept   int             // bytes of the keys of memo
	key    []byte
	spares [][]int32
}

type replayNode struct {
	tree     *Tree
	nullable bool
	label    int32    // of an activity
	children []int32  // positions in nodes
	owner    []int32  // by label: which of children has it; -1 for none
	needed   []int32  // by child: how many before it must not be empty; at the end, of all
	parts    []bounds // of a loop, by child
}

// bounds say, by label, what may begin a non-empty trace of a tree, what may end
// one, and what occurs in none more than once: three quick reasons to reject a
// segment.
type bounds struct{ first, last, once []bool }

func (r *replayer) bounds(t *Tree) bounds {
	b := bounds{make([]bool, len(r.codes)), make([]bool, len(r.codes)), make([]bool, len(r.codes))}
	var visit func(t *Tree, first, last, once bool)
	visit = func(t *Tree, first, last, once bool) {
		switch t.Operator {
		case Activity:
			a := r.codes[t.Label]
			b.first[a], b.last[a], b.once[a] = first, last, once
		case Sequence:
			lasts := make([]bool, len(t.Children))
			for i := len(t.Children) - 1; i >= 0; i-- {
				lasts[i] = last
				last = last && t.Children[i].Nullable()
			}
			for i, c := range t.Children {
				visit(c, first, lasts[i], once)
				first = first && c.Nullable()
			}
		case Loop:
			nullable := t.Children[0].Nullable()
			for i, c := range t.Children {
				visit(c, first && (i == 0 || nullable), last && (i == 0 || nullable), false)
			}
		default:
			for _, c := range t.Children {
				visit(c, first, last, once)
			}
		}
	}
	visit(t, true, true, true)
	return b
}

func newReplayer(t *Tree) (*replayer, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	labels := t.Activities()
	r := &replayer{codes: make(map[string]int32, len(labels)), memo: map[string]bool{}}
	for i, l := range labels {
		r.codes[l] = int32(i)
	}
	seen := make([]bool, len(labels))
	if _, err := r.add(t, seen); err != nil {
		return nil, err
	}
	return r, nil
}

// add appends t and what is below it, and returns the labels it has.
func (r *replayer) add(t *Tree, seen []bool) ([]int32, error) {
	at := len(r.nodes)
	n := replayNode{tree: t, nullable: t.Operator != Activity && t.Operator != Choice, label: -1}
	r.nodes = append(r.nodes, n)
	if t.Operator == Activity {
		n.label = r.codes[t.Label]
		if seen[n.label] {
			return nil, fmt.Errorf("label %q stands at two leaves", t.Label)
		}
		seen[n.label] = true
		r.nodes[at] = n
		return []int32{n.label}, nil
	}
	n.owner = make([]int32, len(r.codes))
	for i := range n.owner {
		n.owner[i] = -1
	}
	var all []int32
	for i, c := range t.Children {
		child := int32(len(r.nodes))
		n.children = append(n.children, child)
		labels, err := r.add(c, seen)
		if err != nil {
			return nil, err
		}
		for _, l := range labels {
			n.owner[l] = int32(i)
		}
		all = append(all, labels...)
		switch nullable := r.nodes[child].nullable; t.Operator {
		case Choice:
			n.nullable = n.nullable || nullable
		case Sequence, Parallel:
			n.nullable = n.nullable && nullable
		case Loop:
			if i == 0 {
				n.nullable = nullable
			}
		}
	}
	n.needed = make([]int32, len(n.children)+1)
	for i, child := range n.children {
		n.needed[i+1] = n.needed[i]
		if !r.nodes[child].nullable {
			n.needed[i+1]++
		}
	}
	if t.Operator == Loop {
		for _, c := range t.Children {
			n.parts = append(n.parts, r.bounds(c))
		}
	}
	r.nodes[at] = n
	return all, nil
}

// encode returns the codes of a trace, false where the tree lacks one.
func (r *replayer) encode(trace []string) ([]int32, bool) {
	seq := make([]int32, len(trace))
	for i, a := range trace {
		code, ok := r.codes[a]
		if !ok {
			return nil, false
		}
		seq[i] = code
	}
	return seq, true
}

// accepts reports whether node at allows seq. All labels of seq must be below at.
func (r *replayer) accepts(at int32, seq []int32) bool {
	n := &r.nodes[at]
	if len(seq) == 0 {
		return n.nullable
	}
	if n.tree.Operator == Activity {
		return len(seq) == 1 && seq[0] == n.label
	}
	r.key = binary.LittleEndian.AppendUint32(r.key[:0], uint32(at))
	for _, a := range seq {
		r.key = binary.LittleEndian.AppendUint32(r.key, uint32(a))
	}
	if known, ok := r.memo[string(r.key)]; ok {
		return known
	}
	if r.kept += len(r.key); r.kept > maxMemo {
		clear(r.memo)
		r.kept = len(r.key)
	}
	key := string(r.key)
	ok := r.parses(n, seq)
	r.memo[key] = ok
	return ok
}

// parses is accepts for an operator and a sequence that is not empty.
func (r *replayer) parses(n *replayNode, seq []int32) bool {
	switch n.tree.Operator {
	case Choice:
		k := n.owner[seq[0]]
		return r.run(n, seq) == len(seq) && r.accepts(n.children[k], seq)
	case Sequence:
		return r.ordered(n, seq) && r.pieces(n, seq, r.accepts)
	case Parallel:
		return r.complete(n, seq) && r.project(n, seq, r.accepts)
	case Loop:
		_, ok := r.segments(n, seq)
		return ok
	}
	return false
}

// run returns how many leading elements of seq belong to the same child as the
// first.
func (r *replayer) run(n *replayNode, seq []int32) int {
	i := 1
	for i < len(seq) && n.owner[seq[i]] == n.owner[seq[0]] {
		i++
	}
	return i
}

// ordered reports whether the children of a sequence come in order, each once,
// and no other than those that may be empty are missing.
func (r *replayer) ordered(n *replayNode, seq []int32) bool {
	next := int32(0) // child
	for i, a := range seq {
		k := n.owner[a]
		if i > 0 && k == next-1 {
			continue
		}
		if k < next || n.needed[next] != n.needed[k] {
			return false
		}
		next = k + 1
	}
	return n.needed[next] == n.needed[len(n.children)]
}

// pieces calls do for every child of a sequence that has a piece of an ordered
// seq, until one says no; then it returns false.
func (r *replayer) pieces(n *replayNode, seq []int32, do func(child int32, piece []int32) bool) bool {
	for len(seq) > 0 {
		m := r.run(n, seq)
		if !do(n.children[n.owner[seq[0]]], seq[:m]) {
			return false
		}
		seq = seq[m:]
	}
	return true
}

// project calls do for every child that has a part of seq, until one says no;
// then it returns false.
func (r *replayer) project(n *replayNode, seq []int32, do func(child int32, part []int32) bool) bool {
	var part []int32
	if k := len(r.spares); k > 0 {
		part, r.spares = r.spares[k-1], r.spares[:k-1]
	}
	defer func() { r.spares = append(r.spares, part) }()
next:
	for i, a := range seq {
		for _, b := range seq[:i] {
			if n.owner[a] == n.owner[b] {
				continue next
			}
		}
		part = part[:0]
		for _, b := range seq[i:] {
			if n.owner[a] == n.owner[b] {
				part = append(part, b)
			}
		}
		if !do(n.children[n.owner[a]], part) {
			return false
		}
	}
	return true
}

// complete reports whether every child of a parallel that must have a part of seq
// has one.
func (r *replayer) complete(n *replayNode, seq []int32) bool {
	missing := n.needed[len(n.children)]
next:
	for i, a := range seq {
		for _, b := range seq[:i] {
			if n.owner[a] == n.owner[b] {
				continue next
			}
		}
		if k := n.owner[a]; n.needed[k] != n.needed[k+1] {
			missing--
		}
	}
	return missing == 0
}

// segment is one execution of a part of a loop: part of children over seq[from:to].
type segment struct{ part, from, to int32 }

// segments cuts seq into executions of the parts of a loop, do and redo in turn,
// with the fewest repetitions; false where there is no such cut.
func (r *replayer) segments(n *replayNode, seq []int32) ([]segment, bool) {
	size := len(seq)
	const none = int32(1) << 30
	// redone[i]: fewest repetitions with seq[:i] cut and a do part to come next;
	// done[i]: the same after a do part. by…[i] is the last segment.
	redone, done := make([]int32, size+1), make([]int32, size+1)
	byRedo, byDo := make([]segment, size+1), make([]segment, size+1)
	for i := range redone {
		redone[i], done[i] = none, none
	}
	redone[0] = 0
	seen := make([]bool, len(r.codes))
	empty := int32(-1) // a redo part that may be empty
	for k := len(n.children) - 1; k > 0; k-- {
		if r.nodes[n.children[k]].nullable {
			empty = int32(k)
		}
	}
	emptyDo := r.nodes[n.children[0]].nullable
	for i := 0; i <= size; i++ {
		for range 2 { // empty executions, in either order
			if emptyDo && redone[i] < done[i] {
				done[i], byDo[i] = redone[i], segment{0, int32(i), int32(i)}
			}
			if empty >= 0 && done[i]+1 < redone[i] {
				redone[i], byRedo[i] = done[i]+1, segment{empty, int32(i), int32(i)}
			}
		}
		if i == size {
			break
		}
		part := n.owner[seq[i]]
		from, to, by := redone, done, byDo
		if part > 0 {
			from, to, by = done, redone, byRedo
		}
		if from[i] == none {
			continue
		}
		cost := from[i]
		if part > 0 {
			cost++
		}
		b := &n.parts[part]
		if !b.first[seq[i]] {
			continue
		}
		clear(seen)
		end := i
		for end < size && n.owner[seq[end]] == part && !seen[seq[end]] {
			seen[seq[end]] = b.once[seq[end]]
			end++
		}
		for j := end; j > i; j-- {
			if cost < to[j] && b.last[seq[j-1]] && r.accepts(n.children[part], seq[i:j]) {
				to[j], by[j] = cost, segment{part, int32(i), int32(j)}
			}
		}
	}
	if done[size] == none {
		return nil, false
	}
	var out []segment
	for i, afterDo := int32(size), true; afterDo || i > 0; afterDo = !afterDo {
		last := byRedo[i]
		if afterDo {
			last = byDo[i]
		}
		out = append(out, last)
		i = last.from
	}
	return out, true
}

// count adds weight to every node executed by the accepted seq.
func (r *replayer) count(at int32, seq []int32, weight int64, counts []int64) {
	n := &r.nodes[at]
	counts[at] += weight
	switch n.tree.Operator {
	case Choice:
		for i, child := range n.children {
			if len(seq) > 0 && n.owner[seq[0]] == int32(i) || len(seq) == 0 && r.nodes[child].nullable {
				r.count(child, seq, weight, counts)
				return
			}
		}
	case Sequence:
		for i, child := range n.children {
			m := 0
			if len(seq) > 0 && n.owner[seq[0]] == int32(i) {
				m = r.run(n, seq)
			}
			r.count(child, seq[:m], weight, counts)
			seq = seq[m:]
		}
	case Parallel:
		r.project(n, seq, func(child int32, part []int32) bool {
			r.count(child, part, weight, counts)
			return true
		})
		for i, child := range n.children {
			if !slices.ContainsFunc(seq, func(a int32) bool { return n.owner[a] == int32(i) }) {
				r.count(child, nil, weight, counts)
			}
		}
	case Loop:
		if len(seq) == 0 {
			r.count(n.children[0], nil, weight, counts)
			return
		}
		segments, _ := r.segments(n, seq)
		for _, s := range segments {
			r.count(n.children[s.part], seq[s.from:s.to], weight, counts)
		}
	}
}
