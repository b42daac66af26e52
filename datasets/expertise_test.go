package datasets

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/rules"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

func expertise(t *testing.T) (*Pack, *twin.Model) {
	p, err := Open("expertise")
	require.NoError(t, err)
	m, err := p.Model()
	require.NoError(t, err)
	return p, m
}

// checked holds a log against the rules of the pack.
func checked(t *testing.T, p *Pack, m *twin.Model, l *eventlog.Log, lang string) *rules.Report {
	set, err := p.ruleSet(lang)
	require.NoError(t, err)
	loc, err := time.LoadLocation(m.TimeZone)
	require.NoError(t, err)
	r, err := rules.Check(context.Background(), l, set, rules.Config{Calendar: m.Calendars[0].Config(loc)})
	require.NoError(t, err)
	require.Empty(t, r.Warnings)
	return r
}

// The 37 planted violations of the order are found, each in its case, with the event
// that shows it, and no others. The term of law finds the cases that the simulation
// knows to be late, and those few that were extended when their term was over: of them
// the simulation takes the extension, the law does not. Whatever the seed.
func TestExpertiseViolationsAreFound(t *testing.T) {
	p, m := expertise(t)
	for _, cfg := range []Config{{Seed: 1, Lang: "ru"}, {Seed: 1, Lang: "en"}, {Seed: 7, Lang: "en"}, {Seed: 2023, Lang: "en"}} {
		l, truth, err := Generate(context.Background(), p, cfg)
		require.NoError(t, err)
		require.Len(t, truth.Planted, 37)
		want := map[string]string{} // rule by case
		for _, x := range truth.Planted {
			want[x.Case] = x.Rule
			require.NotEmpty(t, x.Events)
		}
		require.Len(t, want, 37, "one violation a case")
		for _, o := range checked(t, p, m, l, cfg.Lang).Rules {
			require.NotEmpty(t, o.Title.RU)
			require.NotEmpty(t, o.Title.EN)
			require.Zero(t, o.Undecided, o.ID)
			if o.Kind == rules.Deadline {
				require.Equal(t, truth.Limited, o.N)
				require.Equal(t, truth.Overdue, o.Violated-extendedTooLate(t, l, o), "late")
				continue
			}
			require.False(t, o.Citation.Empty(), o.ID)
			require.Greater(t, o.Satisfied, 20, o.ID)
			for _, v := range o.Evidence {
				require.Equal(t, o.ID, want[v.Case], "case %s: %s", v.Case, v.Reason.EN)
				require.NotEmpty(t, v.Events, "event evidence of %s", v.Case)
				delete(want, v.Case)
			}
		}
		require.Empty(t, want, "not found")
	}
}

// extendedTooLate counts the cases that are late by law, though not by the due date
// that the simulation gave them; all of them have been extended.
func extendedTooLate(t *testing.T, l *eventlog.Log, o rules.Outcome) (n int) {
	late := map[string]bool{}
	for _, v := range o.Evidence {
		late[v.Case] = true
	}
	for _, c := range l.All() {
		due, ok := c.Attribute(simulator.DueKey)
		if !late[c.ID()] || !ok || c.Last() >= due.Stamp().Time {
			continue
		}
		n++
		extended := false
		for i := range c.Len() {
			a := c.Row(i).Activity
			extended = extended || a == "Term extended" || a == "Срок продлён"
		}
		require.True(t, extended, c.ID())
	}
	return n
}

func TestExpertiseIsTheSameForTheSameSeed(t *testing.T) {
	p, _ := expertise(t)
	var first []byte
	for range 2 {
		l, truth, err := Generate(context.Background(), p, Config{Seed: 5})
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, xes.Write(&b, l))
		require.NoError(t, json.NewEncoder(&b).Encode(truth))
		if first == nil {
			first = b.Bytes()
		}
		require.True(t, bytes.Equal(first, b.Bytes()))
	}
}

// year is what one simulated year of the pack shows.
type year struct {
	inTerm, rounds float64
	class          map[string]float64 // share in term
	load           map[string]float64 // of the people by their first speciality
	all            float64            // of all experts
	// Of the applications with a section of a scarce speciality: how often it was the
	// last to be reviewed, and its share among their sections.
	last, sections float64
}

// working sums the working time of experts by their first speciality.
type working struct {
	names    []string // speciality by person
	from, to time.Duration
	time     map[string]time.Duration
}

