package fit

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/twin"
)

// property is a case attribute of few values.
type property struct {
	path   string
	values []string // ascending
	of     []int    // by case
}

// fewValues is the most that a property has.
const fewValues = 6

// properties finds the attributes of a few values that nearly every case has. The
// cases are the rows of the log that were kept.
func (f *fitter) properties(l *eventlog.Log, kept []eventlog.Case) {
	for _, info := range l.CaseAttributes() {
		if info.Kind != eventlog.KindString && info.Kind != eventlog.KindBool {
			continue
		}
		p := property{path: info.Path, of: make([]int, len(kept))}
		texts, missing := make([]string, len(kept)), 0
		for i, c := range kept {
			if v, ok := c.Attribute(info.Path); ok {
				texts[i] = v.String()
			} else {
				missing++
			}
			if at, found := slices.BinarySearch(p.values, texts[i]); !found {
				if len(p.values) > fewValues {
					break
				}
				p.values = slices.Insert(p.values, at, texts[i])
			}
		}
		if len(p.values) < 2 || len(p.values) > fewValues || 20*missing > len(kept) {
			continue
		}
		for i, text := range texts {
			p.of[i], _ = slices.BinarySearch(p.values, text)
		}
		f.attributes = append(f.attributes, p)
	}
}

// Thresholds of precedence: a class goes before another where it overtook it so often,
// while the other was picked though the first waited at most so rarely. In a queue of
// first come, first served where the other class only seems to wait, because something
// outside holds it up, it is picked before the first as often as it came before it.
const (
	enoughOvertakings = 30
	against           = 0.1
)

// choice is an item of a pool that was chosen out of the waiting ones, or joined them.
type choice struct {
	at     int64
	class  int
	enable int64
	picked bool // its performer had just completed other work
	joins  bool
	item   int
}

// priorities finds which work goes first: where people who had just completed
// something took up an item while an older one of another class waited, again and
// again, and hardly ever the other way round. Classes are the values of an attribute
// of the cases or, where none explains it, the activities of the pool.
func (f *fitter) priorities() {
	f.level = make([]int, len(f.names))
	for at := range f.groups {
		if f.groups[at].timed && f.groups[at].atOnce < 2 {
			f.priorityByProperty(at)
		}
	}
	for at := range f.groups {
		g := &f.groups[at]
		if !g.timed || g.atOnce > 1 || g.urgent || len(g.activities) < 2 {
			continue
		}
		levels, n := f.levels(at, len(f.names), func(_ int, in *instance) int { return in.activity })
		if levels == nil {
			continue
		}
		g.urgent = true
		first := ""
		for _, k := range g.activities {
			f.level[k] = levels[k]
			if first == "" || levels[k] > levels[slices.Index(f.names, first)] {
				first = f.names[k]
			}
		}
		f.report.assume("In pool %s some steps go before others, “%s” first: again and again they were taken up while older work of other steps waited (%d times, hardly ever the other way round).", g.id, first, n)
	}
}

func (f *fitter) priorityByProperty(at int) {
	g := &f.groups[at]
	for i := range f.attributes {
		p := &f.attributes[i]
		if f.urgency != nil && f.urgency.property != i {
			continue // one attribute decides in all pools
		}
		levels, n := f.levels(at, len(p.values), func(row int, _ *instance) int { return p.of[row] })
		if levels == nil {
			continue
		}
		if f.urgency == nil {
			f.urgency = &urgency{property: i, levels: levels}
		} else if !slices.Equal(f.urgency.levels, levels) {
			continue
		}
		g.urgent = true
		first := slices.Index(levels, slices.Max(levels))
		f.report.assume("In pool %s cases go by “%s”, “%s” first: again and again they were taken up while older work of other cases waited (%d times, hardly ever the other way round).", g.id, p.path, p.values[first], n)
		return
	}
}

// urgency is the attribute by which cases are taken up, with the level of each value.
type urgency struct {
	property int
	levels   []int
}

