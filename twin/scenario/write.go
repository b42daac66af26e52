package scenario

import (
	"reflect"
	"strings"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Marshal returns the canonical file of a scenario, which Read reads back.
func (s *Scenario) Marshal() []byte {
	text := func(t twin.Text) any {
		var m yamlfile.Inline
		for _, x := range [][2]string{{"ru", t.RU}, {"en", t.EN}} {
			if x[1] != "" {
				m = append(m, yamlfile.Item{Key: x[0], Value: x[1]})
			}
		}
		if m == nil {
			return nil
		}
		return m
	}
	levers := yamlfile.List{}
	for _, l := range s.Levers {
		levers = append(levers, l.item())
	}
	return yamlfile.Marshal(yamlfile.Map{{Key: "id", Value: s.ID}, {Key: "name", Value: text(s.Name)}, {Key: "reason", Value: text(s.Reason)}, {Key: "levers", Value: levers}})
}

// Line returns the lever in one line that ParseLine reads back whole: the form of
// ParseLever where that says all, else the mapping of a file.
func (l Lever) Line() string {
	if again, err := ParseLever(l.String()); err == nil {
		if l.Process != "" && again.Process == "" { // "process/node" means the same
			again.Process, again.Target = l.Process, l.Target
		}
		if reflect.DeepEqual(again, l) {
			return l.String()
		}
	}
	list := string(yamlfile.Marshal(yamlfile.Map{{Key: "levers", Value: yamlfile.List{l.item()}}}))
	_, line, _ := strings.Cut(list, "- ")
	return strings.TrimSuffix(line, "\n")
}

// ParseLine reads what Line writes: a lever as ParseLever reads it, or a mapping such
// as {step: T06, time: {law: lognormal, mean: 2 h, sd: 1 h}}.
func ParseLine(line string) (Lever, error) {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "{") {
		return ParseLever(line)
	}
	if strings.ContainsAny(line, "\r\n") {
		return Lever{}, measure.Faultf("reading the lever %q: found several lines, wanted one", "чтение меры «%s»: указано несколько строк, нужна одна", line)
	}
	doc, err := yamlfile.Parse("lever", []byte("lever: "+line+"\n"))
	if err != nil {
		return Lever{}, err
	}
	v, ok := doc.Root().Mapping("lever").Need("lever")
	var l Lever
	if ok {
		l = ReadLever(v)
	}
	return l, doc.Err()
}

// item is the lever as an item of a file.
func (l Lever) item() yamlfile.Inline {
	out := yamlfile.Inline{{Key: string(l.Kind), Value: l.Target}}
	add := func(key string, v any) { out = append(out, yamlfile.Item{Key: key, Value: v}) }
	if l.Process != "" {
		add("process", l.Process)
	}
	switch l.Kind {
	case Step, Delay, Automate:
		if l.Time != nil {
			add("time", twin.WriteDistribution(*l.Time))
		} else {
			add("scale", l.Scale)
		}
	case Branch:
		add("share", l.Share)
	case Batch:
		days := yamlfile.List{}
		for _, d := range l.Days {
			days = append(days, twin.Day(d))
		}
		add("days", days)
		if l.At != 0 {
			add("at", twin.FormatClock(l.At))
		}
	case Pool:
		if l.Size != 0 {
			add("size", l.Size)
		} else {
			add("change", l.Change)
		}
	case Release:
		if l.WorkingDays == nil {
			add("working-days", "at-once")
		} else {
			add("working-days", *l.WorkingDays)
		}
	case Control:
		add("days", l.ControlDays)
	case Arrivals:
		add("scale", l.Scale)
	case Surge:
		add("period", l.Period.String())
		add("scale", l.Scale)
	case Gate:
		add("size", l.Size)
	case Parallel:
		add("until", l.Until)
	case Priority:
		add("change", l.Change)
	case Rule:
		add("when", twin.WriteRule(l.When))
	case Calendar, Order:
		add("to", l.To)
	case Skill:
		add("to", l.To)
		if l.Level > 1 {
			add("level", l.Level)
		}
	}
	if l.Provenance != (twin.Provenance{}) {
		out = append(out, twin.WriteProvenance(l.Provenance))
	}
	return out
}
