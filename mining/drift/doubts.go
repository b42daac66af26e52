package drift

import (
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/measure"
)

// word is an argument of a warning that Label puts in its language.
type word string

func labelled(lang string, args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		if w, ok := a.(word); ok {
			out[i] = Label(lang, string(w))
		}
	}
	return out
}

// doubts says what a reader should know of the whole.
func (d *detection) doubts() {
	warn := func(en, ru string, args ...any) {
		d.Warnings = append(d.Warnings, &measure.Doubt{EN: fmt.Sprintf(en, labelled("en", args)...), RU: fmt.Sprintf(ru, labelled("ru", args)...)})
	}
	if d.Empty > 0 {
		warn("%d cases have no events and take no part", "у %d случаев нет событий, они не участвуют", d.Empty)
	}
	if d.Left > 0 {
		warn("the last %d of %d cases are left out: they began less than the p95 of the cycle time before the end of the log and had no time to become slow",
			"последние %d из %d случаев не учтены: они начались позже, чем за p95 длительности до конца журнала, и не успели стать долгими", d.Left, d.Cases+d.Left)
		if 2*d.Left >= d.Cases+d.Left {
			warn("half of the cases are left out, and yet some that are kept may be cut off: the log is short beside its cases",
				"не учтена половина случаев, и всё же среди оставшихся могут быть оборванные: журнал короток по сравнению со случаями")
		}
	}
	untested := false
	for i, p := range d.Perspectives {
		if !p.Tested {
			untested = true
			s := d.series[i]
			warn("%s is not tested: %d items (%s) in %d bins are too few for blocks of %d bins",
				"«%s»: не проверено, слишком мало: %d (%s), сведённых в %d отсчётов, при блоках по %d", word(p.Name), p.Items, word(p.Unit), s.bins(), s.block)
		}
		if p.Tested && !p.Controlled {
			s := d.series[i]
			warn("%s: neighbouring items hang together over %d of %d bins; changes are hints, as about one in ten stationary logs of such memory raises a false one",
				"«%s»: соседние отсчёты связаны на протяжении %d из %d; перемены — лишь намёк: при такой памяти ложная появляется примерно в одном из десяти неизменных журналов", word(p.Name), s.long, p.Bins)
		}
		for _, c := range p.Changes {
			if p.Name == Workload || p.Name == InProgress {
				if span := d.end.Sub(d.begin()); span < 2*365*24*time.Hour {
					warn("%s: the log covers less than two years; what looks like a change at %s may be a season",
						"«%s»: журнал короче двух лет; перемена %s может быть сезонной", word(p.Name), c.At[:10])
				}
			}
		}
	}
	if !untested && len(d.Perspectives) > 0 {
		quiet := true
		for _, p := range d.Perspectives {
			quiet = quiet && len(p.Changes) == 0
		}
		if quiet {
			warn("no change is found; one that is small, or shorter than %d cases, would not be",
				"перемен не найдено; малую или короче %d случаев так не увидеть", d.cfg.MinCases)
		}
	}
}
