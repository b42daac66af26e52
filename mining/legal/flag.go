package legal

import "github.com/uprava/uprava/mining/match"

// Flag is something in a case that its rule does not provide for.
type Flag struct {
	Kind  string     `json:"kind"`
	Event int        `json:"event"` // position of the event in the case, from 0; −1 for an attribute
	Text  match.Text `json:"text"`
}

type flag struct {
	kind string
	row  int
}

func (r *run) flag(kind string, row int) { r.flags = append(r.flags, flag{kind, row}) }

// The kinds of flags.
const (
	beforeStart        = "before-start"
	startedTwice       = "started-twice"
	resumedUnsuspended = "resumed-without-suspension"
	suspendedTwice     = "suspended-twice"
	suspendedTooLong   = "suspended-too-long"
	suspendedExpired   = "suspended-after-expiry"
	extendedExpired    = "extended-after-expiry"
	extendedTooOften   = "extended-too-often"
	extendedUnasked    = "extended-without-application"
	extendedTooFar     = "extended-too-far"
	extendedUnknown    = "extended-by-unknown"
	unclosedDay        = "last-day-without-closing"
	decreeDiffers      = "decree-days-differ"
	dueMissing         = "due-date-missing"
)

var flagTexts = map[string]match.Text{
	beforeStart: {
		EN: "it comes before the clock started and was not counted",
		RU: "произошло до начала течения срока и не учтено"},
	startedTwice: {
		EN: "the clock was running already; the rule names no restart here",
		RU: "срок уже течёт; начинать его заново норма в этом случае не велит"},
	resumedUnsuspended: {
		EN: "resumed, but nothing had been suspended",
		RU: "возобновление без приостановления"},
	suspendedTwice: {
		EN: "suspended again while suspended; one resumption ends both",
		RU: "приостановлено повторно, пока действует первое приостановление; одно возобновление прекращает оба"},
	suspendedTooLong: {
		EN: "the suspension lasted longer than the rule allows; the clock went on when its most was reached",
		RU: "приостановление длилось дольше допустимого; по истечении предельного срока течение срока продолжено"},
	suspendedExpired: {
		EN: "suspended after the term had expired; the suspension was not counted",
		RU: "приостановлено после истечения срока; приостановление не учтено"},
	extendedExpired: {
		EN: "extended after the term had expired; the extension was refused",
		RU: "продлено после истечения срока; продление не принято"},
	extendedTooOften: {
		EN: "extended more often than the rule allows; the extension was refused",
		RU: "продлено больше раз, чем допускает норма; продление не принято"},
	extendedUnasked: {
		EN: "extended without the application that the rule asks for; the extension was refused",
		RU: "продлено без обращения, которого требует норма; продление не принято"},
	extendedTooFar: {
		EN: "extended by more than the rule allows; only what it allows was counted",
		RU: "продлено на больший срок, чем допускает норма; учтён только допустимый"},
	extendedUnknown: {
		EN: "the decision does not say by how much; the most that the rule allows was counted",
		RU: "в решении не указан срок продления; учтён наибольший допустимый"},
	unclosedDay: {
		EN: "the last day has no office hours; its end was taken at 24:00",
		RU: "в последний день срока нет приёмных часов; окончание принято в 24:00"},
	decreeDiffers: {
		EN: "with the days off by decree of 2020 and 2021 read the other way, the due date differs",
		RU: "при ином учёте нерабочих дней по указам 2020 и 2021 годов срок заканчивается в другой день"},
	dueMissing: {
		EN: "the case holds no due date of its own; the limit of the rule was used",
		RU: "в деле нет установленного документом срока; применён срок по норме"},
}
