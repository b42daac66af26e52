package cli

import (
	"context"
	"fmt"
	"math"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
)

// twinOf reads a twin with its scenarios, of a pack with its town, as pages look at it.
func twinOf(name string) (*desk.Twin, error) {
	if _, err := datasets.Find(name); err == nil {
		return desk.PackAsTwin(name)
	}
	m, scenarios, err := desk.ReadModel([]string{name})
	if err != nil {
		return nil, err
	}
	return desk.NewTwin(desk.TwinName{ID: m.ID, Source: desk.FolderTwin}, m, scenarios), nil
}

// simulated runs a twin under one of its scenarios, "" for as it is, telling how far.
func (a *app) simulated(ctx context.Context, t *desk.Twin, scenario string, replications int) (*desk.Simulation, error) {
	if replications < 2 {
		return nil, usageError{fmt.Errorf("--replications: found %d, wanted 2 or more: an interval needs two", replications)}
	}
	bar := a.bar(a.lang().T("cli.replications"))
	defer bar.end()
	return t.Simulate(ctx, scenario, replications, bar.step)
}

// amountJSON is a number with its interval, null where it cannot be told.
type amountJSON struct {
	Value measure.Number `json:"value"`
	Low   measure.Number `json:"low"`
	High  measure.Number `json:"high"`
}

func amountOf(a desk.Amount) amountJSON {
	return amountJSON{measure.Number(a.Value), measure.Number(a.Low), measure.Number(a.High)}
}

// ranged writes a number and its interval.
func ranged(l terms.Lang, a desk.Amount, write func(float64) string) (value, interval string) {
	if math.IsNaN(a.Value) {
		return measure.Unknown, ""
	}
	if math.IsNaN(a.Low) || math.IsNaN(a.High) {
		return write(a.Value), ""
	}
	return write(a.Value), l.T("twins.interval", write(a.Low), write(a.High))
}

// stateJSON is the value stream of a process in one state.
type stateJSON struct {
	Lead       amountJSON `json:"lead"`
	Unit       string     `json:"lead_unit"`
	Efficiency amountJSON `json:"flow_efficiency"`
	Effort     amountJSON `json:"effort_s"`
	Yearly     amountJSON `json:"cases_a_year"`
}

func stateOf(v *desk.ValueStream) *stateJSON {
	if v == nil {
		return nil
	}
	return &stateJSON{amountOf(v.Leads), string(v.Unit), amountOf(v.Efficiencies), amountOf(v.Efforts), amountOf(v.Yearly)}
}

func (a *app) twinStreams() *cobra.Command {
	var scenario string
	var replications int
	c := &cobra.Command{
		Use: "streams TWIN", Short: "Value streams of all processes: as they are and in the target state", Args: cobra.ExactArgs(1),
		Long: `Simulates a twin as it is and under the scenario of its target state, all processes
together, for they share their people; tells of each the lead time between its milestones,
the flow efficiency, the labour effort of a case and what is freed a year. Intervals are
95 % over the replications.`,
		Example: "  uprava twin streams municipality\n  uprava twin streams our-town/ --scenario portal --json",
	}
	c.Flags().StringVar(&scenario, "scenario", "", "scenario of the target state (default the twin's own)")
	c.Flags().IntVar(&replications, "replications", 10, "simulated periods of each state")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		t, err := twinOf(args[0])
		if err != nil {
			return err
		}
		now, err := a.simulated(c.Context(), t, "", replications)
		if err != nil {
			return err
		}
		if scenario == "" {
			scenario = t.Target("")
		}
		then := &desk.Simulation{Streams: map[string]*desk.ValueStream{}}
		if scenario != "" {
			if then, err = a.simulated(c.Context(), t, scenario, replications); err != nil {
				return err
			}
		}
		if *asJSON {
			return a.streamsJSON(t, now, then)
		}
		return a.streamsTable(t, now, then)
	}
	return c
}

