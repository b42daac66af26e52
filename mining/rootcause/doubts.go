package rootcause

import (
	"fmt"
	"strings"

	"github.com/uprava/uprava/mining/measure"
)

// names is an argument of a warning that Label puts in its language.
type names []string

func labelled(lang string, args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		if list, ok := a.(names); ok {
			words := make([]string, len(list))
			for j, w := range list {
				words[j] = Label(lang, w)
			}
			out[i] = strings.Join(words, ", ")
		}
	}
	return out
}

// doubts says what a reader of the figures should know.
func (x *explanation) doubts() {
	warn := func(en, ru string, args ...any) {
		x.Warnings = append(x.Warnings, &measure.Doubt{EN: fmt.Sprintf(en, labelled("en", args)...), RU: fmt.Sprintf(ru, labelled("ru", args)...)})
	}
	warn("these are associations, not causes: who or what made the outcome they do not tell, and what was not recorded cannot be named",
		"это связи, а не причины: кто или что привело к исходу, из них не следует, а незаписанное нельзя и назвать")
	if n := x.Cases - x.Known; n > 0 {
		warn("of %d of %d cases the outcome is not known; they take no part", "у %d из %d случаев исход неизвестен, они не участвуют", n, x.Cases)
	}
	if x.scarce {
		if x.outcome.Numeric {
			warn("%d cases are known; testing needs %d", "известно %d случаев; для проверки нужно %d", x.Known, 2*x.cfg.MinCases)
		} else {
			warn("%d cases are known, %d with the outcome; testing needs %d, and %d with it and without it",
				"известно %d случаев, из них с исходом %d; для проверки нужно %d, с исходом и без него хотя бы по %d", x.Known, x.Base.K, 2*x.cfg.MinCases, fewestOutcomes)
		}
		return
	}
	var leaks []string
	for _, l := range x.Left {
		if l.Kind == "leak" {
			leaks = append(leaks, l.Attribute)
		}
	}
	if len(leaks) > 0 {
		warn("left out as known only after the outcome: %s", "исключены как известные лишь после исхода: %s", names(leaks))
	}
	if x.cfg.KeepLeaks {
		for _, a := range x.attributes {
			if a.leak != "" {
				x.Warnings = append(x.Warnings, &measure.Doubt{EN: a.name + " takes part as asked, although " + a.leak, RU: "«" + a.name + "» участвует по запросу, хотя: " + a.leakRU})
			}
		}
	}
	cases, during := false, false
	for _, a := range x.attributes {
		cases = cases || a.source == "case"
		during = during || a.during
	}
	if cases {
		warn("the log does not say when attributes of cases were written; those written late explain what had happened already",
			"журнал не говорит, когда записаны признаки случая; записанные поздно объясняют уже случившееся")
	}
	if during && x.outcome.Limit == 0 {
		warn("activities and repetitions become known while a case runs, and here some of them after the outcome: a long case has room for more of them",
			"действия и повторы становятся известны по ходу случая, иные уже после исхода: в долгом случае их умещается больше")
	} else if during {
		warn("activities and repetitions count until the limit has passed; cases that ended earlier had less room for them",
			"действия и повторы учтены до истечения предела; у завершённых раньше случаев для них было меньше места")
	}
	if x.Tests > 0 && x.Found == 0 {
		warn("%d values are tested and none differs by more than chance", "проверено значений: %d; ни одно не отличается больше, чем случайно", x.Tests)
	}
	if x.Found > len(x.Effects) {
		warn("%d effects are found, the %d most certain are listed", "найдено связей: %d, показаны %d самых надёжных", x.Found, len(x.Effects))
	}
	for i := range x.Effects {
		e := &x.Effects[i]
		if e.Reversed {
			warn("%s = %s: with %s held fixed the effect has the other sign (Simpson's paradox)",
				"%s = %s: при равных %s связь меняет знак (парадокс Симпсона)", names{e.Attribute}, names{e.Value}, names(e.Held.Attributes))
		}
	}
	if x.outcome.Numeric && len(x.Rules) > 0 {
		warn("rules tell of the longest quarter: values above the p75 of the first half", "правила говорят о верхней четверти: значениях выше p75 первой половины")
	}
	if x.Dropped > 0 {
		warn("%d rules that one half of the cases suggested were not borne out by the other and are dropped",
			"отброшено правил: %d — одна половина случаев на них указала, другая не подтвердила", x.Dropped)
	}
}
