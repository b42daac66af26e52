package filter

import "strings"

// testKind says how a test is written.
type testKind struct {
	rows, cases bool // where it may stand
	least, most int  // number of arguments
	compares    uint // bit k: with values of ValueKind k
	only        Op   // the one comparison there is; Holds for any
	usage       string
}

const many = 1000

const (
	durations = 1<<Duration | 1<<Quantile
	times     = 1 << Period
	anything  = 1<<Text | 1<<Number | 1<<Boolean | 1<<Period
)

// tests are all tests by name.
var tests = map[string]testKind{
	"has":        {cases: true, least: 1, most: many, usage: `has("A", …)`},
	"starts":     {cases: true, least: 1, most: many, usage: `starts("A", …)`},
	"ends":       {cases: true, least: 1, most: many, usage: `ends("A", …)`},
	"path":       {cases: true, least: 2, most: many, usage: `path("A", "B", …)`},
	"eventually": {cases: true, least: 2, most: many, usage: `eventually("A", "B", …)`},
	"rework":     {cases: true, least: 0, most: many, usage: `rework or rework("A", …)`},
	"open":       {cases: true, least: 1, most: many, usage: `open("A", …), with the activities that end a case`},
	"id":         {cases: true, least: 1, most: many, usage: `id("case", …)`},
	"activity":   {rows: true, least: 1, most: many, usage: `activity("A", …)`},
	"resource":   {rows: true, cases: true, least: 1, most: many, usage: `resource("name", …)`},
	"unit":       {rows: true, cases: true, least: 1, most: many, usage: `unit("name", …)`},

	"variant":    {cases: true, compares: 1 << Number, usage: "variant in 1..10, variant = 3"},
	"variants":   {cases: true, compares: 1 << Share, only: AtMost, usage: "variants <= 80%"},
	"events":     {cases: true, compares: 1 << Number, usage: "events >= 5"},
	"count":      {cases: true, least: 1, most: many, compares: 1 << Number, usage: `count("A") >= 2`},
	"lead_time":  {cases: true, most: 2, compares: durations, usage: `lead_time > 30d, lead_time("A", "B") <= 5wd`},
	"gap":        {cases: true, least: 2, most: 2, compares: durations, usage: `gap("A", "B") > 3d`},
	"processing": {cases: true, least: 1, most: many, compares: durations, usage: `processing("A") > 1h`},
	"started":    {cases: true, compares: times, usage: "started in 2019-03, started >= 2019-02-11"},
	"ended":      {cases: true, most: many, compares: times, usage: `ended in 2019-03, ended < 2020, ended("A") in 2019-03`},
	"active":     {cases: true, compares: times, only: In, usage: "active in 2019-03"},
	"within":     {cases: true, compares: times, only: In, usage: "within 2019-01..2019-03"},
	"time":       {rows: true, compares: times, usage: "time in 2019-03, time >= 2019-02-11"},
	"case":       {rows: true, cases: true, least: 1, most: 1, compares: anything, usage: `case("attribute") = "value" (or != < <= > >= in ~ exists)`},
	"event":      {rows: true, cases: true, least: 1, most: 1, compares: anything, usage: `event("attribute") = "value" (or != < <= > >= in ~ exists)`},
}

// values names the values that a test of this kind compares with.
func (k testKind) values() string {
	var words []string
	for kind, word := range [...]string{
		Text: `a text in quotes`, Number: "a number", Boolean: "true or false", Share: "a share such as 80%",
		Duration: "a duration such as 90s, 15min, 2h, 3d or 5wd", Quantile: "a quantile such as p85",
		Period: "a date such as 2019, 2019-03, 2019-03-11 or 2019-03-11T10:00",
	} {
		if k.compares&(1<<kind) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}
