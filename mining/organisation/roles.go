package organisation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// RoleConfig says how alike those of one role are.
type RoleConfig struct {
	Similarity float64 // least mean similarity of two groups that are joined, 0 to 1; 0 for 0.7
	By         By
}

// Validate reports all faults of the configuration.
func (cfg RoleConfig) Validate() error {
	if !(cfg.Similarity >= 0 && cfg.Similarity <= 1) {
		return fmt.Errorf("similarity %v: wanted 0 to 1", cfg.Similarity)
	}
	return nil
}

// Role is a group of people, or units, who do the same things.
type Role struct {
	Members    []string          `json:"members"`    // by name
	Activities []ProfileActivity `json:"activities"` // the most frequent first
	Instances  int64             `json:"instances"`
}

// ProfileActivity is what a role spends its instances on.
type ProfileActivity struct {
	Activity string         `json:"activity"`
	Count    int64          `json:"count"`
	Share    measure.Number `json:"share"`  // of the role's instances
	OfAll    measure.Number `json:"of_all"` // of all named instances of the activity
}

// RoleReport lists the roles, those with most instances first. Silhouette is the
// mean over members of how much closer each is to its own role than to the next
// one, −1 to 1; NaN for a single role.
type RoleReport struct {
	Roles      []Role         `json:"roles"`
	Similarity measure.Number `json:"similarity"`
	Silhouette measure.Number `json:"silhouette"`
	Warnings   []error        `json:"-"`
}

// maxMembers bounds the clustering, which takes the square of it in memory.
const maxMembers = 4000

// ErrTooMany says that a log names more people than can be grouped.
var ErrTooMany = errors.New("too many to group")

// Roles groups those who act by what they do: agglomerative clustering with
// average linkage of their activity profiles (shares of the activities in what
// each does), by cosine similarity, until no two groups are as alike as asked.
//
// Source: M. Song, W. van der Aalst, "Towards comprehensive support for
// organizational mining", Decision Support Systems 46 (2008),
// doi:10.1016/j.dss.2008.07.002, section 3. Deviation: the number of groups
// follows from the similarity, it is not asked for. About O(p²) in people, O(p³) at
// worst, O(p²) memory; p is at most 4,000.
func Roles(ctx context.Context, l *eventlog.Log, cfg RoleConfig) (*RoleReport, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("finding roles: %w", err)
	}
	cfg.Similarity = cmp.Or(cfg.Similarity, 0.7)
	p := profilesOf(l, cfg.By)
	if len(p.names) > maxMembers {
		return nil, fmt.Errorf("finding roles: the log names %d, at most %d can be grouped; filter the log or group by unit: %w", len(p.names), maxMembers, ErrTooMany)
	}
	similarity := p.similarity()
	groups, err := cluster(ctx, similarity, cfg.Similarity)
	if err != nil {
		return nil, err
	}
	r := &RoleReport{Roles: []Role{}, Similarity: measure.Number(cfg.Similarity), Silhouette: measure.Number(silhouette(similarity, groups))}
	for _, g := range groups {
		r.Roles = append(r.Roles, p.role(g))
	}
	slices.SortStableFunc(r.Roles, func(x, y Role) int {
		return cmp.Or(cmp.Compare(y.Instances, x.Instances), slices.Compare(x.Members, y.Members))
	})
	r.Warnings = unnamed(p.missing, int64(l.Events()))
	return r, nil
}

// profiles are counts of activities by those who did them, in the order of names.
type profiles struct {
	names      []string
	counts     [][]int64 // names × activities
	activities *eventlog.Dictionary
	totals     []int64 // by activity
	missing    int64
}

func profilesOf(l *eventlog.Log, by By) *profiles {
	names, column := l.Resources(), eventlog.Case.Resources
	if by == Units {
		names, column = l.Units(), eventlog.Case.Units
	}
	order, position := byName(names)
	all := make([][]int64, len(order))
	p := &profiles{activities: l.Activities(), totals: make([]int64, l.Activities().Len())}
	for _, c := range l.All() {
		who := column(c)
		for i, a := range c.Activities() {
			if who == nil || who[i] == eventlog.NoCode {
				p.missing++
				continue
			}
			k := position[who[i]]
			if all[k] == nil {
				all[k] = make([]int64, l.Activities().Len())
			}
			all[k][a]++
			p.totals[a]++
		}
	}
	for i, counts := range all {
		if counts != nil {
			p.names = append(p.names, names.Name(order[i]))
			p.counts = append(p.counts, counts)
		}
	}
	return p
}

