package datasets

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/uprava/uprava/twin"
)

// TownTruth is what was planted in a town.
type TownTruth struct {
	Duplicates [][2]string `json:"duplicates"`
	NearMisses [][2]string `json:"near_misses"`
}

// procedure is a work procedure in the making.
type procedure struct {
	department int
	object     int
	action     int
	name       twin.Text
	systems    []string
	uses       []twin.Ref
	produces   twin.Ref
	act        string
	steps      []string
	copyOf     *procedure // a planted duplicate
	nearTo     *procedure // a planted near miss
	id         string
}

// Town returns the twin of the pack with the departments, posts, people, procedures,
// documents and systems of its town, and what was planted in it. The same seed gives
// the same town. ErrUnknown where the pack has no town.
func (p *Pack) Town(seed uint64) (*twin.Model, *TownTruth, error) {
	m, err := p.Model()
	if err != nil {
		return nil, nil, err
	}
	w, err := p.town()
	if err != nil {
		return nil, nil, fmt.Errorf("reading the town of pack %q: %w", p.ID, err)
	}
	if w == nil {
		return nil, nil, fmt.Errorf("town of pack %q: %w", p.ID, ErrUnknown)
	}
	b := &builder{townWords: w, m: m, rng: rand.New(rand.NewPCG(seed, 0x746f776e)), documents: map[string]bool{}}
	if err := b.names(); err != nil {
		return nil, nil, fmt.Errorf("town of pack %q: %w", p.ID, err)
	}
	b.surroundings()
	b.units()
	b.staff()
	list := b.work()
	b.write(list)
	truth := &TownTruth{}
	for _, x := range list {
		if x.copyOf != nil {
			truth.Duplicates = append(truth.Duplicates, ordered(x.copyOf.id, x.id))
		}
		if x.nearTo != nil {
			truth.NearMisses = append(truth.NearMisses, ordered(x.nearTo.id, x.id))
		}
	}
	byFirst := func(a, b [2]string) int { return strings.Compare(a[0]+"\x00"+a[1], b[0]+"\x00"+b[1]) }
	slices.SortFunc(truth.Duplicates, byFirst)
	slices.SortFunc(truth.NearMisses, byFirst)
	slices.SortFunc(m.Elements, func(a, b *twin.Element) int { return strings.Compare(a.Ref().String(), b.Ref().String()) })
	slices.SortFunc(m.Units, func(a, b twin.Unit) int { return strings.Compare(a.ID, b.ID) })
	if err := m.Validate(); err != nil {
		return nil, nil, fmt.Errorf("town of pack %q: %w", p.ID, err)
	}
	return m, truth, nil
}

func ordered(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}

type builder struct {
	*townWords
	m         *twin.Model
	rng       *rand.Rand
	documents map[string]bool
	posts     map[string][]string // identifiers by department and kind of post
}

func (b *builder) add(kind twin.Kind, id string, name twin.Text, edges ...twin.Edge) *twin.Element {
	e := &twin.Element{Kind: kind, ID: id, Name: name, Edges: edges}
	b.m.Elements = append(b.m.Elements, e)
	return e
}

func to(r twin.Relation, kind twin.Kind, id string) twin.Edge {
	return twin.Edge{Relation: r, To: twin.Ref{Kind: kind, ID: id}}
}

// has reports whether the pack itself has a thing of that kind and identifier.
func (b *builder) has(kind twin.Kind, id string) bool {
	return slices.ContainsFunc(b.m.Elements, func(e *twin.Element) bool { return e.Kind == kind && e.ID == id })
}

