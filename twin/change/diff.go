package change

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/uprava/uprava/twin"
)

// Change is one difference between two versions of a twin.
type Change struct {
	File string    `json:"file"`
	Name twin.Text `json:"name"` // of the thing that the file is about
	// Path leads to the part that changed, by keys and identifiers; empty where the
	// whole file came or went.
	Path []string `json:"path,omitempty"`
	// Was and Is say what stood there, "" for nothing.
	Was string `json:"was,omitempty"`
	Is  string `json:"is,omitempty"`
}

// Diff returns what differs between two versions of the files of a twin, by file. The
// places of shapes in diagrams are left out. A file that cannot be read is an error.
func Diff(was, is map[string][]byte) ([]Change, error) {
	names := map[string]bool{}
	for _, side := range []map[string][]byte{was, is} {
		for name := range side {
			names[name] = true
		}
	}
	var out []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if same(was[name], is[name]) {
			continue
		}
		read := parse
		if strings.HasSuffix(name, ".bpmn") {
			read = diagram
		}
		a, err := read(name, was[name])
		if err != nil {
			return nil, err
		}
		b, err := read(name, is[name])
		if err != nil {
			return nil, err
		}
		d := &differ{Change{File: name, Name: nameOf(name, a, b, was, is)}, nil}
		d.compare(a, b, nil)
		out = append(out, d.found...)
	}
	return out, nil
}

// nameOf returns the name of what a file is about; a diagram is named by the file of
// its process.
func nameOf(name string, a, b *node, was, is map[string][]byte) twin.Text {
	if !strings.HasSuffix(name, ".yaml") {
		beside := path.Join(path.Dir(name), "process.yaml")
		if strings.Contains(name, "/samples/") {
			beside = path.Join(path.Dir(path.Dir(name)), "process.yaml")
		}
		a, _ = parse(beside, was[beside])
		b, _ = parse(beside, is[beside])
	}
	for _, n := range []*node{b, a} {
		if x := n.part("name"); x != nil {
			t := twin.Text{RU: x.part("ru").words(), EN: x.part("en").words()}
			if t != (twin.Text{}) {
				return t
			}
		}
	}
	id := strings.TrimSuffix(path.Base(name), path.Ext(name))
	return twin.Text{RU: id, EN: id}
}

type differ struct {
	about Change
	found []Change
}

func (d *differ) compare(a, b *node, at []string) {
	switch {
	case equal(a, b):
	case len(at) == 0 && (a == nil || b == nil):
		d.say(a, b, at)
	case a != nil && b != nil && a.parts != nil && b.parts != nil:
		for _, key := range a.keys {
			d.compare(a.parts[key], b.parts[key], append(at, key))
		}
		for _, key := range b.keys {
			if a.parts[key] == nil {
				d.compare(nil, b.parts[key], append(at, key))
			}
		}
	case a != nil && b != nil && a.form == set && b.form == set:
		for _, s := range a.set {
			if _, still := b.items[s]; !still {
				d.say(&node{value: s}, nil, at)
			}
		}
		for _, s := range b.set {
			if _, already := a.items[s]; !already {
				d.say(nil, &node{value: s}, at)
			}
		}
	default:
		d.say(a, b, at)
	}
}

func (d *differ) say(a, b *node, at []string) {
	c := d.about
	c.Path = slices.Clone(at)
	c.Was, c.Is = brief(a), brief(b)
	d.found = append(d.found, c)
}

// brief is a part in a line of bearable length.
func brief(n *node) string {
	s := strings.Join(strings.Fields(n.words()), " ")
	if n != nil && s == "" {
		s = "-"
	}
	if runes := []rune(s); len(runes) > 120 {
		return string(runes[:119]) + "…"
	}
	return s
}

// Words returns the change in a sentence, in the language "ru" or "en".
func (c Change) Words(lang string) string {
	about := kindOf(c.File, lang) + " «" + c.Name.In(lang) + "»"
	if lang != "ru" {
		about = kindOf(c.File, lang) + " “" + c.Name.In(lang) + "”"
	}
	var way []string
	for _, key := range c.Path {
		way = append(way, label(key, lang))
	}
	if len(way) == 0 {
		switch {
		case c.Was == "" && lang == "ru":
			return "Добавлено: " + about
		case c.Was == "":
			return "Added: " + about
		case c.Is == "" && lang == "ru":
			return "Удалено: " + about
		case c.Is == "":
			return "Removed: " + about
		}
	}
	where := about + ": " + strings.Join(way, " / ")
	switch {
	case c.Was == "" && lang == "ru":
		return fmt.Sprintf("%s: добавлено «%s»", where, c.Is)
	case c.Was == "":
		return fmt.Sprintf("%s: “%s” added", where, c.Is)
	case c.Is == "" && lang == "ru":
		return fmt.Sprintf("%s: удалено «%s»", where, c.Was)
	case c.Is == "":
		return fmt.Sprintf("%s: “%s” removed", where, c.Was)
	case lang == "ru":
		return fmt.Sprintf("%s: было «%s», стало «%s»", where, c.Was, c.Is)
	}
	return fmt.Sprintf("%s: it was “%s”, it is “%s”", where, c.Was, c.Is)
}

