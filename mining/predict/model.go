package predict

import (
	"cmp"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// choice is how the model looks for similar states.
type choice struct {
	Calendar  bool `json:"calendar"`   // time runs by the calendar
	Elapsed   bool `json:"elapsed"`    // how long the case has run counts
	Queue     bool `json:"queue"`      // how many cases stand at the stage counts
	Neighbour int  `json:"neighbours"` // 0 for all
}

// enough is how many past states an answer should rest on.
const enough = 20

// answer is what a model says of a state: times in microseconds of its clock.
type answer struct {
	curve curve
	next  []nextShare
	over  float64 // share of similar states after which nothing came; only where silence ends cases
	stays int     // past states it rests on, that went on
	stage bool    // of the same stage; else of whole cases that ran as long
}

type nextShare struct {
	activity eventlog.Code
	share    float64
}

// model answers from a history. Where silence ends cases, the times are those of
// cases that go on, and how many do not is told beside them.
type model struct {
	history *history
	choice
	spreadElapsed, spreadQueue []float64 // by stage, to make distances comparable
	similar                    []near    // scratch of ask
	spans                      []span    // as well
}

// near is a past stay and how much it differs from a state.
type near struct {
	distance float64
	*past
}

func newModel(h *history, c choice) *model {
	m := &model{history: h, choice: c, spreadElapsed: make([]float64, len(h.stays)), spreadQueue: make([]float64, len(h.stays))}
	for a, list := range h.stays {
		var e, e2, q, q2 float64
		for _, s := range list {
			e, e2, q, q2 = e+s.elapsed, e2+s.elapsed*s.elapsed, q+s.queue, q2+s.queue*s.queue
		}
		n := float64(len(list))
		m.spreadElapsed[a] = math.Sqrt(max(1e-9, e2/n-e/n*e/n))
		m.spreadQueue[a] = math.Sqrt(max(1e-9, q2/n-q/n*q/n))
	}
	return m
}

// ask is for one goroutine at a time. It returns what happened to past cases in the state. Stays shorter than the
// state's are left out: they are no longer possible.
func (m *model) ask(s state) answer {
	similar := m.similar[:0]
	elapsed, queue := math.Log1p(s.elapsed/60e6), math.Log1p(s.queue)
	list := m.history.sooner[s.stage]
	over := 0
	for i := range list {
		p := &list[i]
		if p.c == s.c || p.here < s.here {
			continue
		}
		if m.history.silence && p.next == eventlog.NoCode {
			if p.ended {
				over++
			}
			continue
		}
		d := 0.0
		if m.Elapsed {
			d += math.Abs(p.elapsed-elapsed) / m.spreadElapsed[s.stage]
		}
		if m.Queue {
			d += math.Abs(p.queue-queue) / m.spreadQueue[s.stage]
		}
		similar = append(similar, near{d, p})
	}
	m.similar = similar
	if len(similar) < enough {
		return elapsedAlone(m.history, s)
	}
	gone := float64(over) / float64(over+len(similar))
	sorted := true // by what remains
	if m.Neighbour > 0 && len(similar) > m.Neighbour {
		nearest(similar, m.Neighbour)
		similar, sorted = similar[:m.Neighbour], false
	}
	spans := m.spans[:0]
	counts := map[eventlog.Code]int{}
	for _, n := range similar {
		spans = append(spans, span{max(0, n.remaining-s.here), n.ended})
		if n.next != eventlog.NoCode {
			counts[n.next]++
		}
	}
	m.spans = spans
	a := answer{next: shares(counts), over: gone, stays: len(similar), stage: true}
	if sorted {
		a.curve = survivalOfSorted(spans)
	} else {
		a.curve = survival(spans)
	}
	return a
}

// nearest moves the k nearest to the front, in no order (Hoare 1961,
// doi:10.1145/366622.366647, the pivot being the median of three). O(n) on average.
func nearest(list []near, k int) {
	before := func(x, y near) bool {
		if x.distance != y.distance {
			return x.distance < y.distance
		}
		return cmp.Or(cmp.Compare(x.c, y.c), cmp.Compare(x.came, y.came)) < 0
	}
	for lo, hi := 0, len(list)-1; lo < hi; {
		mid := lo + (hi-lo)/2
		for _, pair := range [][2]int{{lo, mid}, {lo, hi}, {mid, hi}} {
			if before(list[pair[1]], list[pair[0]]) {
				list[pair[0]], list[pair[1]] = list[pair[1]], list[pair[0]]
			}
		}
		pivot, i, j := list[mid], lo, hi
		for i <= j {
			for before(list[i], pivot) {
				i++
			}
			for before(pivot, list[j]) {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k-1 <= j:
			hi = j
		case k-1 >= i:
			lo = i
		default:
			return
		}
	}
}

// elapsedAlone is the answer that knows only how long the case has run: from all
// cases that ran longer.
func elapsedAlone(h *history, s state) answer {
	run := s.elapsed + s.here
	first, _ := slices.BinarySearchFunc(h.lead, run, func(p past, run float64) int {
		if p.remaining > run {
			return 1
		}
		return -1
	})
	spans := make([]span, 0, len(h.lead)-first)
	for _, p := range h.lead[first:] {
		if p.c != s.c {
			spans = append(spans, span{p.remaining - run, p.ended})
		}
	}
	counts := map[eventlog.Code]int{}
	for _, p := range h.stays[s.stage] {
		if p.c != s.c && p.next != eventlog.NoCode {
			counts[p.next]++
		}
	}
	return answer{survivalOfSorted(spans), shares(counts), math.NaN(), len(spans), false}
}

func shares(counts map[eventlog.Code]int) []nextShare {
	total := 0
	var out []nextShare
	for a, n := range counts {
		total += n
		out = append(out, nextShare{a, float64(n)})
	}
	for i := range out {
		out[i].share /= float64(total)
	}
	slices.SortFunc(out, func(x, y nextShare) int {
		return cmp.Or(cmp.Compare(y.share, x.share), cmp.Compare(x.activity, y.activity))
	})
	return out
}
