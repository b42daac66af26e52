package cli

import (
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
)

// townSeed is the number of the town that the commands of the twin look at.
const townSeed = 1

// townOf reads a twin, of a pack with its town.
func townOf(name string, seed uint64) (*twin.Model, error) {
	if p, err := datasets.Find(name); err == nil {
		if m, _, err := p.Town(seed); err == nil {
			return m, nil
		}
	}
	m, _, err := desk.ReadModel([]string{name})
	return m, err
}

func (a *app) twinPriority() *cobra.Command {
	var cfg architecture.PriorityConfig
	var top int
	c := &cobra.Command{
		Use: "priority TWIN", Short: "What to digitalise first: time saved × volume × feasibility", Args: cobra.ExactArgs(1),
		Long: `Ranks the work procedures of a twin by the hours that automation would free in a year
times its feasibility: the share of what automation needs that the twin shows to be there
(a special system, described steps, rules, an interface, one unit in charge). Intervals
and ranks hold 95 % of the draws over what is not known exactly.`,
		Example: "  uprava twin priority municipality --top 20",
	}
	c.Flags().IntVar(&top, "top", 20, "how many to show; 0 for all")
	c.Flags().Uint64Var(&cfg.Seed, "seed", 1, "number of the random series")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := townOf(args[0], townSeed)
		if err != nil {
			return err
		}
		list, without, err := architecture.Priorities(c.Context(), m, cfg)
		if err != nil {
			return desk.InputError{Err: err}
		}
		if top > 0 {
			list = list[:min(top, len(list))]
		}
		if *asJSON {
			return writeJSON(a.stdout, struct {
				Procedures []architecture.Priority `json:"procedures"`
				Without    int                     `json:"without_figures"`
			}{append([]architecture.Priority{}, list...), without})
		}
		l := a.lang()
		t := table{head: []string{"", l.T("priority.ranks"), l.T("priority.procedure"), l.T("priority.score"), l.T("cli.interval"), l.T("priority.volume"), l.T("priority.effort"), l.T("priority.feasible"), l.T("priority.missing")}, right: map[int]bool{0: true, 3: true, 4: true, 5: true, 6: true, 7: true}}
		for _, p := range list {
			var missing []string
			for _, x := range p.Missing {
				missing = append(missing, l.T("priority.need."+strings.ReplaceAll(x, " ", "-")))
			}
			t.add(l.Int(int64(p.Rank)), fmt.Sprintf("%d … %d", p.RankLow, p.RankHigh), p.Name.In(string(l)), l.Float(float64(p.Score), 0), l.Float(float64(p.Low), 0)+" … "+l.Float(float64(p.High), 0),
				l.Float(float64(p.Volume), 0), l.Float(float64(p.Effort), 2), l.Percent(float64(p.Feasibility), 0), strings.Join(missing, ", "))
		}
		if err := t.write(a.stdout); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, l.T("priority.basis", l.Int(int64(without))))
		a.notice(a.stdout, m)
		return nil
	}
	return c
}

func (a *app) twinLoad() *cobra.Command {
	var cfg experiment.Config
	c := &cobra.Command{
		Use: "load TWIN", Short: "Upon whom processes depend, how loaded they are, and who is alone", Args: cobra.ExactArgs(1),
		Example: "  uprava twin load municipality",
	}
	c.Flags().IntVar(&cfg.Replications, "replications", 20, "simulated periods behind each load")
	c.Flags().Uint64Var(&cfg.Seed, "seed", 1, "number of the random series")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := townOf(args[0], townSeed)
		if err != nil {
			return err
		}
		bar := a.bar(a.lang().T("cli.replications"))
		defer bar.end()
		cfg.Language, cfg.Progress = string(a.lang()), bar.step
		r, err := experiment.Run(c.Context(), m, cfg)
		if err != nil {
			return err
		}
		bar.end()
		performers, singles := architecture.Performers(m, r), architecture.Singles(m)
		if *asJSON {
			return writeJSON(a.stdout, struct {
				Pools []architecture.Performer `json:"pools"`
				Posts []architecture.Single    `json:"posts"`
			}{append([]architecture.Performer{}, performers...), append([]architecture.Single{}, singles...)})
		}
		l := a.lang()
		t := table{head: []string{l.T("demo.pool"), l.T("whatif.people"), l.T("load.load"), l.T("cli.interval"), l.T("load.processes"), ""}, right: map[int]bool{1: true, 2: true, 3: true}}
		for _, p := range performers {
			load, interval := "—", ""
			if !math.IsNaN(float64(p.Load)) {
				load, interval = l.Percent(float64(p.Load), 0), l.Percent(float64(p.Low), 0)+" … "+l.Percent(float64(p.High), 0)
			}
			alone := ""
			if p.Alone {
				alone = l.T("load.alone")
			}
			t.add(p.Name.In(string(l)), l.Int(int64(p.People)), load, interval, strings.Join(p.Processes, ", "), alone)
		}
		if err := t.write(a.stdout); err != nil {
			return err
		}
		if len(singles) > 0 {
			fmt.Fprintln(a.stdout)
			fmt.Fprintln(a.stdout, l.T("load.singles", l.Int(int64(len(singles)))))
			for _, s := range singles[:min(10, len(singles))] {
				fmt.Fprintln(a.stdout, " ", l.T("load.single", plain(s.Name.In(string(l))), l.Int(int64(len(s.Procedures))), l.Float(float64(s.Executions), 0)))
			}
		}
		a.notice(a.stdout, m)
		return nil
	}
	return c
}

func (a *app) twinDuplicates() *cobra.Command {
	var cfg architecture.DuplicateConfig
	c := &cobra.Command{
		Use: "duplicates TWIN", Short: "Work procedures that may be done twice, with the reason", Args: cobra.ExactArgs(1),
		Long: `Looks for pairs of procedures that come to the same, whatever they are called: by the
documents and systems they use, the acts they stand on, the steps of their footprint, and
their words (Russian morphology). A person decides; the reason stands beside each pair.`,
		Example: "  uprava twin duplicates municipality",
	}
	c.Flags().Float64Var(&cfg.Threshold, "threshold", 0.5, "least score of a reported pair, above 0 to 1")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := townOf(args[0], townSeed)
		if err != nil {
			return err
		}
		found, err := architecture.Duplicates(c.Context(), architecture.Functions(m), cfg)
		if err != nil {
			return desk.InputError{Err: err}
		}
		l := a.lang()
		g := m.Graph()
		name := func(id string) twin.Text { return g.Name(twin.Ref{Kind: twin.Procedure, ID: id}) }
		type pair struct {
			A      string    `json:"a"`
			B      string    `json:"b"`
			NameA  twin.Text `json:"name_a"`
			NameB  twin.Text `json:"name_b"`
			Score  float64   `json:"score"`
			Reason string    `json:"reason"`
		}
		out := []pair{}
		for i := range found {
			p := &found[i]
			out = append(out, pair{p.A, p.B, name(p.A), name(p.B), p.Score, p.Reason(string(l))})
		}
		if *asJSON {
			return writeJSON(a.stdout, struct {
				Pairs []pair `json:"pairs"`
			}{out})
		}
		for _, p := range out {
			fmt.Fprintf(a.stdout, "%s  %s «%s» — %s «%s»\n      %s\n", l.Float(p.Score, 2), p.A, plain(p.NameA.In(string(l))), p.B, plain(p.NameB.In(string(l))), plain(p.Reason))
		}
		fmt.Fprintln(a.stdout, l.T("duplicates.found", l.Int(int64(len(out)))))
		a.notice(a.stdout, m)
		return nil
	}
	return c
}
