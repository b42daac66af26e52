package home

import (
	"cmp"
	"context"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/uprava/uprava/dashboards/search"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
)

// logKind is the kind of logs beside the kinds of twins.
const logKind = "log"

// kinds in the order in which equally good groups are shown.
var kinds = []string{logKind, string(twin.ProcessKind), string(twin.UnitKind), string(twin.Indicator), string(twin.Goal), string(twin.Procedure), string(twin.Service), string(twin.Power), string(twin.System)}

// finder keeps the index of what there was last.
type finder struct {
	mu    sync.Mutex
	of    uint64
	index *search.Index
}

// indexOf returns the index of things, the one that is there already where they are the
// same. O(n) in the letters of names.
func (f *finder) indexOf(things []search.Thing) *search.Index {
	h := fnv.New64a()
	for _, t := range things {
		for _, s := range []string{t.Kind, t.Name.RU, t.Name.EN, t.In.RU, t.In.EN, strings.Join(t.Path, "/")} {
			_, _ = h.Write([]byte(s))
			_, _ = h.Write([]byte{0})
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.index == nil || f.of != h.Sum64() {
		f.index, f.of = search.New(things), h.Sum64()
	}
	return f.index
}

// things are all that can be found: logs, and the things of all twins.
func (p *pages) things(ctx context.Context) ([]search.Thing, error) {
	var out []search.Thing
	list, err := p.desk.Logs(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		out = append(out, search.Thing{Kind: logKind, Name: l.Title, ID: l.Name, Path: []string{"logs", l.Name}})
	}
	things, err := p.desk.Things(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := p.site.SectionPath("twins"); !ok { // they would have no pages
		return out, nil
	}
	for _, t := range things {
		in := twin.Text{RU: joined(t.Unit.RU, t.Of.RU), EN: joined(t.Unit.EN, t.Of.EN)}
		out = append(out, search.Thing{Kind: string(t.Ref.Kind), Name: t.Name, ID: t.Ref.ID, In: in, Path: t.Path})
	}
	return out, nil
}

func joined(a, b string) string {
	if a == "" || a == b {
		return b
	}
	return a + " · " + b
}

// How many of a kind are shown beside other kinds, and by themselves.
const shownOfKind, shownAlone = 6, 200

// longest question that is looked at, in characters.
const longest = 200

type hitRow struct {
	Name, Other, In, Href string // Other is the name in the other language, where the question speaks that
}

type group struct {
	Kind, Title string
	Rows        []hitRow
	Found       int
	All         string // address of all of this kind; "" where all are shown
}

type findPage struct {
	Question string
	Kind     string
	Groups   []group
	Found    int
	Some     bool // no thing has all words
	Like     bool // a word is nowhere, and those like it were looked for
	Back     string
}

func (p *pages) find(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	q := strings.Join(strings.Fields(r.URL.Query().Get("q")), " ")
	if utf8.RuneCountInString(q) > longest {
		q = string([]rune(q)[:longest])
	}
	body := findPage{Question: q, Kind: r.URL.Query().Get("kind")}
	title := lang.T("search.title")
	if q != "" {
		things, err := p.things(r.Context())
		if err != nil {
			return err
		}
		hits, all := p.search.indexOf(things).Find(q)
		body.Some = !all && len(hits) > 0
		body.Like = len(hits) > 0 && hits[0].Like
		body.Groups = p.groups(r, hits, body, lang)
		for _, g := range body.Groups {
			body.Found += g.Found
		}
		title = lang.T("search.title-of", q)
		if body.Kind != "" {
			back := r.URL.Query()
			back.Del("kind")
			body.Back = "?" + back.Encode()
		}
	}
	return p.area.Show(w, r, "search", shell.Page{Title: title, Body: body})
}

// groups puts hits together by kind: the kind with the best hit first.
func (p *pages) groups(r *http.Request, hits []search.Hit, body findPage, lang terms.Lang) []group {
	byKind := map[string]*group{}
	best := map[string]float64{}
	most := shownOfKind
	if body.Kind != "" {
		most = shownAlone
	}
	var order []string
	for _, h := range hits {
		if body.Kind != "" && h.Kind != body.Kind {
			continue
		}
		g := byKind[h.Kind]
		if g == nil {
			g = &group{Kind: h.Kind, Title: kindTitle(h.Kind, lang)}
			byKind[h.Kind], best[h.Kind] = g, h.Score
			order = append(order, h.Kind)
		}
		if g.Found++; g.Found > most {
			q := r.URL.Query()
			q.Set("kind", h.Kind)
			if body.Kind == "" {
				g.All = "?" + q.Encode()
			}
			continue
		}
		row := hitRow{Name: h.Name.In(string(lang)), In: h.In.In(string(lang)), Href: shell.Href(r, nil, pathParts(h.Path)...)}
		if h.Kind == logKind && h.ID != row.Name {
			row.In = h.ID
		}
		if other := h.Name.In(string(otherLang(lang))); other != row.Name && speaks(body.Question, otherLang(lang)) {
			row.Other = other
		}
		g.Rows = append(g.Rows, row)
	}
	slices.SortStableFunc(order, func(a, b string) int {
		// A tenth of a point is no better: then the usual order of kinds holds.
		return cmp.Or(cmp.Compare(int(best[b]*10), int(best[a]*10)), cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	out := make([]group, len(order))
	for i, k := range order {
		out[i] = *byKind[k]
	}
	return out
}

func rank(kind string) int {
	if i := slices.Index(kinds, kind); i >= 0 {
		return i
	}
	return len(kinds)
}

func kindTitle(kind string, lang terms.Lang) string {
	if kind == logKind {
		return lang.T("nav.logs")
	}
	return lang.T("twins.kinds." + kind)
}

func pathParts(path []string) []any {
	out := make([]any, len(path))
	for i, s := range path {
		out[i] = s
	}
	return out
}

func otherLang(l terms.Lang) terms.Lang {
	if l == terms.RU {
		return terms.EN
	}
	return terms.RU
}

// speaks reports whether a question is written in the letters of a language.
func speaks(question string, lang terms.Lang) bool {
	cyrillic := strings.ContainsFunc(question, func(r rune) bool { return r >= 'А' && r <= 'я' || r == 'ё' || r == 'Ё' })
	return cyrillic == (lang == terms.RU)
}
