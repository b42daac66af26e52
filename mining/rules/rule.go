package rules

import (
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/match"
)

// Kind says what a rule asks.
type Kind string

// The kinds. A and B stand for First and Then of the ordered kinds.
const (
	Precedence      Kind = "precedence"       // before each B there is an A
	Response        Kind = "response"         // after each A there is a B
	Succession      Kind = "succession"       // both
	ChainPrecedence Kind = "chain-precedence" // directly before each B there is an A
	ChainResponse   Kind = "chain-response"   // directly after each A there is a B
	Absence         Kind = "absence"          // Event does not happen: at all, after After, before Before
	Count           Kind = "count"            // Event happens at least and at most so often
	Exclusive       Kind = "exclusive"        // not both One and Other
	FourEyes        Kind = "four-eyes"        // no resource does both One and Other
	SameResource    Kind = "same-resource"    // one resource does all of One and Other
	WhoMay          Kind = "who-may"          // Event is done only by these resources, units, roles
	Condition       Kind = "condition"        // Require holds of each Event, or of the case
	Deadline        Kind = "deadline"         // the case keeps a term of law
)

// Severity is how much a violation weighs.
type Severity string

// The severities.
const (
	Low    Severity = "low"
	Medium Severity = "medium"
	High   Severity = "high"
)

// Set is a file of rules.
type Set struct {
	// CaseEnds are the events that end a case; a case without one is open and may
	// yet keep a rule that waits for something. Nil: no case is taken for open.
	CaseEnds []match.Event
	Rules    []*Rule
}

// Rule is one rule. Which fields count depends on its kind.
type Rule struct {
	ID              string
	Title, Citation match.Text
	Severity        Severity
	Kind            Kind
	When            []match.Condition // the cases that it applies to
	WhenEvent       []match.Event     // of them, those in which some of these happened
	// Accept: names that the log does not hold are meant so, and the rule is
	// checked all the same.
	Accept bool

	First, Then   []match.Event // of the ordered kinds
	One, Other    []match.Event // of exclusive, four-eyes, same-resource
	Event         []match.Event // of absence, count, who-may, condition
	After, Before []match.Event // of absence
	Within        *legal.Term   // between A and B, counted from the day after A in units of days
	// Same are event attributes whose values must agree for two events to belong
	// together: the review of this document, the answer to this request.
	Same                    []string
	AtLeast, AtMost         int // of count; AtMost −1 for without bound
	Resources, Units, Roles []string
	Require                 []match.Condition

	Clock *legal.Rule // of deadline, its words bound to the log's
}
