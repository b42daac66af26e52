package declarative

import (
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// Violation is a constraint with the cases of a log that break it.
type Violation struct {
	Constraint
	Activated int64    `json:"activated"`
	Violated  int64    `json:"violated"`
	Cases     []string `json:"cases"` // the first few
}

// evidence is how many cases a violation names.
const evidence = 10

// Check returns, for each constraint of the model that some case of the log
// breaks, how many do, in the order of the model. Activities that the log lacks do
// not occur in its cases. O(constraints · events).
func (m *Model) Check(ctx context.Context, l *eventlog.Log) ([]Violation, error) {
	list := make([]Violation, len(m.Constraints))
	codes := make([][2]eventlog.Code, len(m.Constraints))
	for i, c := range m.Constraints {
		if !slices.Contains(Templates, c.Template) {
			return nil, fmt.Errorf("checking %v: no template %q", c, c.Template)
		}
		list[i].Constraint = c
		codes[i][0], _ = l.Activities().Code(c.A)
		codes[i][1], _ = l.Activities().Code(c.B)
	}
	for n, c := range l.All() {
		if n%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		seq := c.Activities()
		if len(seq) == 0 {
			continue
		}
		for i := range list {
			activated, holds := Evaluate(m.Constraints[i].Template, codes[i][0], codes[i][1], seq)
			if !activated {
				continue
			}
			list[i].Activated++
			if !holds {
				list[i].Violated++
				if len(list[i].Cases) < evidence {
					list[i].Cases = append(list[i].Cases, c.ID())
				}
			}
		}
	}
	return slices.DeleteFunc(list, func(v Violation) bool { return v.Violated == 0 }), nil
}

// Evaluate reports whether a sequence activates a constraint on two activities,
// and whether it then holds. It reads as the definitions do and is their
// reference: discovery, which counts all pairs at once, is tested against it.
func Evaluate(t Template, a, b eventlog.Code, seq []eventlog.Code) (activated, holds bool) {
	hasA, hasB := slices.Contains(seq, a), slices.Contains(seq, b)
	next := func(from int, x eventlog.Code) int { // position of the next x, len(seq) where there is none
		for i := from; i < len(seq); i++ {
			if seq[i] == x {
				return i
			}
		}
		return len(seq)
	}
	last := func(to int, x eventlog.Code) int { // position of the last x before to, −1 where there is none
		for i := to - 1; i >= 0; i-- {
			if seq[i] == x {
				return i
			}
		}
		return -1
	}
	every := func(x eventlog.Code, ok func(i int) bool) bool {
		for i, y := range seq {
			if y == x && !ok(i) {
				return false
			}
		}
		return true
	}
	response := func(i int) bool { return next(i+1, b) < len(seq) }
	precedence := func(i int) bool { return last(i, a) >= 0 }
	altResponse := func(i int) bool { return next(i+1, b) < next(i+1, a) }
	altPrecedence := func(i int) bool { return last(i, a) > last(i, b) }
	chainResponse := func(i int) bool { return i+1 < len(seq) && seq[i+1] == b }
	chainPrecedence := func(i int) bool { return i > 0 && seq[i-1] == a }
	switch t {
	case Existence:
		return true, hasA
	case Absence:
		return true, !hasA
	case ExactlyOne:
		return hasA, next(next(0, a)+1, a) == len(seq)
	case Init:
		return true, seq[0] == a
	case RespondedExistence:
		return hasA, hasB
	case Coexistence:
		return hasA || hasB, hasA && hasB
	case NotCoexistence:
		return hasA || hasB, !(hasA && hasB)
	case Response:
		return hasA, every(a, response)
	case Precedence:
		return hasB, every(b, precedence)
	case Succession:
		return hasA || hasB, every(a, response) && every(b, precedence)
	case AltResponse:
		return hasA, every(a, altResponse)
	case AltPrecedence:
		return hasB, every(b, altPrecedence)
	case AltSuccession:
		return hasA || hasB, every(a, altResponse) && every(b, altPrecedence)
	case ChainResponse:
		return hasA, every(a, chainResponse)
	case ChainPrecedence:
		return hasB, every(b, chainPrecedence)
	case ChainSuccession:
		return hasA || hasB, every(a, chainResponse) && every(b, chainPrecedence)
	case NotSuccession:
		return hasA, last(len(seq), b) < next(0, a)
	case NotChainSuccession:
		return hasA, every(a, func(i int) bool { return !chainResponse(i) })
	}
	return false, false
}
