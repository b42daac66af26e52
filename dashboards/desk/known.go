package desk

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// Names are the names that a filter of a log may speak of.
type Names struct {
	Activities []string // the most frequent first
	Units      []string // by name
	Attributes []eventlog.AttributeInfo
	Resources  int // how many people are named
}

// Names returns the names that a log holds; kept over restarts.
func (d *Desk) Names(ctx context.Context, log string, events mining.Events) (*Names, error) {
	return Lasting(ctx, d, log, "names\x00"+events.String(), func(ctx context.Context) (*Names, error) {
		v, err := d.Seen(ctx, log, Look{Events: events})
		if err != nil {
			return nil, err
		}
		l := v.Log
		counts := make([]int, l.Activities().Len())
		units := make([]bool, l.Units().Len())
		for _, c := range l.All() {
			for _, a := range c.Activities() {
				counts[a]++
			}
			for _, u := range c.Units() {
				if u != eventlog.NoCode {
					units[u] = true
				}
			}
		}
		n := &Names{Resources: l.Resources().Len()}
		order := make([]int, 0, len(counts))
		for code, count := range counts {
			if count > 0 {
				order = append(order, code)
			}
		}
		names := l.Activities().Names()
		slices.SortFunc(order, func(x, y int) int {
			return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(names[x], names[y]))
		})
		for _, code := range order {
			n.Activities = append(n.Activities, names[code])
		}
		for code, there := range units {
			if there {
				n.Units = append(n.Units, l.Units().Names()[code])
			}
		}
		slices.Sort(n.Units)
		for _, a := range l.CaseAttributes() { // nested ones cannot be written in a filter
			if !strings.Contains(a.Path, eventlog.PathSeparator) && a.Kind != eventlog.KindList && a.Kind != eventlog.KindContainer {
				n.Attributes = append(n.Attributes, a)
			}
		}
		return n, nil
	})
}

// Known is what is known of a log's process besides the log. None of it may be changed.
type Known struct {
	Title, Notice twin.Text
	Pack          string               // "" for a log of one's own
	Model         *twin.Model          // nil where there is none
	Process       *twin.Process        // that the log follows; nil where there is none
	Labels        map[string]twin.Text // of activities in both languages, by name in the log
}

// Who is a unit, a pool or one of its people, as a log names them, in a language: by the
// twin where it knows them, as they are where it does not.
func (k *Known) Who(name, lang string) string {
	if k.Model == nil {
		return name
	}
	find := func(name string) (twin.Text, bool) {
		for i := range k.Model.Units {
			if t := k.Model.Units[i].Name; t.RU == name || t.EN == name {
				return t, true
			}
		}
		for i := range k.Model.Pools {
			if t := k.Model.Pools[i].Name; t.RU == name || t.EN == name {
				return t, true
			}
		}
		return twin.Text{}, false
	}
	if t, ok := find(name); ok {
		return t.In(lang)
	}
	if i := strings.LastIndexByte(name, ' '); i > 0 && strings.Trim(name[i+1:], "0123456789") == "" { // one of a pool
		if t, ok := find(name[:i]); ok {
			return t.In(lang) + name[i:]
		}
	}
	return name
}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// Told is a text in a language with the names of the log that it quotes in that language
// too, where the twin knows them. O(quotations × units).
func (k *Known) Told(text, lang string) string {
	return quoted.ReplaceAllStringFunc(text, func(q string) string {
		name, err := strconv.Unquote(q)
		if err != nil {
			return q
		}
		said := k.Who(name, lang)
		if t := k.Labels[name].In(lang); t != "" {
			said = t
		}
		if said == name {
			return q
		}
		return strconv.Quote(said)
	})
}

// Doubts are doubts in a language, with the names that they quote.
func (k *Known) Doubts(list []error, lang string) []string {
	texts := measure.TextsIn(lang, list)
	for i, text := range texts {
		texts[i] = k.Told(text, lang)
	}
	return texts
}

// Known returns what is known of a log's process.
func (d *Desk) Known(ctx context.Context, log string) (*Known, error) {
	return Remember(ctx, d, log, "known\x00"+d.fittedAt(log), func(ctx context.Context) (*Known, error) {
		meta, err := d.store.Meta(ctx, log)
		if err != nil {
			return nil, err
		}
		s, err := d.about(ctx, log)
		if err != nil {
			return nil, err
		}
		k := &Known{Title: twin.Text{RU: log, EN: log}, Labels: s.labels()}
		k.Pack, _, _ = datasets.Origin(meta)
		if s == nil {
			return k, nil
		}
		k.Notice, k.Model, k.Process = s.model.Notice, s.model, s.process
		if s.process != nil && s.process.Name != (twin.Text{}) {
			k.Title = s.process.Name
		}
		return k, nil
	})
}
