package twin

import (
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
)

// Process is one process of the twin: its diagram and the parameters to run it.
type Process struct {
	ID      string
	Name    Text
	Unit    string // owner
	About   About  `json:"-"`
	Diagram *bpmn.Process
	// Collaboration and Causes stand beside the process in its document.
	Collaboration *bpmn.Collaboration
	Causes        []*bpmn.Cause
	Layout        *bpmn.Diagram   // nil where the diagram has no coordinates
	Labels        map[string]Text // by identifier of a node or a flow: the name in both languages
	Arrivals      Arrivals
	Tasks         map[string]Task    // by identifier of the task, event, sub-process or call activity
	Branches      map[string]float64 // by identifier of the flow out of a splitting gateway
	// Decay multiplies, by identifier of the flow, its share once more each time
	// the case comes to the gateway again: a rework that grows rarer.
	Decay map[string]float64
	// Rules decide, by identifier of the flow, in place of shares: the first flow
	// whose rule holds is taken, of an inclusive gateway all of them.
	Rules      map[string]Rule
	Attributes []Attribute // of a case, drawn at its arrival
	Priorities []Priority  // of cases; the first whose rule holds
	// MostAtOnce is how many cases are let in at once, others wait at the entry;
	// 0 for no such gate.
	MostAtOnce int
	Limit      *Limit // legal limit of the case, nil where there is none
	// DeliveredBy is the node whose completion ends the lead time; "" for the
	// end of the case. RequestedBy is the node whose completion starts it, ""
	// for the arrival.
	RequestedBy, DeliveredBy string
	Edges                    []Edge `json:"-"` // to what it uses, produces, is measured by
	// LeadTime says how the lead time is counted; the zero value: by the wall clock.
	LeadTime Span
	// StageCorrelation says how much the times of the steps of one case hang
	// together, 0 (not at all, as when left out) to below 1: the correlation of
	// their normal scores in a one-factor Gaussian copula. It leaves the law of
	// every step as it is and makes slow cases slow in all of them.
	StageCorrelation float64
	// Provenance of the branches, by identifier of the flow, and of the
	// correlation by "stage-correlation".
	Provenance map[string]Provenance
}

// About is what the passport of a process says of it in words; the rest of the passport
// follows from the edges, see Model.Passport.
type About struct {
	Category Category `json:"category,omitempty"`
	Purpose  Text     `json:"purpose"`     // why the process exists
	Client   Text     `json:"client"`      // for whom it works
	Starts   Text     `json:"starts_with"` // the event that begins it
	Ends     Text     `json:"ends_with"`   // the event that ends it
}

// Category is the place of a process in the register of processes.
type Category string

// The categories. Main processes serve citizens and bodies, managing ones direct the
// administration, supporting ones keep both going; "" where nobody has said.
const (
	Main       Category = "main"
	Managing   Category = "managing"
	Supporting Category = "supporting"
)

// Categories are all of them, in the order of a register.
var Categories = []Category{Main, Managing, Supporting}

// Span is how a time is counted: in working hours or working days of Calendar, a day
// being the hours that the calendar gives it, or by the wall clock ("").
type Span struct{ Unit, Calendar string }

// Attribute is a property of cases: a text with the shares of its values, or a
// number with its law.
type Attribute struct {
	ID     string
	Name   Text
	Shares map[string]float64 // by value
	Number Distribution       // of plain numbers, not of seconds
}

// Rule is a condition on a case: it holds where all conditions of any of its lines
// do. A rule without lines always holds.
type Rule [][]Condition

// Condition asks one thing of a case: that an attribute is one of the values Is,
// or lies from From to below Below, or that Node has been completed Times times or
// more. Not turns it round.
type Condition struct {
	Attribute   string
	Is          []string
	From, Below *float64
	Node        string
	Times       int
	Not         bool
}

// Priority is that of the cases for which a rule holds; greater is more urgent.
type Priority struct {
	When  Rule
	Level int
}

// Arrivals says when cases come. A process that only messages of others begin
// has none: the zero value.
type Arrivals struct {
	Between  Distribution // time between two arrivals, inside Calendar
	Calendar string       // cases arrive only while it is open; "" for always
	// OnWallClock: Between runs on while the calendar is closed, and a case that
	// would come then comes at the next opening (Prosimos). Otherwise Between is
	// open time of the calendar.
	OnWallClock bool
	// Month weighs the rate of arrivals by month, January first, Hours by hour of
	// the week, Sunday 0:00 first; all zero for a constant rate. Weights are
	// relative to their mean, those of the hours to the mean over the open ones.
	Month  [12]float64
	Hours  [168]float64
	Surges []Surge
	// Moments, where given, stand in place of Between: a case comes at each, such
	// as a report every Monday.
	Moments    *Batch
	Provenance Provenance
}

