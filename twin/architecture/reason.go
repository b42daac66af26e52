package architecture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/measure"
)

// named is how many things of one kind a reason names.
const named = 4

// reasons are the words of a Reason in one language.
type reasons struct {
	tag                                 language.Tag
	kinds                               [kinds]string
	agree, partly, differ, unknown, and string
}

var russianReasons = reasons{tag: language.Russian,
	kinds: [kinds]string{text: "слова", documents: "документы", systems: "системы", steps: "действия",
		regulations: "правовые основания", roles: "роли"},
	agree: "совпадают", partly: "отчасти совпадают", differ: "различаются", unknown: "не указаны", and: "и ещё"}

var englishReasons = reasons{tag: language.English,
	kinds: [kinds]string{text: "words", documents: "documents", systems: "systems", steps: "steps",
		regulations: "legal grounds", roles: "roles"},
	agree: "agree", partly: "agree in part", differ: "differ", unknown: "not stated", and: "and"}

// Reason says in one sentence, in "ru" or, for any other language, in English, what
// agrees (a similarity from ½), what agrees in part, what differs (up to the
// similarity that says nothing) and what is not stated, with the rarest things that
// both have.
func (p *Pair) Reason(lang string) string {
	w := &englishReasons
	if lang == "ru" {
		w = &russianReasons
	}
	values := [kinds]measure.Number{text: p.Text, documents: p.Documents, systems: p.Systems, steps: p.Steps,
		regulations: p.Regulations, roles: p.Roles}
	things := [kinds][]string{text: p.Shared.Words, documents: p.Shared.Documents, systems: p.Shared.Systems,
		steps: p.Shared.Steps, roles: p.Shared.Roles}
	var agree, partly, differ, unknown []string
	order := []int{text, documents, systems, steps, regulations, roles}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) }) // NaN last
	for _, k := range order {
		v := float64(values[k])
		s := fmt.Sprintf("%s %s", w.kinds[k], measure.Format(w.tag, v, measure.Share))
		switch {
		case math.IsNaN(v):
			unknown = append(unknown, w.kinds[k])
		case v >= 0.5:
			agree = append(agree, s+w.list(things[k]))
		case v > rule[k].neutral:
			partly = append(partly, s+w.list(things[k]))
		default:
			differ = append(differ, s)
		}
	}
	var parts []string
	for _, g := range []struct {
		word  string
		items []string
	}{{w.agree, agree}, {w.partly, partly}, {w.differ, differ}, {w.unknown, unknown}} {
		if len(g.items) > 0 {
			parts = append(parts, g.word+": "+strings.Join(g.items, ", "))
		}
	}
	sentence := []rune(strings.Join(parts, "; "))
	return strings.ToUpper(string(sentence[:1])) + string(sentence[1:]) + "."
}

// list returns things in brackets, the first few of them.
func (w *reasons) list(things []string) string {
	if len(things) == 0 {
		return ""
	}
	rest := ""
	if n := len(things) - named; n > 0 {
		things, rest = things[:named], fmt.Sprintf(" %s %d", w.and, n)
		if w.tag == language.English {
			rest += " more"
		}
	}
	return " (" + strings.Join(things, ", ") + rest + ")"
}
