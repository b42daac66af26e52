package measure

import (
	"math"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// nouns names the units of time and money in one language, by the plural form that the
// number asks for.
type nouns map[Unit]map[plural.Form]string

// The forms of Russian (CLDR): one 1, 21; few 2…4, 22…24; many 0, 5…20; other,
// for fractions, the genitive singular: 5,4 рабочего дня.
var russian = nouns{
	Second:      forms("секунда", "секунды", "секунд", "секунды"),
	Minute:      forms("минута", "минуты", "минут", "минуты"),
	Hour:        forms("час", "часа", "часов", "часа"),
	CalendarDay: forms("день", "дня", "дней", "дня"),
	WorkingHour: forms("рабочий час", "рабочих часа", "рабочих часов", "рабочего часа"),
	WorkingDay:  forms("рабочий день", "рабочих дня", "рабочих дней", "рабочего дня"),
	Rouble:      forms("рубль", "рубля", "рублей", "рубля"),
}

var english = nouns{
	Second:      forms("second", "seconds", "seconds", "seconds"),
	Minute:      forms("minute", "minutes", "minutes", "minutes"),
	Hour:        forms("hour", "hours", "hours", "hours"),
	CalendarDay: forms("day", "days", "days", "days"),
	WorkingHour: forms("working hour", "working hours", "working hours", "working hours"),
	WorkingDay:  forms("working day", "working days", "working days", "working days"),
	Rouble:      forms("rouble", "roubles", "roubles", "roubles"),
}

func forms(one, few, many, other string) map[plural.Form]string {
	return map[plural.Form]string{plural.One: one, plural.Few: few, plural.Many: many, plural.Other: other}
}

// Unknown is how a figure that cannot be told is written.
const Unknown = "—"

const noBreak = "\u00a0"

// Format returns x, a figure in unit u, as people read it in Russian or, for any
// other language, English: "5.4 days", «5,4 дня», «2 рабочих дня», "4.2%". One
// decimal below 100, none where it would be 0 or from 100 on. A no-break space
// stands before the unit. Unknown for what is no finite number.
func Format(lang language.Tag, x float64, u Unit) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Unknown
	}
	tag, names := language.English, english
	if base, _ := lang.Base(); base.String() == "ru" {
		tag, names = language.Russian, russian
	}
	if u == Share {
		x *= 100
	}
	tenths := math.Round(x * 10)
	if math.Abs(x) >= 99.95 {
		tenths = math.Round(x) * 10
	}
	if tenths == 0 {
		tenths = 0 // and not −0
	}
	text := message.NewPrinter(tag).Sprint(number.Decimal(tenths/10, number.MaxFractionDigits(1)))
	switch u {
	case Share:
		if tag == language.Russian {
			return text + noBreak + "%"
		}
		return text + "%"
	case Count:
		return text
	}
	noun, ok := names[u]
	if !ok {
		return text + noBreak + string(u)
	}
	return text + noBreak + noun[form(tag, math.Abs(tenths))]
}

// form returns the plural form of a number given in tenths.
func form(tag language.Tag, tenths float64) plural.Form {
	whole := int(math.Mod(math.Floor(tenths/10), 1e6)) // the last digits decide
	if tenths >= 1e7 && whole < 1e5 {
		whole += 1e6 // 1,000,001 is not one
	}
	digit := int(math.Mod(tenths, 10))
	decimals := 0
	if digit > 0 {
		decimals = 1
	}
	return plural.Cardinal.MatchPlural(tag, whole, decimals, decimals, digit, digit)
}

// Readable returns the unit of the wall clock in which a duration, given in
// seconds, reads best: days from two days on, hours from two hours on, minutes
// from two minutes on.
func Readable(s float64) Unit {
	for _, u := range [...]Unit{CalendarDay, Hour, Minute} {
		if math.Abs(s) >= 2*seconds[u] {
			return u
		}
	}
	return Second
}

// FormatSeconds returns a duration, given in seconds of the wall clock, in the
// unit that Readable gives.
func FormatSeconds(lang language.Tag, s float64) string {
	u := Readable(s)
	return Format(lang, s/seconds[u], u)
}
