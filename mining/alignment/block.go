package alignment

import "slices"

// operator says what a block is.
type operator uint8

const (
	quiet    operator = iota // silent transitions, none or more
	labelled                 // one labelled transition
	sequence
	choice
	parallel
	loop // the first child, then any number of times the second and the first again
)

// block is a node of a block structure: a process tree whose leaves are the
// transitions of a net. Around what the operator says the silent transitions
// before and after fire, in order; of a quiet block those before are all.
type block struct {
	operator      operator
	transition    int32 // of a labelled block
	label         int32
	before, after []int32
	children      []*block
	labels        []int32 // see learn
}

func join(lists ...[]int32) []int32 {
	var out []int32
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// around returns the block with more silent transitions before and after it.
func (b *block) around(before, after []int32) *block {
	if len(before)+len(after) == 0 {
		return b
	}
	c := *b
	switch b.operator {
	case quiet:
		c.before = join(before, b.before, after)
	case sequence:
		c.children = append([]*block{}, b.children...)
		last := len(c.children) - 1
		c.children[0] = c.children[0].around(before, nil)
		c.children[last] = c.children[last].around(nil, after)
	case choice:
		c.children = make([]*block, len(b.children))
		for i, x := range b.children {
			c.children[i] = x.around(before, after)
		}
	default:
		c.before, c.after = join(before, b.before), join(b.after, after)
	}
	return &c
}

// tidy returns the block without nested sequences, choices and parallels, and
// with its quiet parts, where they are not alternatives, before and after others.
// Sequences and choices then have nothing before or after them.
func (b *block) tidy() *block {
	if b.operator == quiet || b.operator == labelled {
		return b
	}
	var parts []*block
	for _, c := range b.children {
		c = c.tidy()
		if c.operator == b.operator && b.operator != loop {
			if b.operator == parallel {
				b = &block{operator: parallel, before: join(b.before, c.before), after: join(c.after, b.after)}
			}
			parts = append(parts, c.children...)
		} else {
			parts = append(parts, c)
		}
	}
	switch b.operator {
	case sequence:
		return tidySequence(parts)
	case choice:
		return tidyChoice(parts)
	case parallel:
		return tidyParallel(parts, b.before, b.after)
	}
	if parts[0].operator == quiet && parts[1].operator == quiet {
		return parts[0]
	}
	return &block{operator: loop, children: parts}
}

func tidySequence(parts []*block) *block {
	var kept []*block
	var silent []int32
	for _, c := range parts {
		if c.operator == quiet {
			silent = join(silent, c.before)
			continue
		}
		kept = append(kept, c.around(silent, nil))
		silent = nil
	}
	switch len(kept) {
	case 0:
		return &block{operator: quiet, before: silent}
	case 1:
		return kept[0].around(nil, silent)
	}
	return (&block{operator: sequence, children: kept}).around(nil, silent)
}

// tidyChoice keeps the shortest of the quiet alternatives.
func tidyChoice(parts []*block) *block {
	var kept []*block
	skip := -1
	for _, c := range parts {
		switch {
		case c.operator != quiet:
			kept = append(kept, c)
		case skip < 0:
			skip = len(kept)
			kept = append(kept, c)
		case len(c.before) < len(kept[skip].before):
			kept[skip] = c
		}
	}
	if len(kept) == 1 {
		return kept[0]
	}
	return &block{operator: choice, children: kept}
}

func tidyParallel(parts []*block, before, after []int32) *block {
	var kept []*block
	for _, c := range parts {
		if c.operator == quiet {
			before = join(before, c.before)
		} else {
			kept = append(kept, c)
		}
	}
	switch len(kept) {
	case 0:
		return &block{operator: quiet, before: join(before, after)}
	case 1:
		return kept[0].around(before, after)
	}
	return &block{operator: parallel, children: kept, before: before, after: after}
}

// learn notes the labels of the block and of all within, ascending, and reports
// whether the children of every parallel have no label in common: what
// projecting and adding up rests upon.
func (b *block) learn() bool {
	ok := true
	if b.operator == labelled {
		b.labels = []int32{b.label}
	}
	sum := 0
	for _, c := range b.children {
		ok = c.learn() && ok
		sum += len(c.labels)
	}
	if b.labels == nil {
		b.labels = make([]int32, 0, sum)
		for _, c := range b.children {
			b.labels = append(b.labels, c.labels...)
		}
		slices.Sort(b.labels)
		b.labels = slices.Compact(b.labels)
	}
	return ok && (b.operator != parallel || len(b.labels) == sum)
}

// cheapest returns the cheapest run of the block and its cost.
func (b *block) cheapest() ([]Move, int) {
	var out []Move
	cost := 0
	add := func(silent []int32) {
		for _, t := range silent {
			out = append(out, Move{Silent, -1, int(t)})
		}
	}
	all := func(children []*block) {
		for _, c := range children {
			moves, k := c.cheapest()
			out, cost = append(out, moves...), cost+k
		}
	}
	add(b.before)
	switch b.operator {
	case labelled:
		out, cost = append(out, Move{ModelMove, -1, int(b.transition)}), 1
	case sequence, parallel:
		all(b.children)
	case loop:
		all(b.children[:1])
	case choice:
		for i, c := range b.children {
			if moves, k := c.cheapest(); i == 0 || k < cost {
				out, cost = moves, k
			}
		}
	}
	add(b.after)
	return out, cost
}

// counts returns, of a block with one label, how often the label may occur:
// from low to high times, high -1 for ever. ok is false where the block has other
// labels or leaves gaps.
func (b *block) counts() (label int32, low, high int32, ok bool) {
	switch b.operator {
	case quiet:
		return unknown, 0, 0, true
	case labelled:
		return b.label, 1, 1, true
	case choice:
		if len(b.children) != 2 {
			return 0, 0, 0, false
		}
		l1, low1, high1, ok1 := b.children[0].counts()
		l2, low2, high2, ok2 := b.children[1].counts()
		switch {
		case !ok1 || !ok2:
		case l1 == unknown && low2 <= 1:
			return l2, 0, high2, true
		case l2 == unknown && low1 <= 1:
			return l1, 0, high1, true
		}
	case loop:
		l1, low1, _, ok1 := b.children[0].counts()
		l2, low2, _, ok2 := b.children[1].counts()
		switch {
		case !ok1 || !ok2:
		case l2 == unknown && low1 <= 1:
			return l1, low1, -1, true
		case l1 == unknown && low2 <= 1:
			return l2, 0, -1, true
		}
	}
	return 0, 0, 0, false
}
