package conformance

import (
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/measure"
)

func doubtf(en, ru string, args ...any) error {
	return &measure.Doubt{EN: fmt.Sprintf(en, args...), RU: fmt.Sprintf(ru, args...)}
}

// skipped tells of events that the net knows nothing of.
func skipped(events, of int64, activities int) error {
	return doubtf("%d of %d events are of %d activities that the model does not have; replay skips them",
		"событий %d из %d относятся к действиям, которых нет в модели (таких действий: %d); при воспроизведении они пропущены", events, of, activities)
}

// noTraces tells that nothing can be said of an empty log.
func noTraces() error {
	return doubtf("the log has no trace, so fitness and precision cannot be told",
		"в журнале нет ни одной трассы, поэтому соответствие и точность определить нельзя")
}

// cutSearches tells of traces whose replay searched less than all.
func cutSearches(traces, of int64, limit int) error {
	return doubtf("for %d of %d traces a search for silent transitions stopped after %d markings; their fitness may be too low",
		"для %d из %d трасс поиск скрытых переходов остановлен после %d разметок; их соответствие может быть занижено", traces, of, limit)
}

// unsettled tells of traces that may fit after all.
func unsettled(traces, of int64, limit int) error {
	return doubtf("whether %d of %d traces fit was left to the shortest silent paths: an exact search needs more than %d markings",
		"для %d из %d трасс соответствие модели определено только по кратчайшим скрытым путям: точный поиск требует более %d разметок", traces, of, limit)
}

// unexplored tells that precision was given up.
func unexplored(markings int64) error {
	return doubtf("precision cannot be told: more than %d markings are reachable behind the prefixes of the log",
		"точность определить нельзя: за префиксами журнала достижимо более %d разметок", markings)
}

// unreplayed tells of prefixes that precision leaves out.
func unreplayed(prefixes, of int64) error {
	return doubtf("precision leaves out %d of %d prefixes of traces, which the model does not allow",
		"точность не учитывает %d из %d префиксов трасс: модель их не допускает", prefixes, of)
}

// noPrefix tells that precision has nothing to count.
func noPrefix(left int64) error {
	return doubtf("precision cannot be told: the model allows no activity behind any prefix of the log (%d prefixes do not replay)",
		"точность определить нельзя: ни за одним префиксом журнала модель не допускает действий (не воспроизводится префиксов: %d)", left)
}

// overdue tells what the budget cut.
func overdue(en, ru string, budget time.Duration) error {
	return &measure.Doubt{
		EN: fmt.Sprintf("%s cannot be told: the budget of %v was spent before", en, budget),
		RU: fmt.Sprintf("%s: определить нельзя, отведённое время (%v) истекло раньше", ru, budget),
	}
}
