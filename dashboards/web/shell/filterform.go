package shell

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/filter"
)

// refilter answers a form of the bar: it leads back to the page with another filter.
// It asks nothing of the log, so that a page shows what is wrong beside the text.
func (s *Site) refilter(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	back, ok := strings.CutPrefix("/"+q.Get("back"), "/logs/")
	if !ok || strings.Contains(back, "//") || strings.ContainsAny(back, "?#\\") {
		return ErrNoPage
	}
	kept, err := url.ParseQuery(q.Get("q"))
	if err != nil {
		return desk.InputError{Err: fmt.Errorf("the address of the page to go back to: %w", err)}
	}
	if kind := q.Get("add"); kind != "" {
		step, err := formStep(kind, q)
		if err != nil {
			return err
		}
		if step != "" {
			if old := strings.TrimSpace(kept.Get(keyFilter)); old != "" {
				step = old + "; " + step
			}
			kept.Set(keyFilter, step)
		}
	} else if text := strings.TrimSpace(q.Get("text")); text != "" {
		kept.Set(keyFilter, text)
	} else {
		kept.Del(keyFilter)
	}
	Redirect(w, withQuery(root(r)+"logs/"+back, kept))
	return nil
}

// formStep writes the step that a form asks for, "" where it was left empty.
func formStep(kind string, q url.Values) (string, error) {
	field := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	call := func(name string, args ...string) string { return filter.Test{Name: name, Args: args}.String() }
	a, b := field("a"), field("b")
	step := ""
	switch kind {
	case "has", "unit":
		if a != "" {
			step = call(kind, a)
		}
	case "path", "eventually":
		switch {
		case a != "" && b != "":
			step = call(kind, a, b)
		case a != b:
			return "", desk.InputError{Err: fmt.Errorf("a path needs both activities, found %q and %q", a, b)}
		}
	case "period":
		from, to := field("from"), field("to")
		which := field("which")
		if from == "" && to == "" {
			return "", nil
		}
		switch which {
		case "started", "ended", "active", "within":
		default:
			return "", desk.InputError{Err: fmt.Errorf("period %q: wanted started, ended, active or within", which)}
		}
		between := from + ".." + to
		switch {
		case which == "within" && from != "" && to != "":
			step = "within " + between
		case from != "" && to != "":
			step = which + " in " + between
		case which == "started" || which == "ended":
			step = which + " >= " + from
			if from == "" {
				step = which + " <= " + to
			}
		default:
			return "", desk.InputError{Err: fmt.Errorf("the period needs its first and its last day, found %q and %q", from, to)}
		}
	case "case":
		value, op := field("value"), field("op")
		typed, path, ok := strings.Cut(field("attribute"), ":")
		if !ok {
			return "", nil
		}
		literal := filter.Value{Kind: filter.Text, Text: value}.String()
		_, notNumber := strconv.ParseFloat(value, 64)
		switch {
		case op == "exists":
			step = call("case", path) + " exists"
		case value == "":
			return "", desk.InputError{Err: fmt.Errorf("attribute %q: with which value is it compared?", path)}
		case op == "~" || typed == "text":
		case typed == "number" && notNumber != nil:
			return "", desk.InputError{Err: fmt.Errorf("attribute %q holds numbers: found %q", path, value)}
		default:
			literal = value
		}
		if step == "" {
			step = call("case", path) + " " + op + " " + literal
		}
	case "lead_time":
		n := strings.Replace(field("n"), ",", ".", 1)
		if n != "" {
			step = "lead_time " + field("op") + " " + n + field("unit")
		}
	case "variant":
		from, to := field("from"), field("to")
		switch {
		case from != "" && to != "":
			step = "variant in " + from + ".." + to
		case from+to != "":
			step = "variant = " + from + to
		}
	default:
		return "", desk.InputError{Err: fmt.Errorf("there is no form %q", kind)}
	}
	if step != "" && field("not") != "" {
		step = "not " + step
	}
	return step, nil
}
