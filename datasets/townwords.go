package datasets

import (
	"io/fs"
	"math"
	"math/rand/v2"

	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/yamlfile"
)

// words of a town: what town.yaml of a pack holds.
type townWords struct {
	posts, procedures, duplicates, nearMisses int
	filled, footprints                        float64
	volume, effort                            spread
	months                                    [12]float64
	noStart, late, lateDays                   float64
	from                                      twin.Provenance
	postsOf                                   []postWords
	systems                                   []systemWords
	parties, regulations                      []named
	actions                                   []actionWords
	departments                               []departmentWords
	qualifiers, powers                        []twin.Text
	institutions                              []institutionWords
}

// spread is a lognormal number by its median and the standard deviation of its
// logarithm.
type spread struct{ median, spread float64 }

func (s spread) draw(rng *rand.Rand) float64 { return s.median * math.Exp(s.spread*rng.NormFloat64()) }

type named struct {
	id, act string
	name    twin.Text
}

type postWords struct {
	id    string
	name  twin.Text
	share float64
}

type systemWords struct {
	id     string
	name   twin.Text
	common bool
}

type actionWords struct {
	id    string
	name  twin.Text // with {o} for the object
	form  twin.Text // of the document that comes of it
	steps []string
	again []twin.Text
}

type objectWords struct {
	name  twin.Text // in the genitive
	again twin.Text // the same in other words; empty for none
}

type departmentWords struct {
	id      string
	name    twin.Text
	systems []string
	objects []objectWords
}

type institutionWords struct {
	name twin.Text
	n    int
}

// town reads the words of a town; nil where the pack has none.
func (p *Pack) town() (*townWords, error) {
	const name = "town.yaml"
	data, err := fs.ReadFile(p.files, name)
	if err != nil {
		return nil, nil //nolint:nilerr // a pack without a town
	}
	doc, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	f := doc.Root().Mapping("inhabitants", "posts", "filled", "procedures", "duplicates", "footprints", "near-misses", "volume", "effort", "months", "dirt", "from",
		"posts-of", "systems", "parties", "actions", "departments", "qualifiers", "regulations", "powers", "institutions")
	whole := func(key string) int {
		v, _ := f.Need(key)
		return v.Integer()
	}
	number := func(m yamlfile.Mapping, key string) float64 {
		v, _ := m.Need(key)
		return v.Number()
	}
	list := func(key string) []yamlfile.Value {
		v, _ := f.Need(key)
		return v.List()
	}
	w := &townWords{posts: whole("posts"), procedures: whole("procedures"), duplicates: whole("duplicates"), nearMisses: whole("near-misses"), filled: number(f, "filled"), footprints: number(f, "footprints")}
	scatter := func(key string) spread {
		v, _ := f.Need(key)
		g := v.Mapping("median", "spread")
		return spread{number(g, "median"), number(g, "spread")}
	}
	w.volume, w.effort = scatter("volume"), scatter("effort")
	for i, v := range list("months") {
		if i < 12 {
			w.months[i] = v.Number()
		}
	}
	if v, ok := f.Need("dirt"); ok {
		g := v.Mapping("no-start", "late", "late-days")
		w.noStart, w.late, w.lateDays = number(g, "no-start"), number(g, "late"), number(g, "late-days")
	}
	if v, ok := f.Need("from"); ok {
		g := v.Mapping("kind", "source")
		w.from = twin.Provenance{Kind: text(g, "kind"), Source: text(g, "source")}
	}
	for _, v := range list("posts-of") {
		g := v.Mapping("id", "ru", "en", "share")
		w.postsOf = append(w.postsOf, postWords{text(g, "id"), twin.Text{RU: text(g, "ru"), EN: text(g, "en")}, number(g, "share")})
	}
	for _, v := range list("systems") {
		g := v.Mapping("id", "ru", "en", "common")
		s := systemWords{id: text(g, "id"), name: optional(g)}
		if c, ok := g.Get("common"); ok {
			s.common = c.Bool()
		}
		w.systems = append(w.systems, s)
	}
	things := func(key string) (out []named) {
		for _, v := range list(key) {
			g := v.Mapping("id", "act", "ru", "en")
			n := named{id: text(g, "id"), name: optional(g)}
			if a, ok := g.Get("act"); ok {
				n.act = a.Text()
			}
			out = append(out, n)
		}
		return out
	}
	w.parties, w.regulations = things("parties"), things("regulations")
	for _, v := range list("actions") {
		g := v.Mapping("id", "ru", "en", "form", "steps", "again", "again-en")
		a := actionWords{id: text(g, "id"), name: twin.Text{RU: text(g, "ru"), EN: text(g, "en")}}
		if x, ok := g.Need("form"); ok {
			a.form = pair(x)
		}
		for _, s := range items(g, "steps") {
			a.steps = append(a.steps, s.Text())
		}
		en := items(g, "again-en")
		for i, s := range items(g, "again") {
			t := twin.Text{RU: s.Text()}
			if i < len(en) {
				t.EN = en[i].Text()
			}
			a.again = append(a.again, t)
		}
		w.actions = append(w.actions, a)
	}
	for _, v := range list("departments") {
		g := v.Mapping("id", "ru", "en", "systems", "objects")
		d := departmentWords{id: text(g, "id"), name: twin.Text{RU: text(g, "ru"), EN: text(g, "en")}}
		for _, s := range items(g, "systems") {
			d.systems = append(d.systems, s.Text())
		}
		for _, x := range items(g, "objects") {
			parts := x.List()
			if len(parts) != 2 && len(parts) != 4 {
				x.Fault("found %d words, wanted a genitive and its English, or both twice", len(parts))
				continue
			}
			o := objectWords{name: twin.Text{RU: parts[0].Text(), EN: parts[1].Text()}}
			if len(parts) == 4 {
				o.again = twin.Text{RU: parts[2].Text(), EN: parts[3].Text()}
			}
			d.objects = append(d.objects, o)
		}
		w.departments = append(w.departments, d)
	}
	for _, v := range list("qualifiers") {
		w.qualifiers = append(w.qualifiers, pair(v))
	}
	for _, v := range list("powers") {
		w.powers = append(w.powers, pair(v))
	}
	for _, v := range list("institutions") {
		parts := v.List()
		if len(parts) != 3 {
			v.Fault("found %d words, wanted a name in both languages and a number", len(parts))
			continue
		}
		w.institutions = append(w.institutions, institutionWords{twin.Text{RU: parts[0].Text(), EN: parts[1].Text()}, parts[2].Integer()})
	}
	return w, doc.Err()
}

func items(g yamlfile.Mapping, key string) []yamlfile.Value {
	v, ok := g.Need(key)
	if !ok {
		return nil
	}
	return v.List()
}

// optional reads a name that the twin of the pack may have instead.
func optional(g yamlfile.Mapping) (t twin.Text) {
	if v, ok := g.Get("ru"); ok {
		t.RU = v.Text()
	}
	if v, ok := g.Get("en"); ok {
		t.EN = v.Text()
	}
	return t
}

// pair reads a list of a Russian and an English word.
func pair(v yamlfile.Value) twin.Text {
	parts := v.List()
	if len(parts) != 2 {
		v.Fault("found %d words, wanted a Russian and an English one", len(parts))
		return twin.Text{}
	}
	return twin.Text{RU: parts[0].Text(), EN: parts[1].Text()}
}