// names takes the names of systems, parties and regulations that the pack itself has
// from there.
func (b *builder) names() error {
	name := func(kind twin.Kind, id string, name *twin.Text) error {
		if i := slices.IndexFunc(b.m.Elements, func(e *twin.Element) bool { return e.Kind == kind && e.ID == id }); i >= 0 {
			*name = b.m.Elements[i].Name
		}
		if name.RU == "" || name.EN == "" {
			return fmt.Errorf("%s %q: wanted a name in both languages, or a file in the twin", kind, id)
		}
		return nil
	}
	var faults []error
	for i := range b.systems {
		faults = append(faults, name(twin.System, b.systems[i].id, &b.systems[i].name))
	}
	for i := range b.parties {
		faults = append(faults, name(twin.Party, b.parties[i].id, &b.parties[i].name))
	}
	for i := range b.regulations {
		faults = append(faults, name(twin.Regulation, b.regulations[i].id, &b.regulations[i].name))
	}
	return errors.Join(faults...)
}

// own returns the posts that the pack itself has in a unit.
func (b *builder) own(unit string) []string {
	var out []string
	for _, e := range b.m.Elements {
		if e.Kind == twin.Post && slices.Contains(e.To(twin.BelongsTo), twin.Ref{Kind: twin.UnitKind, ID: unit}) {
			out = append(out, e.ID)
		}
	}
	slices.Sort(out)
	return out
}

func (b *builder) surroundings() {
	for _, s := range b.systems {
		if !b.has(twin.System, s.id) {
			e := b.add(twin.System, s.id, s.name)
			e.Properties = map[string]string{"state": "used"}
		}
	}
	for i, s := range b.systems { // every special system passes something to a common one
		if common := b.systems[i%4]; !s.common && common.common {
			id := s.id + "-" + common.id
			b.add(twin.Interface, id, twin.Text{RU: s.name.RU + " — " + common.name.RU, EN: s.name.EN + " – " + common.name.EN},
				to(twin.BelongsTo, twin.System, s.id), to(twin.DependsOn, twin.System, common.id))
		}
	}
	for _, x := range b.parties {
		if !b.has(twin.Party, x.id) {
			b.add(twin.Party, x.id, x.name)
		}
	}
	for _, x := range b.regulations {
		if !b.has(twin.Regulation, x.id) {
			e := b.add(twin.Regulation, x.id, x.name)
			e.Properties = map[string]string{"act": x.act}
		}
	}
}

// top returns the unit that all departments belong to.
func (b *builder) top() string {
	for _, u := range b.m.Units {
		if u.Parent == "" {
			return u.ID
		}
	}
	return ""
}

func (b *builder) units() {
	known := map[string]bool{}
	for _, u := range b.m.Units {
		known[u.ID] = true
	}
	top := b.top()
	for _, d := range b.departments {
		if !known[d.id] {
			b.m.Units = append(b.m.Units, twin.Unit{ID: d.id, Name: d.name, Parent: top})
		}
		for i, x := range b.powers {
			b.add(twin.Power, fmt.Sprintf("%s-%d", d.id, i+1), twin.Text{RU: x.RU + ": " + d.name.RU, EN: x.EN + ": " + d.name.EN}, to(twin.BelongsTo, twin.UnitKind, d.id))
		}
	}
	for k, x := range b.institutions {
		for i := range x.n {
			name := x.name
			if x.n > 1 {
				name = twin.Text{RU: fmt.Sprintf("%s № %d", x.name.RU, i+1), EN: fmt.Sprintf("%s No. %d", x.name.EN, i+1)}
			}
			e := b.add(twin.Party, fmt.Sprintf("institution-%d-%d", k+1, i+1), name)
			e.Text = twin.Text{RU: "Муниципальное учреждение", EN: "Municipal institution"}
		}
	}
}

