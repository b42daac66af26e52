package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// showPassport writes the passport of a process: a line for what it says, a list for what
// it names. What the twin does not say is a dash.
func (a *app) showPassport(g *twin.Graph, p *twin.Passport) {
	l := a.lang()
	lang := string(l)
	ref := twin.Ref{Kind: twin.ProcessKind, ID: p.Process.ID}
	fmt.Fprintf(a.stdout, "%s «%s» (%s)\n", l.T("passport.title"), plain(p.Process.Name.In(lang)), ref)
	line := func(key, text string) {
		if text == "" {
			text = "—"
		}
		fmt.Fprintf(a.stdout, "  %s: %s\n", l.T(key), plain(text))
	}
	list := func(key string, refs ...twin.Ref) {
		if len(refs) == 0 {
			line(key, "")
			return
		}
		fmt.Fprintf(a.stdout, "  %s:\n", l.T(key))
		for _, r := range refs {
			fmt.Fprintf(a.stdout, "    %s (%s)\n", plain(g.Name(r).In(lang)), r)
		}
	}
	about := p.Process.About
	category := ""
	if about.Category != "" {
		category = l.T("passport.category." + string(about.Category))
	}
	line("passport.category", category)
	line("passport.purpose", about.Purpose.In(lang))
	line("passport.client", about.Client.In(lang))
	line("passport.starts", about.Starts.In(lang))
	line("passport.ends", about.Ends.In(lang))
	list("passport.owner", p.Owners...)
	if p.Unit != (twin.Ref{}) {
		list("passport.unit", p.Unit)
	}
	if p.Process.Limit != nil {
		line("passport.limit", l.T("passport.limit."+p.Process.Limit.Unit, l.Int(int64(p.Process.Limit.Days)))+citation(p.Process.Limit.Citation.In(lang)))
	}
	for _, x := range []struct {
		key  string
		refs []twin.Ref
	}{
		{"passport.inputs", p.Inputs}, {"passport.outputs", p.Outputs}, {"passport.systems", p.Systems}, {"passport.basis", p.Basis}, {"passport.powers", p.Powers}, {"passport.jobs", p.JobDescriptions},
		{"passport.performers", p.Performers}, {"passport.kpis", p.Indicators}, {"passport.goals", p.Goals}, {"passport.risks", p.Risks}, {"passport.measures", p.Measures},
	} {
		list(x.key, x.refs...)
	}
}

func citation(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func (a *app) twinPlan() *cobra.Command {
	var processes []string
	c := &cobra.Command{
		Use: "plan TWIN", Short: "The action plan: measures with dates, owners and planned effect", Args: cobra.ExactArgs(1),
		Long: `Lists the measures of a twin by the date they are due, with who answers for each, the
process it is to better, the planned change of its indicator, and the levers that tell the
measure to a simulation ("uprava simulate --scenario").`,
		Example: "  uprava twin plan municipality --process redistribution",
	}
	c.Flags().StringSliceVar(&processes, "process", nil, "only measures of these processes")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := townOf(args[0], townSeed)
		if err != nil {
			return err
		}
		for _, id := range processes {
			if m.Passport(id) == nil {
				return fmt.Errorf("process %q: %w in the twin", id, desk.ErrNotFound)
			}
		}
		g, plan := m.Graph(), m.Plan(processes...)
		if *asJSON {
			return a.planJSON(plan)
		}
		l := a.lang()
		lang := string(l)
		names := func(refs []twin.Ref) string {
			var out []string
			for _, r := range refs {
				out = append(out, g.Name(r).In(lang))
			}
			return strings.Join(out, ", ")
		}
		t := table{head: []string{l.T("plan.due"), l.T("plan.measure"), l.T("plan.process"), l.T("plan.owner"), l.T("plan.effect"), l.T("plan.state"), l.T("plan.levers")}, right: map[int]bool{4: true}}
		for _, w := range plan {
			due, state, effect, levers := "—", "—", "—", "—"
			if !w.Due.IsZero() {
				due = l.Date(w.Due)
			}
			if w.State != "" {
				state = l.T("plan.state." + w.State)
			}
			if w.Effect != nil {
				effect = gain(lang, w.Effect)
			}
			if w.Scenario != "" {
				levers = w.Scenario
				if len(w.Levers) > 0 {
					levers += ": " + strings.Join(w.Levers, ", ")
				}
			}
			t.add(due, w.Measure.Name.In(lang), names(w.Processes), names(w.Owners), effect, state, levers)
		}
		if err := t.write(a.stdout); err != nil {
			return err
		}
		a.notice(a.stdout, m)
		return nil
	}
	return c
}

// gain is a figure that tells by how much something changes, with its sign.
func gain(lang string, f *twin.Figure) string {
	s := measure.Format(language.Make(lang), f.Value, measure.Unit(f.Unit))
	if f.Value > 0 {
		return "+" + s
	}
	return s
}

func (a *app) planJSON(plan []twin.Work) error {
	type work struct {
		ID         string       `json:"measure"`
		Name       twin.Text    `json:"name"`
		State      string       `json:"state,omitempty"`
		Start      string       `json:"start,omitempty"`
		Due        string       `json:"due,omitempty"`
		Owners     []string     `json:"owners"`
		Processes  []string     `json:"processes"`
		Indicators []string     `json:"kpis"`
		After      []string     `json:"after"`
		Effect     *twin.Figure `json:"planned_effect,omitempty"`
		Scenario   string       `json:"scenario,omitempty"`
		Levers     []string     `json:"levers,omitempty"`
	}
	refs := func(list []twin.Ref) []string {
		out := []string{}
		for _, r := range list {
			out = append(out, r.String())
		}
		return out
	}
	out := []work{}
	for _, w := range plan {
		p := w.Measure.Properties
		out = append(out, work{w.Measure.ID, w.Measure.Name, w.State, p["start"], p["due"], refs(w.Owners), refs(w.Processes), refs(w.Indicators), refs(w.After), w.Effect, w.Scenario, w.Levers})
	}
	return writeJSON(a.stdout, struct {
		Measures []work `json:"measures"`
	}{out})
}