// kinds name what a folder of a twin holds.
var kinds = map[string]twin.Text{
	"twin.yaml": {RU: "Двойник", EN: "Twin"}, "calendars": {RU: "Календарь", EN: "Calendar"}, "units": {RU: "Подразделение", EN: "Unit"},
	"pools": {RU: "Группа исполнителей", EN: "Pool"}, "processes": {RU: "Процесс", EN: "Process"},
}

func kindOf(file, lang string) string {
	folder, _, _ := strings.Cut(file, "/")
	if t, ok := kinds[folder]; ok {
		return t.In(lang)
	}
	if k, ok := twin.KindOfFolder(folder); ok {
		return k.Name().In(lang)
	}
	return folder
}

// labels name the keys of files.
var labels = map[string]twin.Text{
	"name": {RU: "название", EN: "name"}, "text": {RU: "описание", EN: "description"}, "ru": {RU: "по-русски", EN: "in Russian"}, "en": {RU: "по-английски", EN: "in English"},
	"tasks": {RU: "шаг", EN: "step"}, "time": {RU: "время работы", EN: "working time"}, "mean": {RU: "среднее", EN: "mean"}, "sd": {RU: "разброс", EN: "standard deviation"},
	"delay": {RU: "задержка", EN: "delay"}, "law": {RU: "закон", EN: "law"}, "pools": {RU: "исполнители", EN: "pools"}, "pool": {RU: "исполнители", EN: "pool"}, "size": {RU: "численность", EN: "size"},
	"members": {RU: "сотрудник", EN: "member"}, "calendar": {RU: "календарь", EN: "calendar"}, "branches": {RU: "ветвь", EN: "branch"}, "share": {RU: "доля", EN: "share"},
	"arrivals": {RU: "поступление", EN: "arrivals"}, "between": {RU: "между поступлениями", EN: "time between"}, "limit": {RU: "срок по закону", EN: "legal limit"}, "days": {RU: "дней", EN: "days"},
	"batch": {RU: "пакет", EN: "batch"}, "not-before": {RU: "не раньше", EN: "not before"}, "unit": {RU: "подразделение", EN: "unit"}, "parent": {RU: "входит в", EN: "parent"},
	"week": {RU: "часы недели", EN: "hours of the week"}, "queue": {RU: "порядок очереди", EN: "order of the queue"}, "from": {RU: "откуда число", EN: "provenance"}, "kind": {RU: "вид", EN: "kind"},
	"source": {RU: "источник", EN: "source"}, "reason": {RU: "основание", EN: "reason"}, "nodes": {RU: "узел схемы", EN: "node of the diagram"}, "flows": {RU: "переход схемы", EN: "flow of the diagram"},
	"rule": {RU: "норма", EN: "term of law"}, "words": {RU: "слова нормы", EN: "words of the term"},
	"target":   {RU: "куда", EN: "target"},
	"category": {RU: "вид процесса", EN: "category"}, "purpose": {RU: "назначение", EN: "purpose"}, "client": {RU: "потребитель", EN: "client"}, "starts-with": {RU: "начальное событие", EN: "starts with"}, "ends-with": {RU: "конечное событие", EN: "ends with"},
	"state": {RU: "состояние", EN: "state"}, "due": {RU: "срок", EN: "due"}, "scenario": {RU: "набор мер", EN: "scenario"}, "levers": {RU: "меры", EN: "levers"}, "planned-effect": {RU: "плановый эффект", EN: "planned effect"},
	"figures": {RU: "число", EN: "figure"}, "value": {RU: "значение", EN: "value"}, "low": {RU: "не меньше", EN: "low"}, "high": {RU: "не больше", EN: "high"}, "properties": {RU: "свойство", EN: "property"},
	"belongs-to": {RU: "входит в", EN: "belongs to"}, "performs": {RU: "выполняет", EN: "performs"}, "owns": {RU: "отвечает за", EN: "owns"}, "uses": {RU: "использует", EN: "uses"},
	"produces": {RU: "создаёт", EN: "produces"}, "regulates": {RU: "регулирует", EN: "regulates"}, "measured-by": {RU: "измеряется", EN: "is measured by"}, "supports": {RU: "поддерживает", EN: "supports"}, "depends-on": {RU: "зависит от", EN: "depends on"},
	"start": {RU: "начало", EN: "start"}, "cost": {RU: "стоимость", EN: "cost"}, "priority": {RU: "приоритет", EN: "priority"}, "months": {RU: "месяцы", EN: "months"}, "at": {RU: "в", EN: "at"},
	"cost-per-hour": {RU: "рублей в час", EN: "roubles an hour"}, "labels": {RU: "подпись", EN: "label"}, "delivered-by": {RU: "завершает срок", EN: "delivered by"}, "requested-by": {RU: "начинает срок", EN: "requested by"}, "lead-time": {RU: "счёт срока", EN: "lead time in"},
}

func label(key, lang string) string {
	if t, ok := labels[key]; ok {
		return t.In(lang)
	}
	return key
}