func (a *app) streamsJSON(t *desk.Twin, now, then *desk.Simulation) error {
	type row struct {
		Process string     `json:"process"`
		Name    twin.Text  `json:"name"`
		AsIs    *stateJSON `json:"as_is"`
		Target  *stateJSON `json:"target"`
	}
	out := struct {
		Replications int    `json:"replications"`
		Seed         uint64 `json:"seed"`
		Scenario     string `json:"target_scenario,omitempty"`
		Processes    []row  `json:"processes"`
	}{now.Replications, now.Seed, "", []row{}}
	if then.Scenario != nil {
		out.Scenario = then.Scenario.ID
	}
	for _, p := range t.Model.Processes {
		out.Processes = append(out.Processes, row{p.ID, p.Name, stateOf(now.Streams[p.ID]), stateOf(then.Streams[p.ID])})
	}
	return writeJSON(a.stdout, out)
}

func (a *app) streamsTable(t *desk.Twin, now, then *desk.Simulation) error {
	l := a.lang()
	lead := func(v *desk.ValueStream) (string, string) {
		if v == nil {
			return measure.Unknown, ""
		}
		return ranged(l, v.Leads, func(x float64) string {
			if v.Unit == measure.Second {
				return l.Seconds(x)
			}
			return measure.Format(language.Make(string(l)), x, v.Unit)
		})
	}
	out := table{head: []string{l.T("board.process"), l.T("twins.stream.now"), l.T("cli.interval"), l.T("twins.state.target"), l.T("cli.interval"), l.T("twins.stream.efficiency"), l.T("twins.streams.freed-hours")},
		right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true}}
	freed := 0.0
	for _, p := range t.Model.Processes {
		v, w := now.Streams[p.ID], then.Streams[p.ID]
		a1, a2 := lead(v)
		b1, b2 := lead(w)
		efficiency, target, hours := measure.Unknown, measure.Unknown, measure.Unknown
		percent := func(x float64) string { return l.Percent(x, 1) }
		if v != nil {
			efficiency, _ = ranged(l, v.Efficiencies, percent)
		}
		if w != nil {
			target, _ = ranged(l, w.Efficiencies, percent)
		}
		if v != nil && w != nil {
			if x := (v.Efforts.Value*v.Yearly.Value - w.Efforts.Value*w.Yearly.Value) / 3600; !math.IsNaN(x) {
				freed, hours = freed+x, l.Float(x, 0)
			}
		}
		out.add(p.Name.In(string(l)), a1, a2, b1, b2, efficiency+" → "+target, hours)
	}
	if err := out.write(a.stdout); err != nil {
		return err
	}
	if then.Scenario != nil {
		fmt.Fprintln(a.stdout, l.T("twins.stream.scenario")+": "+plain(then.Scenario.Name.In(string(l))))
		fmt.Fprintln(a.stdout, l.T("twins.streams.freed", l.Float(freed, 0), l.Int(int64(now.Headcount)), l.Int(int64(then.Headcount))))
	} else {
		fmt.Fprintln(a.stdout, l.T("twins.stream.no-target"))
	}
	fmt.Fprintln(a.stdout, l.T("twins.streams.evidence", l.Int(int64(now.Replications)), l.Float(now.Years, 2), l.Int(int64(now.Seed))))
	a.notice(a.stdout, t.Model)
	return nil
}

func (a *app) twinSigning() *cobra.Command {
	var top, replications int
	c := &cobra.Command{
		Use: "signing TWIN", Short: "Who signs everything: signatures a year, a person and working day", Args: cobra.ExactArgs(1),
		Long: `Counts what is signed, approved or endorsed a year in processes and procedures, by whom.
A signature is told by the words of an activity or a step. How often processes do theirs
comes from simulating the twin as it is; a procedure's are put down to the heads of its
unit.`,
		Example: "  uprava twin signing municipality --top 10",
	}
	c.Flags().IntVar(&top, "top", 20, "how many to show; 0 for all")
	c.Flags().IntVar(&replications, "replications", 10, "simulated periods behind the numbers")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		t, err := twinOf(args[0])
		if err != nil {
			return err
		}
		now := &desk.Simulation{}
		if len(t.Model.Processes) > 0 {
			if now, err = a.simulated(c.Context(), t, "", replications); err != nil {
				return err
			}
		}
		signers := architecture.Signers(t.Model, now.Steps)
		shown := signers
		if top > 0 {
			shown = shown[:min(top, len(shown))]
		}
		if *asJSON {
			return a.signingJSON(t, now, shown)
		}
		return a.signingTable(t, now, signers, shown)
	}
	return c
}