// staff fills the departments with posts and people, the posts of all of them as many
// as the town has. A post that the pack itself has in a department is its head, or
// holds one of its first places.
func (b *builder) staff() {
	b.posts = map[string][]string{}
	weights, total := make([]float64, len(b.departments)), 0.0
	for i := range weights {
		weights[i] = math.Exp(0.35 * b.rng.NormFloat64())
		total += weights[i]
	}
	left, person, own := b.townWords.posts, 0, make([][]string, len(b.departments))
	for i, d := range b.departments {
		own[i] = b.own(d.id)
	}
	for i, d := range b.departments {
		n := int(math.Round(float64(b.townWords.posts) * weights[i] / total))
		if n = max(n, len(b.postsOf)); i == len(b.departments)-1 {
			n = left
		}
		left -= n
		for k := range n {
			p := b.postsOf[0]
			if k > 0 {
				p = b.postOf(float64(k) / float64(n))
			}
			id := fmt.Sprintf("%s-%03d", d.id, k+1)
			if k < len(own[i]) {
				id = own[i][k]
			} else {
				b.add(twin.Post, id, twin.Text{RU: p.name.RU + ", " + d.name.RU, EN: p.name.EN + ", " + d.name.EN}, to(twin.BelongsTo, twin.UnitKind, d.id))
			}
			b.posts[d.id+"/"+p.id] = append(b.posts[d.id+"/"+p.id], id)
			if b.rng.Float64() < b.filled {
				person++
				name := twin.Text{RU: fmt.Sprintf("Сотрудник %04d", person), EN: fmt.Sprintf("Employee %04d", person)}
				b.add(twin.Person, fmt.Sprintf("n-%04d", person), name, to(twin.BelongsTo, twin.Post, id))
			}
		}
		for _, p := range b.postsOf {
			id := "job-" + d.id + "-" + p.id
			if b.has(twin.Document, id) {
				continue
			}
			b.add(twin.Document, id, twin.Text{RU: "Должностная инструкция: " + p.name.RU + ", " + d.name.RU, EN: "Job description: " + p.name.EN + ", " + d.name.EN},
				to(twin.BelongsTo, twin.UnitKind, d.id))
		}
	}
}

// postOf returns the kind of post at a place of the list of a department, from 0 to 1.
func (b *builder) postOf(at float64) postWords {
	sum := 0.0
	for _, p := range b.postsOf[1:] {
		if sum += p.share; at <= sum {
			return p
		}
	}
	return b.postsOf[len(b.postsOf)-1]
}

// document returns the reference to a document of the town, which it adds once.
func (b *builder) document(id string, name twin.Text, unit string) twin.Ref {
	if !b.documents[id] {
		b.documents[id] = true
		b.add(twin.Document, id, name, to(twin.BelongsTo, twin.UnitKind, unit))
	}
	return twin.Ref{Kind: twin.Document, ID: id}
}

// work makes the procedures: what departments do upon what they have, then the planted
// ones, in an order that says nothing.
func (b *builder) work() []*procedure {
	base := b.procedures - b.duplicates - b.nearMisses
	var list []*procedure
	for d := range b.departments {
		n := base*(d+1)/len(b.departments) - base*d/len(b.departments)
		actions, objects := len(b.actions), len(b.departments[d].objects)
		for _, k := range b.rng.Perm(actions * objects)[:min(n, actions*objects)] {
			list = append(list, b.plain(d, k/actions, k%actions))
		}
	}
	var again, near []*procedure
	for _, x := range list {
		if b.departments[x.department].objects[x.object].again.RU != "" {
			again = append(again, x)
		} else {
			near = append(near, x)
		}
	}
	shuffle := func(x []*procedure) {
		b.rng.Shuffle(len(x), func(i, k int) { x[i], x[k] = x[k], x[i] })
	}
	shuffle(again)
	shuffle(near)
	for _, x := range again[:min(b.duplicates, len(again))] {
		list = append(list, b.duplicate(x))
	}
	for i, x := range near[:min(b.nearMisses, len(near))] {
		list = append(list, b.nearMiss(x, i))
	}
	shuffle(list)
	for i, x := range list {
		x.id = fmt.Sprintf("p-%04d", i+1)
	}
	return list
}