func (w *working) Arrived(*simulator.Case) {}
func (w *working) Ended(*simulator.Case)   {}
func (w *working) Completed(_ *simulator.Case, i *simulator.Instance) {
	if i.Member >= 0 && i.Member < len(w.names) && w.names[i.Member] != "" && i.Complete >= w.from && i.Complete < w.to {
		w.time[w.names[i.Member]] += i.Work
	}
}

func scarce(activity string) bool {
	return activity == "Section reviewed: fire safety" || activity == "Section reviewed: engineering surveys"
}

// years simulates ten years of the model, each of them a replication.
func years(t *testing.T, m *twin.Model) []year {
	var out []year
	program, err := simulator.Compile(m, "en")
	require.NoError(t, err)
	require.Empty(t, program.Warnings())
	w := &working{}
	var experts int
	people := map[string]int{}
	for i, p := range m.Pools {
		if p.ID != "experts" {
			w.names = append(w.names, make([]string, p.Size)...)
			continue
		}
		experts = i
		for _, x := range p.Members {
			speciality := ""
			for s, level := range x.Skills {
				if level == 2 {
					speciality = s
				}
			}
			w.names = append(w.names, speciality)
			people[speciality]++
		}
	}
	for k := range 10 {
		w.from, w.time = time.Duration(m.WarmUpDays)*24*time.Hour, map[string]time.Duration{}
		w.to = w.from + time.Duration(m.Days)*24*time.Hour
		l, s, err := program.Log(context.Background(), simulator.Config{Seed: 7, Replication: k, Observer: w})
		require.NoError(t, err)
		f := s.Processes[0].Figures
		y := year{inTerm: 1 - float64(f.Overdue)/float64(f.Limited), class: map[string]float64{}, load: map[string]float64{}, all: s.Pools[experts].Utilisation()}
		one := program.Capacity(experts, m.Start, m.Start.AddDate(0, 0, m.Days)) / time.Duration(len(m.Pools[experts].Members))
		for id, n := range people {
			y.load[id] = w.time[id].Hours() / one.Hours() / float64(n)
		}
		n, with, sections, scarceSections, last := 0, 0, 0, 0, 0
		in, of := map[string]float64{}, map[string]float64{}
		for _, c := range l.All() {
			reviewed, mine, latest, paid := 0, 0, "", false
			for i := range c.Len() {
				switch a := c.Row(i).Activity; {
				case a == "Payment received":
					paid = true
				case a == "Remarks issued":
					y.rounds++
				case strings.HasPrefix(a, "Section reviewed: "):
					reviewed++
					latest = a
					if scarce(a) {
						mine++
					}
				}
			}
			if !paid {
				continue
			}
			n++
			due, _ := c.Attribute(simulator.DueKey)
			service, _ := c.Attribute("service")
			object, _ := c.Attribute("object")
			class := "42"
			switch {
			case service.Text() == "project" && object.Text() == "housing":
				class = "20"
			case service.Text() == "surveys", object.Text() == "special-zone":
				class = "30"
			}
			of[class]++
			if c.Last() < due.Stamp().Time {
				in[class]++
			}
			if mine > 0 && reviewed > mine {
				with++
				sections += reviewed
				scarceSections += mine
				if scarce(latest) {
					last++
				}
			}
		}
		y.rounds /= float64(n)
		y.last, y.sections = float64(last)/float64(with), float64(scarceSections)/float64(sections)
		for id := range of {
			y.class[id] = in[id] / of[id]
		}
		out = append(out, y)
	}
	return out
}

func interval(t *testing.T, list []year, of func(year) float64) measure.Interval {
	x := values(list, of)
	iv, err := measure.MeanInterval(x, 0.95)
	require.NoError(t, err)
	return iv
}

func values(list []year, of func(year) float64) []float64 {
	x := make([]float64, len(list))
	for i, y := range list {
		x[i] = of(y)
	}
	return x
}

func mean(iv measure.Interval) float64 { return (iv.Low + iv.High) / 2 }

