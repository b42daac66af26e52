package match

import "github.com/uprava/uprava/mining/measure"

// Text is a text in the two languages of the interface.
type Text struct {
	EN string `json:"en"`
	RU string `json:"ru"`
}

// In returns the text in "ru" or "en"; where it is not told in one, the other.
func (t Text) In(lang string) string {
	if lang == "ru" && t.RU != "" || t.EN == "" {
		return t.RU
	}
	return t.EN
}

// Empty reports whether nothing is told.
func (t Text) Empty() bool { return t.EN == "" && t.RU == "" }

// Doubt returns the text as a warning.
func (t Text) Doubt() *measure.Doubt { return &measure.Doubt{EN: t.In("en"), RU: t.In("ru")} }

// Event says which rows of a log are meant.
type Event struct {
	Activities []string // any of them
	// Lifecycle is the transition meant, as spelt by XES and without regard to
	// case. "", like "complete", means the row of a completed activity; "start"
	// and "schedule" also the start and the enablement that an activity instance
	// holds; "any" every row.
	Lifecycle string
	Where     []Condition // all of them, on the event's attributes
}

// Op is how a condition compares.
type Op string

// The comparisons, by their key in the files. Is and OneOf mean equal to any of
// the values; IsNot and NoneOf to none. The orders hold for numbers and times.
const (
	Is       Op = "is"
	IsNot    Op = "is-not"
	OneOf    Op = "one-of"
	NoneOf   Op = "none-of"
	AtLeast  Op = "at-least"
	AtMost   Op = "at-most"
	MoreThan Op = "more-than"
	LessThan Op = "less-than"
	Present  Op = "present"
)

// Condition is a comparison of an attribute with values. Of a case: an attribute
// of the case. Of an event: an attribute of it, or concept:name, org:resource,
// org:group, lifecycle:transition.
type Condition struct {
	Attribute string
	Op        Op
	Values    []string // of Present: "true" or "false"
}

// Truth is what a condition says: the attribute may be missing.
type Truth uint8

// The three answers.
const (
	No Truth = iota
	Yes
	Unknown
)