// say puts an object into the name of an action.
func say(action, object twin.Text) twin.Text {
	return twin.Text{RU: strings.ReplaceAll(action.RU, "{o}", object.RU), EN: strings.ReplaceAll(action.EN, "{o}", object.EN)}
}

// plain is a procedure as most are.
func (b *builder) plain(d, o, a int) *procedure {
	dep := &b.departments[d]
	object, action := dep.objects[o], b.actions[a]
	x := &procedure{department: d, object: o, action: a, name: say(action.name, object.name), steps: action.steps}
	unit := dep.id
	x.uses = []twin.Ref{b.document(fmt.Sprintf("register-%s-%d", dep.id, o+1), twin.Text{RU: "Дело о состоянии " + object.name.RU, EN: "File on " + object.name.EN}, unit)}
	x.produces = b.document(fmt.Sprintf("%s-%s-%d", action.id, dep.id, o+1), twin.Text{RU: action.form.RU + ": " + object.name.RU, EN: action.form.EN + ": " + object.name.EN}, unit)
	x.act = fmt.Sprintf("local-%s-%d", dep.id, o+1)
	if !b.has(twin.Regulation, x.act) {
		e := b.add(twin.Regulation, x.act, twin.Text{RU: "Порядок работы в отношении " + object.name.RU, EN: "Rules for " + object.name.EN})
		e.Properties = map[string]string{"act": "местный акт"}
	}
	x.systems = b.systemsOf(d)
	return x
}

