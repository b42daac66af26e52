package architecture

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// Range is a number that is not known exactly: between Low and High, most likely Mode
// (a triangular law).
type Range struct{ Low, Mode, High float64 }

func (r Range) draw(u float64) float64 {
	if r.High <= r.Low {
		return r.Mode
	}
	cut := (r.Mode - r.Low) / (r.High - r.Low)
	if u < cut {
		return r.Low + math.Sqrt(u*(r.High-r.Low)*(r.Mode-r.Low))
	}
	return r.High - math.Sqrt((1-u)*(r.High-r.Low)*(r.High-r.Mode))
}

// PriorityConfig says how digitalisation is judged. The zero value is useful.
type PriorityConfig struct {
	// Saved is the share of the working time of a procedure that automation saves.
	// Zero: 20 to 70 %, most likely 40 %, an assumption.
	Saved Range
	// Doubt is the share by which effort and volume may be off where the twin gives
	// them no interval; 0 means 0.3.
	Doubt float64
	Draws int // 0 means 2,000
	Seed  uint64
}

// Priority is how much a procedure promises when it is digitalised.
type Priority struct {
	Procedure twin.Ref  `json:"procedure"`
	Name      twin.Text `json:"name"`
	Unit      string    `json:"unit"`
	// Hours of people saved a year times feasibility, with the interval that holds 95 %
	// of the draws.
	Score measure.Number `json:"score_person_hours"`
	Low   measure.Number `json:"low"`
	High  measure.Number `json:"high"`
	// Saved hours a year were it done; Volume executions a year; Effort hours each.
	Saved  measure.Number `json:"saved_person_hours"`
	Volume measure.Number `json:"executions_a_year"`
	Effort measure.Number `json:"effort_hours"`
	// Feasibility, 0 to 1: the share of what automation needs that the twin shows to be
	// there. Missing names the rest.
	Feasibility measure.Number `json:"feasibility"`
	Missing     []string       `json:"missing"`
	// Rank is the place by score, RankLow to RankHigh hold 95 % of the draws.
	Rank     int `json:"rank"`
	RankLow  int `json:"rank_low"`
	RankHigh int `json:"rank_high"`
}

// Needs of automation, in the order in which they are told missing.
const (
	NeedsSystem     = "system"     // a special system holds its data
	NeedsSteps      = "steps"      // its steps are described
	NeedsRules      = "rules"      // an act says how it is done
	NeedsInterface  = "interface"  // its system is linked with others
	NeedsOneAuthor  = "one author" // one unit alone is charged with it
	unlikelyAtLeast = 0.1          // feasibility of what has nothing of all that
)

