package discovery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

func noEvents(cases int) error {
	return &measure.Doubt{
		EN: fmt.Sprintf("the log has no events (cases: %d): the model says nothing", cases),
		RU: fmt.Sprintf("в журнале нет событий (случаев: %d): модель ни о чём не говорит", cases),
	}
}

func notFitting() error {
	return &measure.Doubt{
		EN: "the model was made from the directly-follows graph alone: traces of the log need not fit it, parts that run in parallel least",
		RU: "модель построена по одному графу следования: случаи журнала могут ей не соответствовать, прежде всего в параллельных частях",
	}
}

func notSound() error {
	return &measure.Doubt{
		EN: "this algorithm does not promise a sound net: it may get stuck or leave tokens behind; check it before use",
		RU: "этот алгоритм не обещает бездефектной сети: в ней возможны тупики и лишние фишки; проверьте её перед применением",
	}
}

func unchecked(err error) error {
	return &measure.Doubt{
		EN: "it is not known whether the diagram is sound: " + err.Error(),
		RU: "бездефектность схемы не проверена: " + err.Error(),
	}
}

var faultsRU = map[petri.Fault]string{
	petri.Unbounded: "фишки накапливаются без предела", petri.Improper: "в конце остаются лишние фишки", petri.Unfinished: "конец недостижим",
	petri.Dead: "есть шаг, который никогда не выполняется", petri.CannotEnd: "есть тупик", petri.NotWorkflow: "это не сеть потоков работ",
}

var faultsEN = map[petri.Fault]string{
	petri.Unbounded: "tokens gather without limit", petri.Improper: "tokens are left over at the end", petri.Unfinished: "the end is out of reach",
	petri.Dead: "there is a step that never happens", petri.CannotEnd: "there is a dead end", petri.NotWorkflow: "it is no workflow net",
}

// Unsound returns the doubt about a net that is not sound, with the steps that show it.
func Unsound(n *petri.Net, s *petri.Soundness) error {
	en, ru := "the model is not sound: "+faultsEN[s.Fault], "модель с дефектом: "+faultsRU[s.Fault]
	var steps []string
	for _, id := range s.Witness {
		for _, t := range n.Transitions {
			if t.ID == id && !t.Silent {
				steps = append(steps, t.Label)
			}
		}
	}
	if k := len(steps); k > 3 {
		steps = append([]string{"…"}, steps[k-3:]...)
	}
	if len(steps) > 0 {
		en += ", after " + strings.Join(steps, ", ")
		ru += "; перед этим: " + strings.Join(steps, ", ")
	}
	return &measure.Doubt{EN: en, RU: ru}
}

func rareFlows(left, of int64) error {
	return &measure.Doubt{
		EN: fmt.Sprintf("%d of %d directly-follows pairs (starts and ends of cases included) are too rare and left out", left, of),
		RU: fmt.Sprintf("пар непосредственного следования не вошло в модель как редкие: %d из %d (считая начала и концы случаев)", left, of),
	}
}

func unbound(n, of int64) error {
	return &measure.Doubt{
		EN: fmt.Sprintf("%d of %d occurrences (starts and ends of cases included) come with causes or effects that the net leaves out", n, of),
		RU: fmt.Sprintf("у %d из %d исполнений (считая начала и концы случаев) причины или следствия не вошли в сеть", n, of),
	}
}

// leftOut tells which activities filtering left out of a model.
func leftOut(noise float64, kept []string, l *eventlog.Log) []error {
	if noise == 0 {
		return nil
	}
	occurs := make([]bool, l.Activities().Len())
	for _, c := range l.All() {
		for _, a := range c.Activities() {
			occurs[a] = true
		}
	}
	n := 0
	var missing []string
	for a, there := range occurs {
		if !there {
			continue
		}
		n++
		if name := l.Activities().Name(eventlog.Code(a)); !contains(kept, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	list := quoted(missing)
	return []error{&measure.Doubt{
		EN: fmt.Sprintf("%d of %d activities are too rare for the model at noise %g: %s", len(missing), n, noise, list),
		RU: fmt.Sprintf("действий, слишком редких для модели при пороге %g: %d из %d: %s", noise, len(missing), n, list),
	}}
}

func contains(sorted []string, name string) bool {
	_, ok := slices.BinarySearch(sorted, name)
	return ok
}

// quoted lists at most five names.
func quoted(names []string) string {
	var out []string
	for _, n := range names[:min(len(names), 5)] {
		out = append(out, fmt.Sprintf("%q", n))
	}
	if len(names) > 5 {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

// freedom tells how many activities a tree allows in any order and number: those of
// a loop over a choice of single activities.
func freedom(t *processtree.Tree) []error {
	free := 0
	for _, n := range t.Nodes() {
		if n.Operator != processtree.Loop {
			continue
		}
		k := 0
		for _, c := range n.Children {
			leaves := []*processtree.Tree{c}
			if c.Operator == processtree.Choice {
				leaves = c.Children
			}
			for _, leaf := range leaves {
				if leaf.Operator == processtree.Activity {
					k++
				}
			}
		}
		if k > 3 {
			free += k
		}
	}
	if free == 0 {
		return nil
	}
	n := len(t.Activities())
	return []error{&measure.Doubt{
		EN: fmt.Sprintf("%d of %d activities may follow each other in any order and number: there the model says little", free, n),
		RU: fmt.Sprintf("действий, которые могут следовать друг за другом в любом порядке и числе: %d из %d; о них модель говорит мало", free, n),
	}}
}

// loose tells of activities without a place on a side, which a net allows at any
// time or forgets.
func loose(n *petri.Net) []error {
	var names []string
	visible := 0
	for _, t := range n.Transitions {
		if t.Silent {
			continue
		}
		visible++
		if len(t.In) == 0 || len(t.Out) == 0 {
			names = append(names, t.Label)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []error{&measure.Doubt{
		EN: fmt.Sprintf("%d of %d activities have no place before or behind them, and are not bound to the rest: %s", len(names), visible, quoted(names)),
		RU: fmt.Sprintf("действий без места до или после них, не связанных с остальными: %d из %d: %s", len(names), visible, quoted(names)),
	}}
}
