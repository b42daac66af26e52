package scenario

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Forms lists what ParseLever reads, one a line, for help texts.
const Forms = `step:NODE*0.5           time of the step scaled, and the wait before it
step:NODE=30 min        time of the step, a fixed length
delay:NODE*0.5          wait before the work is offered to people, likewise
remove:NODE             the step falls away
automate:NODE=1 min     nobody is needed, a fixed length
branch:FLOW=0.05        share of a branch
batch:NODE=Mon-Fri 15:00   moments of a batch (daily, none)
pool:POOL+1             people more or less; pool:POOL=3 sets their number
release:NODE=5          taken up 5 working days before the control date; at-once
control:PROCESS=10      control date, days before the due date
arrivals:PROCESS*1.2    rate of arrivals
surge:PROCESS=2019-03-01..2019-03-31*1.5   rate of arrivals in a period
gate:PROCESS=20         cases let in at once; others wait at the entry
parallel:NODE..NODE     steps in a row go on side by side
priority:NODE+1         more urgent, or less
calendar:POOL=CALENDAR  hours of a pool
queue:POOL=priority     order of its work (fifo, earliest-due, shortest, priority)
skill:PERSON=SKILL      a person learns it; skill:PERSON=SKILL 2 to level 2
NODE is an identifier or a name, PROCESS/NODE where several processes have it`

// ParseLever reads a lever from one line; see Forms. "task=NODE scale=0.5" is
// read as "step:NODE*0.5".
func ParseLever(s string) (Lever, error) {
	fail := func(en, ru string, args ...any) (Lever, error) {
		return Lever{}, measure.Faultf("reading the lever %q: %w", "чтение меры «%s»: %s", s, measure.Faultf(en, ru, args...))
	}
	text := strings.TrimSpace(s)
	for _, prefix := range []string{"task=", "step="} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			i := strings.LastIndex(rest, " scale=")
			if i < 0 {
				return fail("found no \" scale=\", wanted such as \"task=NODE scale=0.5\"", "нет « scale=», нужно, например, «task=NODE scale=0.5»")
			}
			text = "step:" + strings.TrimSpace(rest[:i]) + "*" + rest[i+len(" scale="):]
		}
	}
	kind, rest, ok := strings.Cut(text, ":")
	if !ok {
		return fail("found no \":\", wanted such as \"step:NODE*0.5\"", "нет «:», нужно, например, «step:NODE*0.5»")
	}
	if kind == "task" {
		kind = "step"
	}
	if !slices.Contains(kinds, kind) {
		return fail("found the kind %q, wanted %s", "указан вид меры «%s»; %s", kind, yamlfile.Wanted(kind, kinds))
	}
	l := Lever{Kind: Kind(kind)}
	var value string
	switch l.Kind {
	case Remove:
		l.Target = rest
	case Arrivals:
		l.Target, value, ok = cutLast(rest, "*")
		if !ok {
			return fail("wanted such as \"arrivals:PROCESS*1.2\"", "нужно, например, «arrivals:PROCESS*1.2»")
		}
		scale, err := factor(value)
		if err != nil {
			return fail("%w", "%s", err)
		}
		l.Scale = scale
	case Pool:
		if err := l.people(rest); err != nil {
			return fail("%w", "%s", err)
		}
	case Priority:
		i := strings.LastIndexAny(rest, "+-")
		n, err := strconv.Atoi(rest[max(i, 0):])
		if i < 0 || err != nil || n == 0 {
			return fail("wanted such as \"priority:NODE+1\"", "нужно, например, «priority:NODE+1»")
		}
		l.Target, l.Change = rest[:i], n
	case Parallel:
		if l.Target, l.Until, ok = strings.Cut(rest, ".."); !ok || l.Until == "" {
			return fail("wanted such as \"parallel:NODE..NODE\"", "нужно, например, «parallel:NODE..NODE»")
		}
		l.Until = strings.TrimSpace(l.Until)
	case Rule:
		return fail("a rule stands in a file: {rule: FLOW, when: [[{attribute: NAME, is: [VALUE]}]]}", "правило задаётся в файле: {rule: FLOW, when: [[{attribute: NAME, is: [VALUE]}]]}")
	case Step, Delay:
		if target, value, ok := cutLast(rest, "*"); ok {
			scale, err := factor(value)
			if err != nil {
				return fail("%w", "%s", err)
			}
			l.Target, l.Scale = target, scale
			break
		}
		fallthrough
	case Automate:
		target, value, ok := cutLast(rest, "=")
		if !ok {
			if l.Kind == Automate {
				target, value = rest, "0 s"
			} else {
				return fail("wanted such as \"%s:NODE*0.5\" or \"%s:NODE=30 min\"", "нужно, например, «%s:NODE*0.5» или «%s:NODE=30 min»", kind, kind)
			}
		}
		x, err := yamlfile.ParseSeconds(strings.TrimSpace(value))
		if err != nil {
			return fail("%w", "%s", err)
		}
		l.Target, l.Time = target, &twin.Distribution{Law: "fixed", Value: x}
	default:
		l.Target, value, ok = cutLast(rest, "=")
		if !ok {
			return fail("found no value, wanted such as \"%s:%s=VALUE\"", "нет значения, нужно, например, «%s:%s=VALUE»", kind, rest)
		}
		if err := l.value(strings.TrimSpace(value)); err != nil {
			return fail("%w", "%s", err)
		}
	}
	l.Target = strings.TrimSpace(l.Target)
	if l.Target == "" {
		return fail("found no target after %q", "не указано, к чему относится мера, после «%s»", kind+":")
	}
	return l, nil
}