// Priorities ranks the procedures of a twin by time saved × volume × feasibility. Those
// without volume or effort are left out and counted in the second result. The same twin
// and configuration give the same ranking. O(draws · n log n).
func Priorities(ctx context.Context, m *twin.Model, cfg PriorityConfig) ([]Priority, int, error) {
	if cfg.Saved == (Range{}) {
		cfg.Saved = Range{0.2, 0.4, 0.7}
	}
	if cfg.Doubt == 0 {
		cfg.Doubt = 0.3
	}
	if cfg.Draws == 0 {
		cfg.Draws = 2000
	}
	if s := cfg.Saved; !(s.Low >= 0 && s.Low <= s.Mode && s.Mode <= s.High && s.High <= 1) || !(cfg.Doubt >= 0 && cfg.Doubt < 1) || cfg.Draws < 100 {
		return nil, 0, fmt.Errorf("ranking procedures: shares saved %v to %v, doubt %v, %d draws: wanted shares in order, a doubt below 1 and 100 draws or more", s.Low, s.High, cfg.Doubt, cfg.Draws)
	}
	g := m.Graph()
	var list []Priority
	var volumes, efforts []Range
	without := 0
	for _, e := range m.Elements {
		if e.Kind != twin.Procedure {
			continue
		}
		volume, known := e.Figures["executions-a-year"]
		effort, also := e.Figures["effort"]
		if !known || !also {
			without++
			continue
		}
		p := Priority{Procedure: e.Ref(), Name: e.Name, Volume: measure.Number(volume.Value), Effort: measure.Number(effort.Value)}
		for _, r := range e.To(twin.BelongsTo) {
			if r.Kind == twin.UnitKind {
				p.Unit = r.ID
			}
		}
		p.Feasibility, p.Missing = feasibility(g, e)
		list = append(list, p)
		volumes, efforts = append(volumes, rangeOf(volume, cfg.Doubt)), append(efforts, rangeOf(effort, cfg.Doubt))
	}
	scores, ranks := make([][]float64, len(list)), make([][]int, len(list))
	rng := rand.New(rand.NewPCG(cfg.Seed, 0x7072696f))
	order, now := make([]int, len(list)), make([]float64, len(list))
	for range cfg.Draws {
		if err := ctx.Err(); err != nil {
			return nil, 0, fmt.Errorf("ranking procedures: %w", err)
		}
		for i := range list {
			now[i] = volumes[i].draw(rng.Float64()) * efforts[i].draw(rng.Float64()) * cfg.Saved.draw(rng.Float64()) * float64(list[i].Feasibility)
			scores[i] = append(scores[i], now[i])
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case now[a] > now[b]:
				return -1
			case now[a] < now[b]:
				return 1
			}
			return 0
		})
		for place, i := range order {
			ranks[i] = append(ranks[i], place+1)
		}
	}
	mean := (cfg.Saved.Low + cfg.Saved.Mode + cfg.Saved.High) / 3
	for i := range list {
		p := &list[i]
		slices.Sort(scores[i])
		slices.Sort(ranks[i])
		p.Saved = measure.Number(float64(p.Volume*p.Effort) * mean)
		p.Score = p.Saved * p.Feasibility
		p.Low, p.High = measure.Number(measure.Quantile(scores[i], 0.025)), measure.Number(measure.Quantile(scores[i], 0.975))
		p.RankLow, p.RankHigh = ranks[i][len(ranks[i])*25/1000], ranks[i][min(len(ranks[i])-1, len(ranks[i])*975/1000)]
	}
	slices.SortStableFunc(list, func(a, b Priority) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	for i := range list {
		list[i].Rank = i + 1
	}
	return list, without, nil
}

// rangeOf is what a figure may be: its interval, or so much off.
func rangeOf(f twin.Figure, doubt float64) Range {
	r := Range{f.Value * (1 - doubt), f.Value, f.Value * (1 + doubt)}
	if f.Low != nil && f.High != nil {
		r.Low, r.High = *f.Low, *f.High
	}
	return r
}

// feasibility is the share of the needs of automation that the graph shows met.
func feasibility(g *twin.Graph, e *twin.Element) (measure.Number, []string) {
	special, linked, ruled := false, false, false
	for _, x := range e.Edges {
		switch {
		case x.Relation == twin.Uses && x.To.Kind == twin.System:
			for _, i := range g.In(x.To) {
				if i.To.Kind == twin.Interface {
					linked = true
					special = special || i.Relation == twin.BelongsTo
				}
			}
		case x.Relation == twin.DependsOn && x.To.Kind == twin.Regulation:
			ruled = true
		}
	}
	units := map[string]bool{}
	for _, x := range g.In(e.Ref()) {
		if x.Relation != twin.Performs {
			continue
		}
		for _, y := range g.Out(x.To) {
			if y.Relation == twin.BelongsTo && y.To.Kind == twin.UnitKind {
				units[y.To.ID] = true
			}
		}
	}
	met := 0.0
	missing := []string{}
	for _, need := range []struct {
		name string
		met  bool
	}{{NeedsSystem, special}, {NeedsSteps, e.Properties["steps"] != ""}, {NeedsRules, ruled}, {NeedsInterface, linked}, {NeedsOneAuthor, len(units) <= 1}} {
		if need.met {
			met++
		} else {
			missing = append(missing, need.name)
		}
	}
	return measure.Number(math.Max(unlikelyAtLeast, met/5)), missing
}