// The experts are moderately busy, the two of each scarce speciality are not, and it is
// for these that an application waits: their section is the last in most of those
// that have one.
func TestExpertiseWaitsForTheScarce(t *testing.T) {
	_, m := expertise(t)
	list := years(t, m)
	all := interval(t, list, func(y year) float64 { return y.all })
	t.Logf("all experts %.3f … %.3f", all.Low, all.High)
	require.Greater(t, all.Low, 0.5)
	require.Less(t, all.High, 0.65)
	for id := range list[0].load {
		iv := interval(t, list, func(y year) float64 { return y.load[id] })
		t.Logf("%s %.3f … %.3f", id, iv.Low, iv.High)
		if id == "fire" || id == "geology" {
			require.Greater(t, iv.Low, 0.8, id)
		} else {
			require.Less(t, iv.High, 0.75, id)
		}
	}
	last, sections := interval(t, list, func(y year) float64 { return y.last }), interval(t, list, func(y year) float64 { return y.sections })
	t.Logf("last to be reviewed %.3f … %.3f, among the sections %.3f … %.3f", last.Low, last.High, sections.Low, sections.High)
	require.Greater(t, last.Low, 3*sections.High)
}

// The levers do what the pack says, headcount unchanged, on common random numbers.
func TestExpertiseLevers(t *testing.T) {
	p, m := expertise(t)
	asIs := years(t, m)
	all, err := p.Scenarios()
	require.NoError(t, err)
	tell := func(name string, list []year) {
		in := interval(t, list, func(y year) float64 { return y.inTerm })
		rounds := interval(t, list, func(y year) float64 { return y.rounds })
		t.Logf("%s: in term %.3f (%.3f … %.3f), rounds %.2f (%.2f … %.2f)", name, mean(in), in.Low, in.High, mean(rounds), rounds.Low, rounds.High)
		for _, class := range []string{"20", "30", "42"} {
			iv := interval(t, list, func(y year) float64 { return y.class[class] })
			t.Logf("    %s days: %.3f (%.3f … %.3f)", class, mean(iv), iv.Low, iv.High)
		}
	}
	tell("as-is", asIs)
	rounds := func(y year) float64 { return y.rounds }
	inTerm := func(y year) float64 { return y.inTerm }
	require.InDelta(t, 1.6, mean(interval(t, asIs, rounds)), 0.05)
	for _, s := range all {
		changed, err := s.Apply(m)
		require.NoError(t, err)
		for i := range m.Pools {
			require.Len(t, changed.Pools[i].Members, len(m.Pools[i].Members))
			require.Equal(t, m.Pools[i].Size, changed.Pools[i].Size)
		}
		list := years(t, changed)
		tell(s.ID, list)
		gain, err := measure.Paired(values(asIs, inTerm), values(list, inTerm), 0.95)
		require.NoError(t, err)
		t.Logf("    gain %.3f (%.3f … %.3f)", gain.Difference, gain.Interval.Low, gain.Interval.High)
		switch s.ID {
		case "pre-check":
			require.InDelta(t, 1.1, mean(interval(t, list, rounds)), 0.05)
			require.Greater(t, gain.Interval.Low, 0.0)
		case "cross-training", "remark-deadline", "all-four":
			require.Greater(t, gain.Interval.Low, 0.0, s.ID)
		}
	}
}

// overlay is a file system with one file changed.
type overlay struct {
	fs.FS
	name, text string
}

func (o overlay) Open(name string) (fs.File, error) {
	if name == o.name {
		return fstest.MapFS{name: {Data: []byte(o.text)}}.Open(name)
	}
	return o.FS.Open(name)
}

// A plan that cannot be carried out, or rules that the simulated log breaks of itself,
// are errors that name the rule.
func TestPlantingThatDoesNotFit(t *testing.T) {
	for plan, want := range map[string]string{
		"- {rule: registry-before-delivery, n: 1000, how: drop, activity: registry}": `rule "registry-before-delivery": found`,
		"- {rule: registry-before-delivery, n: 1, how: drop, activity: invoice}":     `found 0 cases`,
		"- {rule: registry-before-delivery, n: 1, how: lose, activity: invoice}":     `found "lose", wanted one of`,
	} {
		p, _ := expertise(t)
		p.files = overlay{p.files, "generate.yaml", "process: expertise\ncalendar: office\nviolations:\n" + plan}
		_, _, err := Generate(context.Background(), p, Config{})
		require.ErrorContains(t, err, want)
	}
	p, _ := expertise(t)
	p.files = overlay{p.files, rulesFile, "rules:\n- {id: never, title: Never, kind: absence, event: Оплата поступила}\n"}
	_, _, err := Generate(context.Background(), p, Config{})
	require.ErrorContains(t, err, `before any: rule "never": broken`)
}
