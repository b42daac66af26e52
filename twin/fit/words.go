package fit

import (
	"fmt"

	"github.com/uprava/uprava/mining/measure"
)

// said is an assumption in both languages.
func (r *Report) said(en, ru string) {
	r.Assumptions = append(r.Assumptions, en)
	r.doubts = append(r.doubts, &measure.Doubt{EN: en, RU: ru})
}

// assume adds an assumption by its English sentence, whose Russian one stands in
// russian and takes the same values; a headcount is given as a plain number.
func (r *Report) assume(format string, args ...any) {
	en, ru := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		en[i], ru[i] = a, a
		if n, ok := a.(headcount); ok {
			en[i], ru[i] = people(int(n)), fmt.Sprintf("%d чел.", int(n))
		}
	}
	text := ""
	if f, ok := russian[format]; ok {
		text = fmt.Sprintf(f, ru...)
	}
	r.said(fmt.Sprintf(format, en...), text)
}

type headcount int

// AssumptionsIn returns the assumptions in the language "ru" or "en".
func (r *Report) AssumptionsIn(lang string) []string { return measure.TextsIn(lang, r.doubts) }

var russian = map[string]string{
	"All %d cases of the log begin at one moment, so nothing is known of the time between arrivals: one a day is assumed.":                                                                                                                                                                            "Все дела журнала (%d) начинаются в один момент, поэтому о времени между поступлениями ничего не известно: принято одно дело в день.",
	"Cases arrive in the hours of the week that hold %.1f %% of %d arrivals; the time between two is counted in these hours.":                                                                                                                                                                         "Дела поступают в часы недели, на которые приходится %.1f %% поступлений (всего %d); время между поступлениями считается в этих часах.",
	"The time between arrivals is drawn from the %d of the log, each independent of the one before: seasons and days of rush are not repeated.":                                                                                                                                                       "Время между поступлениями берётся из %d значений журнала независимо друг от друга: сезоны и дни наплыва не повторяются.",
	"Pool %s has %s more than were seen at once: with fewer its queue alone was longer than the waiting of the log.":                                                                                                                                                                                  "В группе %s на %s больше, чем работало одновременно: при меньшем числе одна её очередь длиннее, чем ожидание в журнале.",
	"The delays are calibrated by simulation (rounds: %d) until the mean waiting of each step, delay and queue together, is that of the log within 5 %% of its stage.":                                                                                                                                "Задержки подобраны расчётом (кругов: %d) так, чтобы среднее ожидание каждого шага, вместе с очередью, совпало с журналом с точностью до 5 %% этапа.",
	"The stages of one case hang together: with a correlation of %.2f (one-factor Gaussian copula) the drawn lead times come closest to those of %d cases, mean difference of the quantiles by a factor of %.2f instead of %.2f without.":                                                             "Длительности этапов одного дела связаны: при корреляции %.2f (однофакторная гауссова копула) расчётное время ближе всего к времени %d дел, квантили отличаются в среднем в %.2f раза вместо %.2f без неё.",
	"The order of the steps is simulated by which step follows which (%d pairs), for drawn cases then have %.0f %% of the triples of steps otherwise than the log, with the mined tree %.0f %%: what comes next depends on the last step alone.":                                                      "Порядок шагов рассчитывается по тому, какой шаг за каким следует (пар: %d): тогда у расчётных дел %.0f %% троек шагов иные, чем в журнале, а по найденному дереву — %.0f %%. Следующий шаг зависит только от предыдущего.",
	"Arrivals follow the hours of the week: weights from %d arrivals, each hour's own count and that of its day and hour of the day taken together by half.":                                                                                                                                          "Поступления следуют часам недели: веса по %d поступлениям, поровну от числа в самом часе и от дня и времени суток вместе.",
	"Of the last %d arrivals the cases that were still open are missing, so that fewer seem to come (%.0f %% of the rate before): the rate is that of the %d before.":                                                                                                                                 "Среди последних поступлений (%d) не хватает дел, которые ещё не закончены, поэтому кажется, что их стало меньше (%.0f %% прежней частоты): частота взята по %d предыдущим.",
	"Delays pass by the wall clock: in the hours of the pools simulated times are farther from the log (%.2f to %.2f).":                                                                                                                                                                               "Задержки идут по календарному времени: если считать их в рабочих часах групп, расчётные времена дальше от журнала (%.2f против %.2f).",
	"Delays pass in the hours of the pools: by the wall clock simulated times are farther from the log (%.2f to %.2f).":                                                                                                                                                                               "Задержки идут в рабочие часы групп: по календарному времени расчётные времена дальше от журнала (%.2f против %.2f).",
	"In pool %s people have several things at hand for %.0f %% of the time they work (%d at most counts): the time of each is its even part.":                                                                                                                                                         "В группе %s исполнители %.0f %% рабочего времени ведут несколько дел сразу (учтено до %d): время каждого — его равная доля.",
	"“%s” is done in batches: %.0f %% of them begin on one weekday in one hour, which is simulated as its moment.":                                                                                                                                                                                    "«%s» делается пакетами: %.0f %% из них начинаются в один день недели и час, он и взят в расчёт.",
	"“%s” is done in batches: %.0f %% of them begin in one hour of the day, which is simulated as its moment on working days.":                                                                                                                                                                        "«%s» делается пакетами: %.0f %% из них начинаются в один час дня, он взят в расчёт по рабочим дням.",
	"“%s” is done in batches, %d of %d instances, mostly %d at a time: that number is waited for.":                                                                                                                                                                                                    "«%s» делается пакетами (%d действий из %d), обычно по %d: столько и ожидается.",
	"%d splits of the model are reached by no case that follows it; their branches are taken alike.":                                                                                                                                                                                                  "Развилок модели, до которых не доходит ни одно следующее ей дело: %d; их ветви считаются равновероятными.",
	"%d of %d activity instances name nobody who did them.":                                                                                                                                                                                                                                           "Исполнитель не записан у %d действий из %d.",
	"So there are no pools of people: every step is a delay, and a person more changes nothing.":                                                                                                                                                                                                      "Поэтому групп исполнителей нет: каждый шаг — задержка, и ещё один человек ничего не меняет.",
	"%d pools group the activities whose performers are alike (cosine of who did what at least %.1f). Somebody who works in several is counted in each.":                                                                                                                                              "Групп исполнителей: %d; в группу входят действия с похожим составом исполнителей (косинус не меньше %.1f). Кто работает в нескольких, учтён в каждой.",
	"Pool %s (%s) works round the clock: %d times of the log show no shorter hours.":                                                                                                                                                                                                                  "Группа %s (%s) работает круглосуточно: по %d отметкам времени более коротких часов не видно.",
	"Pool %s (%s) works in the hours of the week that hold %.1f %% of its %d starts and completions; no holidays are assumed.":                                                                                                                                                                        "Группа %s (%s) работает в часы недели, на которые приходится %.1f %% её начал и завершений (всего %d); праздники не учтены.",
	"%d started and %d aborted activity instances were never completed and are left out.":                                                                                                                                                                                                             "Начаты и не завершены %d действий, прерваны %d; они не учтены.",
	"%d of %d cases have no completed activity instance and are left out.":                                                                                                                                                                                                                            "Дел без завершённых действий: %d из %d; они не учтены.",
	"%d activity instances start after their completion; they are taken to take no time.":                                                                                                                                                                                                             "Действий, начало которых позже завершения: %d; их длительность принята нулевой.",
	"Hours of the day are read at %s: %d of %d events carry that offset. A log names no time zone, so summer time is not known.":                                                                                                                                                                      "Время суток считается по %s: с таким смещением записаны %d событий из %d. Часового пояса журнал не называет, поэтому о летнем времени ничего не известно.",
	"%d of %d activity instances start before the one before them in their case completes (%.0f %%): of their processing only what comes after is counted, or the lead time would come out too long.":                                                                                                 "%d действий из %d начинаются раньше, чем завершится предыдущее действие дела (%.0f %%): из их обработки учтено только то, что позже, иначе время протекания вышло бы слишком большим.",
	"%d of %d activity instances lie wholly outside the hours of their pool; their processing is counted by the wall clock.":                                                                                                                                                                          "%d действий из %d целиком лежат вне рабочих часов своей группы; их обработка считается по календарному времени.",
	"%d of %d activity instances have no recorded start, so waiting and work cannot be told apart. An estimate takes as work at most the activity's median of (stage, time since the same person's last completion, 4 h), whichever is least; the rest of the stage is a delay that occupies nobody.": "У %d действий из %d не записано начало, поэтому ожидание и работу не различить. Оценка: работой считается не больше медианы наименьшего из трёх — этапа, времени с прошлого завершения того же исполнителя, 4 ч; остальное — задержка, которая никого не занимает.",
	"Of the waiting before recorded starts %.0f %% was while the one who then did it was at other work or off shift: the simulation makes such waiting by its queues. The rest is a delay whose cause the log does not tell.":                                                                         "Из ожидания до записанных начал %.0f %% пришлось на время, когда исполнитель был занят другим или не на смене: такое ожидание расчёт создаёт очередями. Остальное — задержка, причины которой журнал не называет.",
	"The steps follow each other in nearly any order: the model allows most of them at any time, and says little about the order.":                                                                                                                                                                    "Шаги идут почти в любом порядке: модель допускает большинство из них в любой момент и мало говорит о порядке.",
	"%d of %d cases do not follow the model (noise %g): their branches are not counted, their times are.":                                                                                                                                                                                             "Модели не следуют %d дел из %d (доля шума %g): их ветви не учтены, их длительности учтены.",
	"The model leaves out the steps %s as too rare.": "Модель не содержит шагов %s: они слишком редки.",
	"Whether a step is done once more is drawn anew each time, with the share of the log: how often a case comes back does not depend on how often it did.":                                                                                                          "Повторится ли шаг, решается каждый раз заново с долей по журналу: число возвратов дела не зависит от того, сколько их уже было.",
	"The miner finds steps that go on side by side (blocks: %d), but the times of the log are measured from one completion to the next: there each step is simulated after the other, in the order most often seen, so that the lead time is the sum of its stages.": "Найдены шаги, которые идут одновременно (блоков: %d), но длительности журнала измерены от завершения до завершения: в расчёте такие шаги идут один за другим в самом частом порядке, чтобы время протекания было суммой этапов.",
}

// hows tells in Russian how many work at once.
var hows = map[string]string{
	"active on three days of four at most": "столько работает одновременно в три дня из четырёх, не больше",
	"busy at one moment at most":           "столько занято одновременно, не больше",
}
