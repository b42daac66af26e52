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
	list := m.history.stays[s.stage]
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
	if m.Neighbour > 0 && len(similar) > m.Neighbour {
		slices.SortFunc(similar, func(x, y near) int {
			return cmp.Or(cmp.Compare(x.distance, y.distance), cmp.Compare(x.c, y.c), cmp.Compare(x.came, y.came))
		})
		similar = similar[:m.Neighbour]
	}
	spans := make([]span, len(similar))
	counts := map[eventlog.Code]int{}
	for i, n := range similar {
		spans[i] = span{max(0, n.remaining-s.here), n.ended}
		if n.next != eventlog.NoCode {
			counts[n.next]++
		}
	}
	return answer{survival(spans), shares(counts), gone, len(similar), true}
}

// elapsedAlone is the answer that knows only how long the case has run: from all
// cases that ran longer.
func elapsedAlone(h *history, s state) answer {
	run := s.elapsed + s.here
	var spans []span
	for _, p := range h.lead {
		if p.c != s.c && p.remaining > run {
			spans = append(spans, span{p.remaining - run, p.ended})
		}
	}
	counts := map[eventlog.Code]int{}
	for _, p := range h.stays[s.stage] {
		if p.c != s.c && p.next != eventlog.NoCode {
			counts[p.next]++
		}
	}
	return answer{survival(spans), shares(counts), math.NaN(), len(spans), false}
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