// Surge multiplies the rate of arrivals in a period.
type Surge struct {
	calendar.Period
	Factor float64
}

// Task is how a task, a timer or a message event is carried out.
type Task struct {
	// Pools that can do it, "" none: then it is a delay that needs nobody.
	// Several pools share the work: the first one free takes it.
	Pools []string
	// Time is the processing time in the calendar of who does it, or the length
	// of the delay in Calendar.
	Time     Distribution
	Calendar string // of a delay: "" for the wall clock
	// Delay passes before the work is offered to its pools, in DelayCalendar ("" for
	// the wall clock) and without occupying anybody: waiting whose cause lies outside
	// the model. Its law may be left out.
	Delay         Distribution
	DelayCalendar string
	// ByPool overrides Time for single pools or members.
	ByPool map[string]Distribution
	// Batch collects cases: until the signing day, until they are ten.
	Batch *Batch
	// NotBefore is the number of working days before the control date before
	// which the task is not taken up; nil where it is taken up at once.
	NotBefore *Release
	// Skill is what a person must have, at Level or above; "" for nothing.
	Skill string
	Level int
	// Priority of the work, added to that of the case.
	Priority int
	// SetUp comes before the work of a person who did another activity before.
	SetUp Distribution
	// Patience is how long an item waits to be begun before its case is
	// abandoned, Room how many may wait, one more being turned away, which
	// abandons its case: no law and nil for no such limit.
	Patience Distribution
	Room     *int
	// Suspends: the legal clock of the case stands still while it is here.
	Suspends bool
	// AtLeast is the time that law gives the step at the least, delay and all; nil for
	// none. No lever may shorten it, or take the step out.
	AtLeast *Minimum
	// Cost in roubles of one execution, beside that of who works at it.
	Cost float64
	// Repeat says how often an activity that the diagram repeats is done.
	Repeat     *Repeat
	Provenance Provenance
}

// Minimum is a time below which a step may not come.
type Minimum struct {
	Seconds  float64
	Citation Text
}

// Repeat is the parameters of a loop, or of several instances.
type Repeat struct {
	// Instances are the shares of cases by their number of instances; Attribute
	// names the attribute of the case that holds the number instead.
	Instances map[int]float64
	Attribute string
	// Enough instances completed end the others; 0 for all.
	Enough int
	// Again is the probability of another round of a loop, which Decay multiplies
	// with each round; Decay 0 means 1. Most rounds are done at most; 0 for no limit.
	Again, Decay float64
	Most         int
}

// Batch collects cases. With Days it lets go at set moments of the week, with Size
// when so many wait, with Wait when the first has waited so long; of several, at
// whatever comes first. Batches of Size are counted over all cases of the task.
type Batch struct {
	Days     []time.Weekday
	At       time.Duration // since midnight
	Calendar string        // a moment on a day off moves to the next working day
	Size     int           // 0 for no such number
	Wait     float64       // seconds on the wall clock; 0 for no limit
	// Together: one person does the whole batch as one piece of work, whose time
	// is the sum of the times of its cases times Factor; Factor 0 means 1.
	Together bool
	Factor   float64
	// OutOfTurn lets a case through before the moment, once its control date is
	// that near: the file that is carried to the signature by hand. nil where
	// every case waits for the moment.
	OutOfTurn  *Release
	Provenance Provenance
}

// Release is a rule by which work is left until a date comes near.
type Release struct {
	// WorkingDays of Calendar before the internal control date of the case,
	// which is its due date less Limit.ControlDays.
	WorkingDays float64
	Calendar    string
	Provenance  Provenance
}

// Limit is the time within which a case must be delivered: from its arrival, or from
// the completion of RequestedBy where the process names it.
type Limit struct {
	Days     int
	Unit     string // "calendar-day" or "working-day"
	Calendar string // for working days and for the roll-over
	// RollForward moves a term that ends on a day off to the next working day.
	RollForward bool
	// ControlDays are the calendar days by which the body's own control date
	// lies before the legal due date; 0 where they are the same day.
	ControlDays int
	// Rule is the term of law (mining/legal, `uprava clock`) by whose editions cases are
	// judged, Words the nodes that its words mean; "" where there is none.
	Rule  string            `json:"-"`
	Words map[string]string `json:"-"`
	// Others are lawful limits that hold for some cases instead.
	Others     []OtherLimit
	Citation   Text
	Provenance Provenance
}

// OtherLimit is another lawful limit: of the cases that come to a node, from
// then on, or of a share of the cases, drawn at their arrival.
type OtherLimit struct {
	Share    float64 // ignored where Node is named
	Node     string  // identifier of the node that a case reaches to have it
	Days     int
	Citation Text
}
