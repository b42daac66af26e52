package shell

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
)

// FilterBar is what the part "filter" shows: the steps of the filter as chips, small
// forms that add one, and the filter as text. A page puts it into its body and writes
//
//	{{template "filter" .Bar}}
type FilterBar struct {
	Lang   terms.Lang
	Action string // where its forms go
	Back   string // this page, from the root
	Log    string
	Query  string // what is looked at, as it is kept when a step is added
	Chips  []FilterChip
	Text   string // the filter as it is written
	Fault  string // why it cannot be applied; "" where it can
	Effect string // what it leaves, as a sentence; "" where there is none
	Manual string
	Clear  string // this page without any filter

	Activities  []NameOption
	MoreThere   int // activities that are not offered
	Units       []NameOption
	Attributes  []NameOption
	NoSelection bool // nothing is selected
}

// FilterChip is one thing that narrows the view.
type FilterChip struct {
	Words  string // as people say it
	Text   string // as it is written
	Remove string // this page without it
}

// NameOption is a name of the log and what it is called in the reader's language, ""
// for the same.
type NameOption struct{ Value, Label string }

// mostOffered bounds the names that a form offers; others can be typed.
const mostOffered = 300

// namer is what a bar asks of the desk.
type namer interface {
	Names(ctx context.Context, log string, events mining.Events) (*desk.Names, error)
	Known(ctx context.Context, log string) (*desk.Known, error)
}

// FilterBar returns the bar of a page about a log. effect is what the filter left, nil
// where that is not known; fault is why it could not be applied, nil where it could.
func (s *Site) FilterBar(r *http.Request, d namer, log string, v View, effect *filter.Effect, fault error) (*FilterBar, error) {
	lang := s.Language(r)
	b := &FilterBar{Lang: lang, Log: log, Action: Href(r, nil, "filter"), Manual: filter.Manual(string(lang)), Text: v.Filter.String()}
	here := strings.TrimPrefix(r.URL.EscapedPath(), "/")
	b.Back = here
	q := v.Query()
	for k, values := range v.Rest {
		if k != "page" { // another filter has other pages
			q[k] = values
		}
	}
	b.Query = q.Encode()
	without := func(key, value string) string {
		rest := url.Values{}
		for k, values := range q {
			rest[k] = values
		}
		rest.Del(key)
		if value != "" {
			rest.Set(key, value)
		}
		return withQuery(Href(r, nil)+here, rest)
	}
	b.Clear = without(keyFilter, "")
	for i, step := range v.Filter.Steps() {
		b.Chips = append(b.Chips, FilterChip{StepWords(step, lang), step.String(), without(keyFilter, v.Filter.Without(i).String())})
	}
	if v.Period != "" {
		b.Chips = append(b.Chips, FilterChip{lang.T("filter.chip.period", v.Period), "p=" + v.Period, without(keyPeriod, "")})
	}
	if !v.AsOf.IsZero() {
		b.Chips = append(b.Chips, FilterChip{lang.T("filter.chip.as-of", lang.Moment(v.AsOf.In(moscow))), "as-of=" + FormatAsOf(v.AsOf), without(keyAsOf, "")})
	}
	if v.Events == mining.Recorded {
		b.Chips = append(b.Chips, FilterChip{lang.T("filter.chip.recorded"), "events=recorded", without(keyEvents, "")})
	}
	b.NoSelection = len(b.Chips) == 0
	if effect != nil {
		b.Effect = lang.T("filter.effect", lang.Int(int64(effect.Cases)), lang.Count("of-case", int64(effect.OfCases)), lang.Int(int64(effect.Events)), lang.Int(int64(effect.OfEvents)))
	}
	if fault != nil {
		b.Fault = FilterFault(fault, lang)
		if text := r.URL.Query().Get(keyFilter); text != "" {
			b.Text = text
		}
	}
	known, err := d.Known(r.Context(), log)
	if err != nil {
		return nil, err
	}
	names, err := d.Names(r.Context(), log, v.Events)
	if err != nil {
		return nil, err
	}
	b.offer(names, known)
	return b, nil
}

func (b *FilterBar) offer(names *desk.Names, known *desk.Known) {
	for _, a := range names.Activities[:min(mostOffered, len(names.Activities))] {
		o := NameOption{Value: a}
		if t, ok := known.Labels[a]; ok && t.In(string(b.Lang)) != a {
			o.Label = t.In(string(b.Lang))
		}
		b.Activities = append(b.Activities, o)
	}
	b.MoreThere = len(names.Activities) - len(b.Activities)
	for _, u := range names.Units[:min(mostOffered, len(names.Units))] {
		b.Units = append(b.Units, NameOption{u, known.Who(u, string(b.Lang))})
	}
	for _, a := range names.Attributes[:min(mostOffered, len(names.Attributes))] {
		kind := "text"
		switch a.Kind {
		case eventlog.KindInt, eventlog.KindFloat:
			kind = "number"
		case eventlog.KindTime:
			kind = "time"
		case eventlog.KindBool:
			kind = "bool"
		}
		b.Attributes = append(b.Attributes, NameOption{kind + ":" + a.Path, a.Path})
	}
}

// FilterFault says in the reader's language why a filter cannot be applied.
func FilterFault(err error, lang terms.Lang) string {
	if err == nil {
		return ""
	}
	var name *filter.NameError
	var syntax *filter.SyntaxError
	var empty *desk.EmptyError
	switch {
	case errors.As(err, &empty):
		return lang.T("filter.fault.empty", empty.Filter, lang.Int(int64(empty.OfCases)))
	case errors.As(err, &name):
		text := lang.T("filter.fault.name", name.Step, lang.T("filter.kind."+name.Kind), name.Name)
		if len(name.Similar) > 0 {
			text += " " + lang.T("filter.fault.similar", "«"+strings.Join(name.Similar, "», «")+"»")
		}
		return text
	case errors.As(err, &syntax):
		return lang.T("filter.fault.syntax", syntax.At(), syntax.Found, syntax.Wanted)
	}
	return err.Error()
}

// ReadView reads the View of a request. A filter that cannot be read is a fault beside
// the rest of the view, which a page shows at its bar; all else is an error.
func ReadView(r *http.Request) (v View, fault, err error) {
	q := r.URL.Query()
	if v, err = ParseView(q); err == nil {
		return v, nil, nil
	}
	fault = err
	q.Del(keyFilter)
	v, err = ParseView(q)
	return v, fault, err
}
