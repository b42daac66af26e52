package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/match"
)

// people judges four eyes and same resource over all pairs of rows that belong
// together.
func (w *work) people(c eventlog.Case) verdict {
	marks := w.marked(c, w.one, w.other)
	looked, unnamed := false, false
	for i, x := range marks {
		for _, y := range marks[i:] {
			pair := x.a && y.b || x.b && y.a
			if !pair || x.row == y.row || w.together(c, x.row, y.row) != match.Yes {
				continue
			}
			looked = true
			p, q := w.resource(c, x.row), w.resource(c, y.row)
			switch {
			case p == eventlog.NoCode || q == eventlog.NoCode:
				unnamed = true
			case w.Kind == FourEyes && p == q:
				who := w.log.Resources().Name(p)
				if w.breaks() {
					w.show(c, fmt.Sprintf("%s on %s and %s on %s are by the same %q", w.activity(c, x.row), w.clock(x.at), w.activity(c, y.row), w.clock(y.at), who),
						fmt.Sprintf("«%s» %s и «%s» %s выполнил один и тот же «%s»", c.Row(x.row).Activity, w.clock(x.at), c.Row(y.row).Activity, w.clock(y.at), who), x.row, y.row)
				}
			case w.Kind == SameResource && p != q:
				a, b := w.log.Resources().Name(p), w.log.Resources().Name(q)
				if w.breaks() {
					w.show(c, fmt.Sprintf("%s on %s is by %q, %s on %s by %q", w.activity(c, x.row), w.clock(x.at), a, w.activity(c, y.row), w.clock(y.at), b),
						fmt.Sprintf("«%s» %s выполнил «%s», «%s» %s — «%s»", c.Row(x.row).Activity, w.clock(x.at), a, c.Row(y.row).Activity, w.clock(y.at), b), x.row, y.row)
				}
			}
		}
	}
	if unnamed {
		w.because = match.Text{EN: "an event names no resource", RU: "у события не указан исполнитель"}
	}
	return w.result(looked)
}

func (w *work) activity(c eventlog.Case, row int) string {
	return fmt.Sprintf("%q", c.Row(row).Activity)
}

func (w *work) resource(c eventlog.Case, row int) eventlog.Code {
	if r := c.Resources(); r != nil {
		return r[row]
	}
	return eventlog.NoCode
}

// whoMay judges that an event is done by those named alone: by one of the
// resources, the units or the roles.
func (w *work) whoMay(c eventlog.Case) verdict {
	looked := false
	for i := range c.Len() {
		at, ok := w.event.Row(c, i)
		if !ok {
			continue
		}
		looked = true
		silent := false
		if w.may(c, i, &silent) {
			continue
		}
		if silent {
			w.because = match.Text{EN: "an event does not say who did it", RU: "у события не указано, кто его выполнил"}
			continue
		}
		if w.breaks() {
			e := c.Row(i)
			role, _ := c.EventAttribute(i, "org:role")
			is := slices.DeleteFunc([]string{e.Resource, e.Unit, role.String()}, func(s string) bool { return s == "" })
			may := slices.Concat(w.Resources, w.Units, w.Roles)
			w.show(c, fmt.Sprintf("%q on %s by %s, who may not: allowed are %s", e.Activity, w.clock(at), strings.Join(is, ", "), strings.Join(may, ", ")),
				fmt.Sprintf("«%s» %s: выполнено «%s» без права на это, право имеют: %s", e.Activity, w.clock(at), strings.Join(is, ", "), strings.Join(may, ", ")), i)
		}
	}
	return w.result(looked)
}

// may reports whether the row is by one who may; silent is set where the row lacks
// what would tell.
func (w *work) may(c eventlog.Case, row int, silent *bool) bool {
	column := func(codes []eventlog.Code, allowed []bool) bool {
		if codes == nil || codes[row] == eventlog.NoCode {
			*silent = true
			return false
		}
		return allowed[codes[row]]
	}
	if len(w.Resources) > 0 && column(c.Resources(), w.resources) || len(w.Units) > 0 && column(c.Units(), w.units) {
		return true
	}
	if len(w.Roles) == 0 {
		return false
	}
	role, ok := c.EventAttribute(row, "org:role")
	*silent = *silent || !ok
	return ok && slices.Contains(w.Roles, role.String())
}

// condition judges attributes of each event, or of the case.
func (w *work) condition(c eventlog.Case) verdict {
	if len(w.Event) == 0 {
		switch truth, missing := w.require.Case(c); truth {
		case match.Unknown:
			return w.lacks(missing)
		case match.No:
			en, ru := w.told(func(key string) (eventlog.Value, bool) { return c.Attribute(key) })
			if w.breaks() {
				w.show(c, "the case does not meet the condition: "+en, "дело не отвечает условию: "+ru)
			}
		}
		return w.result(true)
	}
	looked := false
	for i := range c.Len() {
		at, ok := w.event.Row(c, i)
		if !ok {
			continue
		}
		looked = true
		switch truth, missing := w.require.Event(c, i); truth {
		case match.Unknown:
			w.because = match.Text{EN: fmt.Sprintf("an event lacks %q", missing), RU: fmt.Sprintf("у события нет значения «%s»", missing)}
		case match.No:
			en, ru := w.told(func(key string) (eventlog.Value, bool) { return match.EventValue(c, i, key) })
			if w.breaks() {
				w.show(c, fmt.Sprintf("%s on %s does not meet the condition: %s", w.activity(c, i), w.clock(at), en),
					fmt.Sprintf("«%s» %s не отвечает условию: %s", c.Row(i).Activity, w.clock(at), ru), i)
			}
		}
	}
	return w.result(looked)
}

// told returns what is required and what was found, of every condition.
func (w *work) told(lookup func(string) (eventlog.Value, bool)) (en, ru string) {
	var es, rs []string
	for _, k := range w.Require {
		v, ok := lookup(k.Attribute)
		found, shown := fmt.Sprintf("%q", v.String()), "«"+v.String()+"»"
		if !ok {
			found, shown = "nothing", "ничего"
		}
		wanted := strings.Join(k.Values, ", ")
		es = append(es, fmt.Sprintf("%s is %s, wanted %s %s", k.Attribute, found, k.Op, wanted))
		rs = append(rs, fmt.Sprintf("%s = %s, требуется %s %s", k.Attribute, shown, opRU[k.Op], wanted))
	}
	return strings.Join(es, "; "), strings.Join(rs, "; ")
}

var opRU = map[match.Op]string{
	match.Is: "равно", match.IsNot: "не равно", match.OneOf: "одно из", match.NoneOf: "ни одно из",
	match.AtLeast: "не менее", match.AtMost: "не более", match.MoreThan: "более", match.LessThan: "менее", match.Present: "наличие",
}
