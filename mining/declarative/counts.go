package declarative

import (
	"github.com/uprava/uprava/mining/eventlog"
)

// counts holds what Declare constraints are decided by, over the cases seen:
// n×n matrices of cases, row = A, col = B, order = codes, only of pairs of
// activities that both occur in the case.
type counts struct {
	n                                          int
	cases                                      int64
	has, once, first                           []int64 // by activity
	both, after, directly                      []int64 // both occur; some B after some A; directly after
	response, altResponse, chainResponse       []int64
	precedence, altPrecedence, chainPrecedence []int64
	succession, altSuccession, chainSuccession []int64

	local []int32 // position of an activity among those of the case at hand, −1
	acts  []eventlog.Code
	marks []mark
	words []uint64
}

// mark is what is known of an activity of the case at hand.
type mark struct{ count, first, last int }

func newCounts(n int) *counts {
	m := func() []int64 { return make([]int64, n*n) }
	c := &counts{n: n, has: make([]int64, n), once: make([]int64, n), first: make([]int64, n), both: m(), after: m(), directly: m(),
		response: m(), altResponse: m(), chainResponse: m(), precedence: m(), altPrecedence: m(), chainPrecedence: m(),
		succession: m(), altSuccession: m(), chainSuccession: m(), local: make([]int32, n)}
	for i := range c.local {
		c.local[i] = -1
	}
	return c
}

// add counts so many cases of a sequence. Sets of activities are bit words: for
// each activity, the others that were seen since it came last, and those that
// failed a constraint with it.
func (c *counts) add(seq []eventlog.Code, cases int64) {
	c.cases += cases
	c.acts, c.marks = c.acts[:0], c.marks[:0]
	for i, a := range seq {
		k := c.local[a]
		if k < 0 {
			k = int32(len(c.acts))
			c.local[a] = k
			c.acts, c.marks = append(c.acts, a), append(c.marks, mark{first: i})
		}
		c.marks[k].count++
		c.marks[k].last = i
	}
	m := len(c.acts)
	w := (m + 63) / 64
	if len(c.words) < 6*m*w {
		c.words = make([]uint64, 6*m*w)
	}
	clear(c.words[:6*m*w])
	row := func(set, k int) []uint64 { return c.words[(set*m+k)*w : (set*m+k+1)*w] }
	const since, altResponse, altPrecedence, chainResponse, chainPrecedence, directly = 0, 1, 2, 3, 4, 5 // all but since and directly: of failures
	// of A's row: B has failed response; of B's row: A has failed precedence
	fail := func(to, seen []uint64) { // what is not in seen
		for i := range to {
			to[i] |= ^seen[i]
		}
	}
	others := make([]uint64, w)
	for i, a := range seq {
		k := int(c.local[a])
		if i > c.marks[k].first { // between this and the last a
			fail(row(altResponse, k), row(since, k))
			fail(row(altPrecedence, k), row(since, k))
		} else { // before the first
			clear(others)
			for j, x := range c.marks {
				if x.first < i {
					others[j/64] |= 1 << (j % 64)
				}
			}
			fail(row(altPrecedence, k), others)
		}
		clear(row(since, k))
		for j := range m {
			if j != k {
				row(since, j)[k/64] |= 1 << (k % 64)
			}
		}
		clear(others)
		if i+1 < len(seq) {
			next := int(c.local[seq[i+1]])
			others[next/64] |= 1 << (next % 64)
			row(directly, k)[next/64] |= 1 << (next % 64)
		}
		fail(row(chainResponse, k), others)
		clear(others)
		if i > 0 {
			last := int(c.local[seq[i-1]])
			others[last/64] |= 1 << (last % 64)
		}
		fail(row(chainPrecedence, k), others)
	}
	for k := range m { // behind the last a
		fail(row(altResponse, k), row(since, k))
	}
	in := func(set, k, j int) bool { return c.words[(set*m+k)*w+j/64]>>(j%64)&1 == 1 }
	for k, a := range c.acts {
		x := c.marks[k]
		c.has[a] += cases
		if x.count == 1 {
			c.once[a] += cases
		}
		if x.first == 0 {
			c.first[a] += cases
		}
		for j, b := range c.acts {
			if j == k {
				continue
			}
			y, at := c.marks[j], int(a)*c.n+int(b)
			c.both[at] += cases
			add := func(m []int64, holds bool) bool {
				if holds {
					m[at] += cases
				}
				return holds
			}
			add(c.after, y.last > x.first)
			add(c.directly, in(directly, k, j))
			r, p := add(c.response, y.last > x.last), add(c.precedence, x.first < y.first)
			add(c.succession, r && p)
			r, p = add(c.altResponse, !in(altResponse, k, j)), add(c.altPrecedence, !in(altPrecedence, j, k))
			add(c.altSuccession, r && p)
			r, p = add(c.chainResponse, !in(chainResponse, k, j)), add(c.chainPrecedence, !in(chainPrecedence, j, k))
			add(c.chainSuccession, r && p)
		}
	}
	for _, a := range c.acts {
		c.local[a] = -1
	}
}

// each calls visit with the support and confidence of every constraint of a
// template on activities that occur; b is −1 for those of one activity.
func (c *counts) each(t Template, visit func(a, b int, support, confidence int64)) {
	for a := range c.n {
		if c.has[a] == 0 {
			continue
		}
		switch t {
		case Existence:
			visit(a, -1, c.cases, c.has[a])
			continue
		case Absence:
			visit(a, -1, c.cases, c.cases-c.has[a])
			continue
		case ExactlyOne:
			visit(a, -1, c.has[a], c.once[a])
			continue
		case Init:
			visit(a, -1, c.cases, c.first[a])
			continue
		}
		for b := range c.n {
			if b == a || c.has[b] == 0 {
				continue
			}
			at := a*c.n + b
			either := c.has[a] + c.has[b] - c.both[at]
			switch t {
			case RespondedExistence:
				visit(a, b, c.has[a], c.both[at])
			case Response:
				visit(a, b, c.has[a], c.response[at])
			case AltResponse:
				visit(a, b, c.has[a], c.altResponse[at])
			case ChainResponse:
				visit(a, b, c.has[a], c.chainResponse[at])
			case Precedence:
				visit(a, b, c.has[b], c.precedence[at])
			case AltPrecedence:
				visit(a, b, c.has[b], c.altPrecedence[at])
			case ChainPrecedence:
				visit(a, b, c.has[b], c.chainPrecedence[at])
			case Succession:
				visit(a, b, either, c.succession[at])
			case AltSuccession:
				visit(a, b, either, c.altSuccession[at])
			case ChainSuccession:
				visit(a, b, either, c.chainSuccession[at])
			case Coexistence:
				visit(a, b, either, c.both[at])
			case NotCoexistence:
				visit(a, b, either, either-c.both[at])
			case NotSuccession:
				visit(a, b, c.has[a], c.has[a]-c.after[at])
			case NotChainSuccession:
				visit(a, b, c.has[a], c.has[a]-c.directly[at])
			}
		}
	}
}