// systemsOf draws the systems of a procedure of a department: one or two of its own,
// often a common one.
func (b *builder) systemsOf(d int) []string {
	own := b.departments[d].systems
	out := []string{own[b.rng.IntN(len(own))]}
	if b.rng.Float64() < 0.4 {
		out = slices.Clone(own)
	}
	if b.rng.Float64() < 0.6 {
		out = append(out, b.systems[b.rng.IntN(4)].id)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// elsewhere draws another department.
func (b *builder) elsewhere(d int) int {
	return (d + 1 + b.rng.IntN(len(b.departments)-1)) % len(b.departments)
}

// duplicate is the same work in another department, in other words: it mostly uses the
// same system and file, stands on the same rules, and leaves nearly the same steps.
func (b *builder) duplicate(x *procedure) *procedure {
	action, object := b.actions[x.action], b.departments[x.department].objects[x.object]
	y := *x
	y.copyOf, y.department = x, b.elsewhere(x.department)
	y.name = say(action.again[b.rng.IntN(len(action.again))], object.again)
	if b.rng.Float64() < 0.2 {
		y.name.RU = strings.ToUpper(y.name.RU)
	}
	unit := b.departments[y.department].id
	if b.rng.Float64() < 0.4 {
		y.systems = append(slices.Clone(x.systems[:1]), "edms")
	}
	slices.Sort(y.systems)
	y.systems = slices.Compact(y.systems)
	if b.rng.Float64() < 0.4 {
		y.produces = b.document("own-"+x.produces.ID, twin.Text{RU: action.form.RU + ": " + object.again.RU, EN: action.form.EN + ": " + object.again.EN}, unit)
	}
	if b.rng.Float64() < 0.15 {
		y.uses = []twin.Ref{b.document("own-"+x.uses[0].ID, twin.Text{RU: "Папка: " + object.again.RU, EN: "Folder: " + object.again.EN}, unit)}
	}
	if b.rng.Float64() < 0.25 {
		y.act = b.regulations[b.rng.IntN(len(b.regulations))].id
	}
	y.steps = slices.Clone(x.steps)
	switch b.rng.IntN(3) {
	case 0:
		y.steps = slices.Delete(y.steps, 1, 2)
	case 1:
		y.steps = slices.Insert(y.steps, 1+b.rng.IntN(len(y.steps)-1), "Сведения внесены в систему")
	}
	return &y
}

// nearMiss is the same action upon something else whose name is nearly the same.
func (b *builder) nearMiss(x *procedure, i int) *procedure {
	action, object := b.actions[x.action], b.departments[x.department].objects[x.object]
	q := b.qualifiers[b.rng.IntN(len(b.qualifiers))]
	other := twin.Text{RU: q.RU + " " + object.name.RU, EN: q.EN + " " + object.name.EN}
	y := &procedure{nearTo: x, department: b.elsewhere(x.department), object: x.object, action: x.action, name: say(action.name, other), steps: slices.Clone(x.steps)}
	unit := b.departments[y.department].id
	y.systems = b.systemsOf(y.department)
	y.uses = []twin.Ref{b.document(fmt.Sprintf("register-other-%d", i+1), twin.Text{RU: "Дело о состоянии " + other.RU, EN: "File on " + other.EN}, unit)}
	y.produces = b.document(fmt.Sprintf("%s-other-%d", action.id, i+1), twin.Text{RU: action.form.RU + ": " + other.RU, EN: action.form.EN + ": " + other.EN}, unit)
	y.act = fmt.Sprintf("local-other-%d", i+1)
	e := b.add(twin.Regulation, y.act, twin.Text{RU: "Порядок работы в отношении " + other.RU, EN: "Rules for " + other.EN})
	e.Properties = map[string]string{"act": "местный акт"}
	if k := b.rng.IntN(len(b.actions)); b.rng.Float64() < 0.5 {
		y.steps = append(slices.Clone(x.steps[:2]), b.actions[k].steps[2:]...)
	}
	return y
}

// write adds the procedures to the twin, each performed by one to three posts.
func (b *builder) write(list []*procedure) {
	at := map[string]*twin.Element{}
	for _, e := range b.m.Elements {
		if e.Kind == twin.Post {
			at[e.ID] = e
		}
	}
	for _, x := range list {
		unit := b.departments[x.department].id
		kind := b.postsOf[2+b.rng.IntN(len(b.postsOf)-2)]
		e := b.add(twin.Procedure, x.id, x.name, to(twin.BelongsTo, twin.UnitKind, unit))
		e.Properties = map[string]string{}
		if b.rng.Float64() < b.footprints {
			e.Properties["steps"] = strings.Join(x.steps, "; ")
		}
		for _, s := range x.systems {
			e.Edges = append(e.Edges, to(twin.Uses, twin.System, s))
		}
		for _, d := range x.uses {
			e.Edges = append(e.Edges, twin.Edge{Relation: twin.Uses, To: d})
		}
		e.Edges = append(e.Edges, twin.Edge{Relation: twin.Produces, To: x.produces},
			to(twin.DependsOn, twin.Power, fmt.Sprintf("%s-%d", unit, 1+x.action%len(b.powers))),
			to(twin.DependsOn, twin.Regulation, x.act), to(twin.DependsOn, twin.Document, "job-"+unit+"-"+kind.id))
		volume := math.Max(1, math.Round(b.volume.draw(b.rng)))
		effort := math.Round(100*b.effort.draw(b.rng)) / 100
		e.Figures = map[string]twin.Figure{
			"executions-a-year": {Value: volume, Unit: "1/year", Provenance: b.from},
			"effort":            {Value: max(effort, 0.05), Unit: "person-hour", Provenance: b.from},
		}
		slices.SortFunc(e.Edges, func(p, q twin.Edge) int {
			if p.Relation != q.Relation {
				return slices.Index(twin.Relations, p.Relation) - slices.Index(twin.Relations, q.Relation)
			}
			return strings.Compare(p.To.String(), q.To.String())
		})
		posts := b.posts[unit+"/"+kind.id]
		for _, k := range b.rng.Perm(len(posts))[:min(len(posts), 1+b.rng.IntN(3))] {
			at[posts[k]].Edges = append(at[posts[k]].Edges, to(twin.Performs, twin.Procedure, x.id))
		}
	}
}