// levels returns the priority of each class of work of a pool, from 0, and how often
// the more urgent overtook the others; nil where none goes before another.
func (f *fitter) levels(at, classes int, class func(row int, in *instance) int) ([]int, int) {
	over, though := f.picks(at, classes, class)
	before := make([][]bool, classes)
	levels, n, any := make([]int, classes), 0, false
	for u := range over {
		before[u] = make([]bool, classes)
		for v := range over {
			if over[u][v] >= enoughOvertakings && float64(though[v][u]) <= against*float64(over[u][v]) {
				before[u][v], any = true, true
				n += over[u][v]
			}
		}
	}
	if !any {
		return nil, 0
	}
	for range classes { // the longest chain below; the relation has no cycles of two, and longer ones end here
		for u := range before {
			for v := range before {
				if before[u][v] {
					levels[u] = min(max(levels[u], levels[v]+1), classes)
				}
			}
		}
	}
	return levels, n
}

// picks counts, for each pair of classes, how often an item of the first was picked
// while an item of the second waited that had come before it, and though any did.
func (f *fitter) picks(at, classes int, class func(row int, in *instance) int) (over, though [][]int) {
	h := f.groups[at].hours
	var list []choice
	item := 0
	for row := range f.cases {
		for i := range f.cases[row] {
			in := &f.cases[row][i]
			if f.activities[in.activity].group != at || !in.started {
				continue
			}
			from := in.enabled
			if i > 0 {
				from = f.cases[row][i-1].complete
			}
			from = min(from, in.start)
			picked := false
			if in.resource >= 0 {
				done := f.completions[in.resource]
				if k, _ := slices.BinarySearch(done, in.start+1); k > 0 {
					free := done[k-1]
					if h != nil {
						free = h.NextMicros(free)
					}
					picked = in.start-free <= 60*second && free >= from
				}
			}
			c := class(row, in)
			if from < in.start {
				list = append(list, choice{from, c, from, false, true, item})
			}
			list = append(list, choice{in.start, c, from, picked, false, item})
			item++
		}
	}
	slices.SortStableFunc(list, func(a, b choice) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		return cmp.Compare(boolean(a.joins), boolean(b.joins)) // begun before more come
	})
	over, though = make([][]int, classes), make([][]int, classes)
	for i := range over {
		over[i], though[i] = make([]int, classes), make([]int, classes)
	}
	gone := make([]bool, item)
	waiting := make([]oldest, classes)
	for _, c := range list {
		if c.joins {
			heap.Push(&waiting[c.class], c)
			continue
		}
		gone[c.item] = true
		if !c.picked {
			continue
		}
		for v := range waiting {
			for len(waiting[v]) > 0 && gone[waiting[v][0].item] {
				heap.Pop(&waiting[v])
			}
			if v == c.class || len(waiting[v]) == 0 {
				continue
			}
			if though[c.class][v]++; waiting[v][0].enable < c.enable {
				over[c.class][v]++
			}
		}
	}
	return over, though
}

// oldest is a heap of waiting items, the first to come at the top.
type oldest []choice

func (o oldest) Len() int           { return len(o) }
func (o oldest) Less(i, j int) bool { return o[i].enable < o[j].enable }
func (o oldest) Swap(i, j int)      { o[i], o[j] = o[j], o[i] }
func (o *oldest) Push(x any)        { *o = append(*o, x.(choice)) }
func (o *oldest) Pop() any {
	last := (*o)[len(*o)-1]
	*o = (*o)[:len(*o)-1]
	return last
}

// prioritise puts the attribute that decides, and the levels of its values, into the
// process.
func (f *fitter) prioritise(p *twin.Process) {
	if f.urgency == nil {
		return
	}
	attribute := &f.attributes[f.urgency.property]
	id := identifier(attribute.path)
	if id == "log" {
		id = "attribute"
	}
	shares := make([]int, len(attribute.values))
	for _, v := range attribute.of {
		shares[v]++
	}
	a := twin.Attribute{ID: id, Name: twin.Text{EN: attribute.path, RU: attribute.path}, Shares: map[string]float64{}}
	left := 1.0
	for v, n := range shares {
		share := round(float64(n) / float64(len(attribute.of)))
		if v == len(shares)-1 {
			share = round(left)
		}
		left -= share
		a.Shares[attribute.value(v)] = share
		if level := f.urgency.levels[v]; level > 0 {
			p.Priorities = append(p.Priorities, twin.Priority{When: twin.Rule{{{Attribute: id, Is: []string{attribute.value(v)}}}}, Level: level})
		}
	}
	p.Attributes = append(p.Attributes, a)
}

// value is a value as the model writes it: an empty one has no place in a file.
func (p *property) value(v int) string {
	if p.values[v] == "" {
		return fmt.Sprintf("(no %s)", p.path)
	}
	return p.values[v]
}