// similarity returns the cosine of each pair of profiles: p×p, symmetric.
func (p *profiles) similarity() [][]float64 {
	norm := make([]float64, len(p.counts))
	for i, x := range p.counts {
		for _, v := range x {
			norm[i] += float64(v) * float64(v)
		}
		norm[i] = math.Sqrt(norm[i])
	}
	s := make([][]float64, len(p.counts))
	for i := range s {
		s[i] = make([]float64, len(s))
		s[i][i] = 1
		for j := range i {
			dot := 0.0
			for a, v := range p.counts[i] {
				dot += float64(v) * float64(p.counts[j][a])
			}
			s[i][j] = dot / (norm[i] * norm[j])
			s[j][i] = s[i][j]
		}
	}
	return s
}

// cluster joins groups of positions, the two with the greatest mean similarity
// first, ties by position, while it is at least the given one.
func cluster(ctx context.Context, similarity [][]float64, least float64) ([][]int, error) {
	groups := make([][]int, len(similarity))
	mean := make([][]float64, len(similarity)) // between groups
	nearest := make([]int, len(groups))        // group behind it that is most like it, −1 for none
	look := func(i int) {
		nearest[i] = -1
		for j := i + 1; j < len(groups); j++ {
			if groups[j] != nil && (nearest[i] < 0 || mean[i][j] > mean[i][nearest[i]]) {
				nearest[i] = j
			}
		}
	}
	for i := range groups {
		groups[i] = []int{i}
		mean[i] = slices.Clone(similarity[i])
	}
	for i := range groups {
		look(i)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		into, from := -1, -1
		for i, j := range nearest {
			if groups[i] != nil && j >= 0 && mean[i][j] >= least && (into < 0 || mean[i][j] > mean[into][from]) {
				into, from = i, j
			}
		}
		if into < 0 {
			return slices.DeleteFunc(groups, func(g []int) bool { return g == nil }), nil
		}
		n, m := float64(len(groups[into])), float64(len(groups[from]))
		groups[into] = append(groups[into], groups[from]...)
		slices.Sort(groups[into])
		groups[from] = nil
		for k := range groups { // Lance–Williams, average linkage
			mean[into][k] = (n*mean[into][k] + m*mean[from][k]) / (n + m)
			mean[k][into] = mean[into][k]
		}
		for k := range groups {
			switch {
			case groups[k] == nil:
			case k == into || nearest[k] == from || nearest[k] == into:
				look(k)
			case k < into && mean[k][into] > mean[k][nearest[k]]:
				nearest[k] = into
			}
		}
	}
}

// silhouette returns Rousseeuw's mean silhouette width (1987,
// doi:10.1016/0377-0427(87)90125-7) with 1 − similarity as distance; members of
// groups of one count 0. NaN for fewer than two groups.
func silhouette(similarity [][]float64, groups [][]int) float64 {
	if len(groups) < 2 {
		return math.NaN()
	}
	sum, n := 0.0, 0
	for g, members := range groups {
		for _, i := range members {
			n++
			if len(members) == 1 {
				continue
			}
			near := math.Inf(1)
			own := 0.0
			for h, others := range groups {
				d := 0.0
				for _, j := range others {
					d += 1 - similarity[i][j]
				}
				if h == g {
					own = d / float64(len(members)-1)
				} else {
					near = min(near, d/float64(len(others)))
				}
			}
			if m := max(own, near); m > 0 {
				sum += (near - own) / m
			}
		}
	}
	return sum / float64(n)
}

func (p *profiles) role(members []int) Role {
	var r Role
	counts := make([]int64, len(p.totals))
	for _, i := range members {
		r.Members = append(r.Members, p.names[i])
		for a, n := range p.counts[i] {
			counts[a] += n
			r.Instances += n
		}
	}
	for a, n := range counts {
		if n > 0 {
			r.Activities = append(r.Activities, ProfileActivity{p.activities.Name(eventlog.Code(a)), n,
				measure.Number(float64(n) / float64(r.Instances)), measure.Number(float64(n) / float64(p.totals[a]))})
		}
	}
	slices.SortFunc(r.Activities, func(x, y ProfileActivity) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Activity, y.Activity))
	})
	return r
}
