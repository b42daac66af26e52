package shell

import (
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/filter"
)

// StepWords says one step of a filter as people do; a step that is too involved for
// that comes as it is written.
func StepWords(s filter.Step, lang terms.Lang) string {
	switch s.Kind {
	case filter.Between:
		return lang.T("filter.words.between", s.From, s.To)
	case filter.Cases:
		if text, ok := exprWords(s.Expr, lang); ok {
			return text
		}
	}
	return s.String()
}

func exprWords(e filter.Expr, lang terms.Lang) (string, bool) {
	switch e := e.(type) {
	case filter.Not:
		if t, ok := e.Expr.(filter.Test); ok {
			text, ok := testWords(t, lang)
			return lang.T("filter.words.not", text), ok
		}
	case filter.And:
		texts := make([]string, len(e))
		for i, x := range e {
			var ok bool
			if texts[i], ok = exprWords(x, lang); !ok {
				return "", false
			}
		}
		return strings.Join(texts, lang.T("filter.words.and")), true
	case filter.Test:
		return testWords(e, lang)
	}
	return "", false
}

func testWords(t filter.Test, lang terms.Lang) (string, bool) {
	quoted := "«" + strings.Join(t.Args, "», «") + "»"
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		values[i] = v.String()
		if v.Kind == filter.Text {
			values[i] = "«" + v.Text + "»"
		}
	}
	compared := lang.T("filter.op."+operatorKey(t.Op), strings.Join(values, ", "))
	switch t.Name {
	case "has", "starts", "ends", "resource", "unit", "id", "open":
		return lang.T("filter.words."+t.Name, quoted), true
	case "path", "eventually":
		return lang.T("filter.words."+t.Name, "«"+strings.Join(t.Args, "» → «")+"»"), true
	case "rework":
		if len(t.Args) == 0 {
			return lang.T("filter.words.rework"), true
		}
		return lang.T("filter.words.rework-of", quoted), true
	case "variant", "variants", "events", "started", "ended", "active":
		if len(t.Args) > 0 {
			return lang.T("filter.words.ended-by", quoted) + " " + compared, true
		}
		return lang.T("filter.words."+t.Name) + " " + compared, true
	case "within":
		return lang.T("filter.words.within") + " " + strings.Join(values, ", "), true
	case "lead_time":
		if len(t.Args) == 0 {
			return lang.T("filter.words.lead_time") + " " + compared, true
		}
		return lang.T("filter.words.lead_time-of", "«"+strings.Join(t.Args, "» → «")+"»") + " " + compared, true
	case "gap":
		return lang.T("filter.words.gap", "«"+strings.Join(t.Args, "» → «")+"»") + " " + compared, true
	case "count", "processing":
		return lang.T("filter.words."+t.Name, quoted) + " " + compared, true
	case "case":
		return lang.T("filter.words.case", quoted) + " " + compared, true
	}
	return "", false
}

func operatorKey(op filter.Op) string {
	return [...]string{filter.Holds: "holds", filter.Equal: "equal", filter.Unequal: "unequal", filter.Less: "less", filter.AtMost: "at-most",
		filter.Greater: "greater", filter.AtLeast: "at-least", filter.In: "in", filter.Contains: "contains", filter.Exists: "exists"}[op]
}