// value reads what follows the equals sign.
func (l *Lever) value(s string) error {
	switch l.Kind {
	case Branch:
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || !(x >= 0 && x <= 1) {
			return measure.Faultf("found the share %q, wanted a number from 0 to 1", "указана доля «%s», нужно число от 0 до 1", s)
		}
		l.Share = x
	case Batch:
		days, at, err := parseMoments(s)
		if err != nil {
			return err
		}
		l.Days, l.At = days, at
	case Release:
		if s == "at-once" {
			return nil
		}
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || !(x >= 0) || math.IsInf(x, 0) {
			return measure.Faultf("found %q, wanted working days or \"at-once\"", "указано «%s», нужно число рабочих дней или «at-once» (сразу)", s)
		}
		l.WorkingDays = &x
	case Control:
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return measure.Faultf("found %q, wanted days", "указано «%s», нужно число дней", s)
		}
		l.ControlDays = n
	case Gate:
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return measure.Faultf("found %q, wanted a number of cases from 1", "указано «%s», нужно число дел от 1", s)
		}
		l.Size = n
	case Calendar, Order:
		if l.To = s; s == "" {
			return measure.Faultf("found nothing after the equals sign", "после знака равенства ничего нет")
		}
	case Skill:
		l.To, l.Level = s, 1
		if i := strings.LastIndexByte(s, ' '); i >= 0 {
			n, err := strconv.Atoi(s[i+1:])
			if err != nil || n < 1 {
				return measure.Faultf("found the level %q, wanted a number from 1", "указан уровень «%s», нужно число от 1", s[i+1:])
			}
			l.To, l.Level = strings.TrimSpace(s[:i]), n
		}
		if l.To == "" {
			return measure.Faultf("found no skill after the equals sign", "после знака равенства нет навыка")
		}
	case Surge:
		period, scale, _ := strings.Cut(s, "*")
		var err error
		if l.Period, err = calendar.ParsePeriod(strings.TrimSpace(period)); err != nil {
			return err
		}
		if l.Scale, err = factor(scale); err != nil {
			return err
		}
	}
	return nil
}

// people reads "lawyers+1", "lawyers-1" or "lawyers=3".
func (l *Lever) people(s string) error {
	if target, value, ok := cutLast(s, "="); ok {
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n <= 0 {
			return measure.Faultf("found %q, wanted a number of people", "указано «%s», нужно число людей", value)
		}
		l.Target, l.Size = target, n
		return nil
	}
	i := strings.LastIndexAny(s, "+-")
	if i < 0 {
		return measure.Faultf("found %q, wanted such as \"pool:POOL+1\"", "указано «%s», нужно, например, «pool:POOL+1»", s)
	}
	n, err := strconv.Atoi(s[i:])
	if err != nil || n == 0 {
		return measure.Faultf("found %q, wanted such as \"pool:POOL+1\"", "указано «%s», нужно, например, «pool:POOL+1»", s)
	}
	l.Target, l.Change = s[:i], n
	return nil
}

func factor(s string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(x > 0) || math.IsInf(x, 0) {
		return 0, measure.Faultf("found the factor %q, wanted a number above 0", "указан множитель «%s», нужно число больше 0", s)
	}
	return x, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// parseMoments reads "daily 15:00", "Mon-Fri 15:00", "Tue,Thu 10:00" or "none";
// without an hour it stays what it was.
func parseMoments(s string) ([]time.Weekday, time.Duration, error) {
	if s == "none" {
		return nil, 0, nil
	}
	days, clock, timed := strings.Cut(s, " ")
	var at time.Duration
	if timed {
		var err error
		if at, err = twin.ParseClock(strings.TrimSpace(clock)); err != nil {
			return nil, 0, err
		}
	}
	if days == "daily" {
		days = "Mon-Fri"
	}
	var list []time.Weekday
	for _, part := range strings.Split(days, ",") {
		from, to, several := strings.Cut(part, "-")
		if !several {
			to = from
		}
		first, err := twin.ParseWeekday(from)
		if err != nil {
			return nil, 0, err
		}
		last, err := twin.ParseWeekday(to)
		if err != nil {
			return nil, 0, err
		}
		for d := first; ; d = (d + 1) % 7 {
			if !slices.Contains(list, d) {
				list = append(list, d)
			}
			if d == last {
				break
			}
		}
	}
	return list, at, nil
}

func moments(days []time.Weekday, at time.Duration) string {
	if len(days) == 0 {
		return "none"
	}
	names := make([]string, len(days))
	for i, d := range days {
		names[i] = twin.Day(d)
	}
	if at == 0 {
		return strings.Join(names, ",")
	}
	return strings.Join(names, ",") + " " + twin.FormatClock(at)
}

func duration(d twin.Distribution) string {
	if d.Law == "fixed" && (d.Scale == 0 || d.Scale == 1) {
		return yamlfile.FormatSeconds(d.Value)
	}
	return d.Law
}

func number(x float64) string { return yamlfile.FormatNumber(x) }
