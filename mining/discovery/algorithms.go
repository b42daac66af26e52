package discovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/convert"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/powl"
	"github.com/uprava/uprava/mining/processtree"
)

// Kind is a kind of model.
type Kind string

// The kinds, by the field of Model that holds them.
const (
	KindTree        Kind = "tree"
	KindNet         Kind = "net"
	KindBPMN        Kind = "bpmn"
	KindGraph       Kind = "graph"
	KindCausal      Kind = "causal"
	KindPOWL        Kind = "powl"
	KindPrefixes    Kind = "prefixes"
	KindTransitions Kind = "transitions"
)

// Algorithm is a miner by its name.
type Algorithm struct {
	Name   string `json:"name"` // on the command line and in requests
	EN     string `json:"en"`   // title
	RU     string `json:"ru"`
	Source string `json:"source"` // DOI or number of its paper
	// Yields are the kinds of model that it always fills, the one it finds first. A
	// partially ordered model fills the tree and the diagram as well where sequence
	// and parallel suffice.
	Yields []Kind `json:"yields"`
	// Sound says that its nets are always sound; Fits that its models, with the
	// defaults, allow every trace of the log.
	Sound      bool        `json:"sound"`
	Fits       bool        `json:"fits"`
	Parameters []Parameter `json:"parameters"`

	run func(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error
}

// Model is what a miner found: whichever of the fields its algorithm yields.
type Model struct {
	Algorithm   string
	Tree        *processtree.Tree
	Net         *petri.Net
	BPMN        *bpmn.Definitions // with a layout
	Graph       *dfg.Graph
	Hidden      *Hidden // what the graph does not show, of dfg
	Causal      *CausalNet
	POWL        *powl.Model
	Prefixes    *PrefixTree
	Transitions *TransitionSystem
	// Warnings are what a reader of the model should know: measure.Doubt.
	Warnings []error
}

// algorithms lists the miners in the order in which help shows them.
var algorithms = []Algorithm{
	{
		Name: "im", EN: "Inductive miner", RU: "Индуктивный метод", Source: "doi:10.1007/978-3-642-38697-8_17",
		Yields: []Kind{KindTree, KindNet, KindBPMN}, Sound: true, Fits: true, run: runInductive,
	},
	{
		Name: "imf", EN: "Inductive miner, infrequent behaviour left out", RU: "Индуктивный метод без редкого поведения", Source: "doi:10.1007/978-3-319-06257-0_6",
		Yields: []Kind{KindTree, KindNet, KindBPMN}, Sound: true, Parameters: parameters("noise"), run: runInfrequent,
	},
	{
		Name: "imd", EN: "Inductive miner from the directly-follows graph alone", RU: "Индуктивный метод по одному графу следования", Source: "doi:10.1007/s10270-016-0545-x",
		Yields: []Kind{KindTree, KindNet, KindBPMN, KindGraph}, Sound: true, Parameters: parameters("noise"), run: runDirectly,
	},
	{
		Name: "powl", EN: "Partially ordered workflow model", RU: "Модель с частичным порядком", Source: "doi:10.1007/978-3-031-41620-0_6",
		Yields: []Kind{KindPOWL, KindNet}, Sound: true, Fits: true, Parameters: parameters("noise"), run: runPartialOrders,
	},
	{
		Name: "split", EN: "Split miner", RU: "Метод разветвлений", Source: "doi:10.1007/978-3-030-72693-5_4",
		Yields: []Kind{KindBPMN}, Parameters: parameters("parallelism", "frequency", "inclusive"), run: runSplit,
	},
	{
		Name: "heuristics", EN: "Heuristics miner", RU: "Эвристический метод", Source: "doi:10.1109/CIDM.2011.5949453",
		Yields: []Kind{KindCausal, KindNet}, Parameters: parameters("dependency", "loop-one", "loop-two", "relative-to-best", "binding", "observations", "noise", "unconnected"), run: runHeuristics,
	},
	{
		Name: "alpha", EN: "Alpha algorithm", RU: "Альфа-алгоритм", Source: "doi:10.1109/TKDE.2004.47",
		Yields: []Kind{KindNet, KindGraph}, Parameters: parameters("max-places"), run: runAlpha,
	},
	{
		Name: "alpha+++", EN: "Alpha+++", RU: "Альфа+++", Source: "arXiv:2305.17767",
		Yields: []Kind{KindNet}, Parameters: parameters("skips", "loops", "min-count", "min-share", "balance", "fitness", "replay", "max-candidates"), run: runAlphaPlus,
	},
	{
		Name: "dfg", EN: "Directly-follows graph", RU: "Граф непосредственного следования", Source: "doi:10.1016/j.procs.2019.12.189",
		Yields: []Kind{KindGraph}, Fits: true, Parameters: parameters("activities", "paths"), run: runGraph,
	},
	{
		Name: "prefixes", EN: "Prefix tree", RU: "Дерево префиксов", Source: "doi:10.1007/s10270-008-0106-z",
		Yields: []Kind{KindPrefixes}, Fits: true, run: runPrefixes,
	},
	{
		Name: "transitions", EN: "Transition system", RU: "Система переходов", Source: "doi:10.1007/s10270-008-0106-z",
		Yields: []Kind{KindTransitions, KindNet}, Sound: true, Fits: true, Parameters: parameters("abstraction", "horizon", "future"), run: runTransitions,
	},
}

// Algorithms returns all miners, in the order in which help shows them.
func Algorithms() []Algorithm { return slices.Clone(algorithms) }

// Find returns the miner of a name, whatever its case. A name that no miner has is
// an error that names them all.
func Find(name string) (Algorithm, error) {
	var names []string
	for _, a := range algorithms {
		if strings.EqualFold(a.Name, name) {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return Algorithm{}, fmt.Errorf("looking for the discovery algorithm %q: wanted one of %s", name, strings.Join(names, ", "))
}

// Discover returns the model that an algorithm finds in a log of recorded events or
// activity instances, with its doubts. Errors are an unknown algorithm, a faulty
// configuration, the context's, and limits of the algorithm. The same log and
// configuration give the same model. For the cost see the algorithm's own function.
func Discover(ctx context.Context, algorithm string, l *eventlog.Log, cfg Config) (*Model, error) {
	a, err := Find(algorithm)
	if err != nil {
		return nil, err
	}
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("discovering by %s: %w", a.Name, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("discovering by %s in %q: %w", a.Name, l.Name(), err)
	}
	m := &Model{Algorithm: a.Name}
	if l.Events() == 0 {
		m.Warnings = append(m.Warnings, noEvents(l.Cases()))
	}
	if err := a.run(ctx, l, cfg, m); err != nil {
		return nil, fmt.Errorf("discovering by %s in %q: %w", a.Name, l.Name(), err)
	}
	return m, nil
}

// block fills what follows from a process tree.
func (m *Model) block(l *eventlog.Log, t *processtree.Tree) error {
	m.Tree, m.Net, m.BPMN = t, processtree.Petri(t, l.Name()), processtree.BPMN(t, l.Name())
	m.Warnings = append(m.Warnings, freedom(t)...)
	if err := bpmn.Layout(m.BPMN); err != nil {
		return fmt.Errorf("laying out the diagram: %w", err)
	}
	return nil
}

func runInductive(ctx context.Context, l *eventlog.Log, _ Config, m *Model) error {
	t, err := InductiveLog(ctx, l, InductiveConfig{})
	if err != nil {
		return err
	}
	return m.block(l, t)
}

func runInfrequent(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error {
	if cfg.Noise == 0 {
		cfg.Noise = 0.2
	}
	t, err := InductiveLog(ctx, l, InductiveConfig{Noise: cfg.Noise})
	if err != nil {
		return err
	}
	m.Warnings = append(m.Warnings, leftOut(cfg.Noise, t.Activities(), l)...)
	return m.block(l, t)
}

func runDirectly(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error {
	m.Graph = dfg.Discover(l)
	t, err := InductiveDirectly(ctx, m.Graph, InductiveConfig{Noise: cfg.Noise})
	if err != nil {
		return err
	}
	m.Warnings = append(m.Warnings, notFitting())
	m.Warnings = append(m.Warnings, leftOut(cfg.Noise, t.Activities(), l)...)
	return m.block(l, t)
}

func runPartialOrders(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error {
	p, err := PartialOrders(ctx, l.Variants(), l.Activities(), InductiveConfig{Noise: cfg.Noise})
	if err != nil {
		return err
	}
	m.POWL, m.Net = p, powl.Petri(p, l.Name())
	m.Warnings = append(m.Warnings, leftOut(cfg.Noise, p.Activities(), l)...)
	if t, ok := p.Tree(); ok {
		net := m.Net
		if err := m.block(l, t); err != nil {
			return err
		}
		m.Net = net
	}
	return nil
}

func runSplit(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error {
	d, doubts, err := Split(ctx, l, cfg.Split)
	if err != nil {
		return err
	}
	m.BPMN = d
	var s *petri.Soundness
	if m.Net, s, err = repaired(ctx, d); ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case err != nil:
		doubts = append(doubts, unchecked(err))
	case !s.Sound():
		doubts = append(doubts, Unsound(m.Net, s))
	}
	m.Warnings = append(m.Warnings, doubts...)
	if err := bpmn.Layout(d); err != nil {
		return fmt.Errorf("laying out the diagram: %w", err)
	}
	return nil
}

// checkedStates bounds the states in which a mined diagram is checked.
const checkedStates = 100_000

// repaired returns the net of a diagram and whether it is sound. Where it is not, the
// parallel joins of the diagram become inclusive, which wait for no branch that was not
// taken. An error says why there is no net, or why its soundness is not known.
func repaired(ctx context.Context, d *bpmn.Definitions) (n *petri.Net, s *petri.Soundness, err error) {
	for again := false; ; again = true {
		if n, _, err = convert.FromBPMN(d); err == nil {
			if s, err = n.Soundness(ctx, checkedStates); err != nil || s.Sound() {
				return n, s, err
			}
		}
		if again {
			return n, s, err
		}
		in := d.Processes[0].Incoming()
		for _, x := range d.Processes[0].Nodes {
			if x.Kind == bpmn.ParallelGateway && len(in[x.ID]) > 1 {
				x.Kind = bpmn.InclusiveGateway
			}
		}
	}
}

func runHeuristics(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error {
	h := cfg.Heuristics
	if h.Noise == 0 {
		h.Noise = cfg.Noise
	}
	c, err := Heuristics(ctx, l.Variants(), l.Activities(), h)
	if err != nil {
		return err
	}
	m.Causal, m.Net = c, c.Petri(l.Name())
	m.Warnings = append(m.Warnings, notSound())
	if c.Kept < c.Occurrences {
		m.Warnings = append(m.Warnings, unbound(c.Occurrences-c.Kept, c.Occurrences))
	}
	return nil
}

func runAlpha(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error {
	m.Graph = dfg.Discover(l)
	net, err := Alpha(ctx, m.Graph, cfg.Alpha)
	if err != nil {
		return err
	}
	m.Net = net
	m.Warnings = append(append(m.Warnings, notSound()), loose(net)...)
	return nil
}

func runAlphaPlus(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error {
	net, doubts, err := AlphaPlus(ctx, l.Variants(), l.Activities(), cfg.AlphaPlus)
	if err != nil {
		return err
	}
	m.Net = net
	m.Warnings = append(append(append(m.Warnings, notSound()), doubts...), loose(net)...)
	return nil
}

func runGraph(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) error {
	s, err := Simplify(dfg.Discover(l), cfg.Map)
	if err != nil {
		return err
	}
	m.Graph, m.Hidden = s.Graph, &s.Hidden
	m.Warnings = append(m.Warnings, s.Warnings...)
	return ctx.Err()
}

func runPrefixes(ctx context.Context, l *eventlog.Log, _ Config, m *Model) (err error) {
	m.Prefixes, err = Prefixes(ctx, l.Variants(), l.Activities())
	return err
}

func runTransitions(ctx context.Context, l *eventlog.Log, cfg Config, m *Model) (err error) {
	if m.Transitions, err = Transitions(ctx, l.Variants(), l.Activities(), cfg.States); err != nil {
		return err
	}
	m.Net = m.Transitions.Petri(l.Name())
	return nil
}

// Config holds the parameters of all miners; each reads its own, and the zero value
// stands for the defaults of all.
type Config struct {
	Noise      float64 // share below which behaviour counts as infrequent, 0 to 1; of imf 0 stands for 0.2
	Split      SplitConfig
	Heuristics HeuristicsConfig
	Alpha      AlphaConfig
	AlphaPlus  AlphaPlusConfig
	States     TransitionConfig
	Map        SimplifyConfig // of dfg
}

// Validate returns all faults of the configuration, joined.
func (c Config) Validate() error {
	return errors.Join(InductiveConfig{Noise: c.Noise}.Validate(), c.Split.Validate(), c.Heuristics.Validate(), c.Alpha.Validate(), c.AlphaPlus.Validate(), c.States.Validate(), c.Map.Validate())
}