func (a *app) signingJSON(t *desk.Twin, now *desk.Simulation, shown []architecture.Signer) error {
	type row struct {
		By         string         `json:"by"`
		Name       twin.Text      `json:"name"`
		People     int            `json:"people"`
		Yearly     measure.Number `json:"signatures_a_year"`
		Hours      measure.Number `json:"hours_a_year"`
		Load       *amountJSON    `json:"load"`
		Processes  int            `json:"processes"`
		Procedures int            `json:"procedures"`
		Unknown    int            `json:"without_number"`
	}
	out := struct {
		Replications int    `json:"replications"`
		Seed         uint64 `json:"seed"`
		Signers      []row  `json:"signers"`
	}{now.Replications, now.Seed, []row{}}
	for _, x := range shown {
		r := row{By: x.By.String(), Name: t.Graph.Name(x.By), People: x.People, Yearly: x.Yearly, Hours: x.Hours, Processes: x.Processes, Procedures: x.Procedures, Unknown: x.Unknown}
		if load, ok := now.Pools[x.By.ID]; ok && x.By.Kind == twin.PoolKind {
			r.Load = new(amountJSON)
			*r.Load = amountOf(load)
		}
		out.Signers = append(out.Signers, r)
	}
	return writeJSON(a.stdout, out)
}

func (a *app) signingTable(t *desk.Twin, now *desk.Simulation, all, shown []architecture.Signer) error {
	l := a.lang()
	if len(all) == 0 {
		fmt.Fprintln(a.stdout, l.T("twins.signing.none"))
		return nil
	}
	out := table{head: []string{l.T("twins.signing.who"), l.T("whatif.people"), l.T("twins.signing.yearly"), l.T("signing.day"), l.T("twins.signing.hours"), l.T("load.load"), l.T("cli.interval")},
		right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true}}
	for _, x := range shown {
		people, day, hours, load, interval := measure.Unknown, measure.Unknown, measure.Unknown, measure.Unknown, ""
		if x.People > 0 {
			people, day = l.Int(int64(x.People)), l.Float(float64(x.Yearly)/desk.WorkingDays/float64(x.People), 1)
		}
		if x.Hours > 0 {
			hours = l.Float(float64(x.Hours), 0)
		}
		if amount, ok := now.Pools[x.By.ID]; ok && x.By.Kind == twin.PoolKind {
			load, interval = ranged(l, amount, func(x float64) string { return l.Percent(x, 0) })
		}
		out.add(t.Graph.Name(x.By).In(string(l)), people, l.Float(float64(x.Yearly), 0), day, hours, load, interval)
	}
	if err := out.write(a.stdout); err != nil {
		return err
	}
	sum, places := 0.0, map[twin.Ref]bool{}
	for _, x := range all {
		sum += float64(x.Yearly)
		for _, s := range x.Signs {
			places[s.In] = true
		}
	}
	fmt.Fprintln(a.stdout, l.T("twins.signing.sum", l.Float(sum, 0), l.Int(int64(len(places))), l.Int(int64(len(all)))))
	if now.Replications > 0 {
		fmt.Fprintln(a.stdout, l.T("twins.signing.evidence", l.Int(int64(now.Replications)), l.Float(now.Years, 2), l.Int(int64(now.Seed))))
	}
	fmt.Fprintln(a.stdout, l.T("twins.signing.how"))
	a.notice(a.stdout, t.Model)
	return nil
}
