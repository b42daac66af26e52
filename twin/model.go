// Package twin is the digital twin of an administration as plain text: units,
// pools of people, calendars, processes with their parameters, and the legal
// limits they are held to. A twin is a folder of small YAML files and BPMN
// models that reads well in a diff; Read and Write turn it into a Model and back.
//
//	folder ─▶ Read ─▶ Model ─▶ Validate ─▶ simulator
//	                    ▲
//	      twin/scenario ┘  a to-be change as data
//	      twin/fit         event log ─▶ Model
//
// Every number of a twin may say where it comes from (Provenance).
package twin

import (
	"time"

	"github.com/uprava/uprava/mining/bpmn"
)

// Text is a name or sentence in both languages of the interface. Where one is
// empty the other stands in.
type Text struct {
	RU string `yaml:"ru,omitempty" json:"ru,omitempty"`
	EN string `yaml:"en,omitempty" json:"en,omitempty"`
}

// In returns the text in the language "ru" or "en".
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" || t.RU == "" {
		return t.EN
	}
	return t.RU
}

// Model is a whole twin. Lists keep the order of their files; identifiers are
// unique within their list.
type Model struct {
	ID       string
	Name     Text
	Notice   Text   // shown on every page and report made from this twin
	TimeZone string // IANA name; calendars and limits are reckoned in it
	// Start is the first day that a simulation of this twin covers, Days how
	// many days it covers unless asked otherwise.
	Start time.Time
	Days  int
	// WarmUpDays are simulated before Start, so that Start finds the offices
	// with work under way, and are left out of every figure.
	WarmUpDays int
	Calendars  []Calendar
	Units      []Unit
	Pools      []Pool
	Processes  []*Process
	// Warnings are the doubts of whoever made the model: what a diagram holds
	// that Uprava does not simulate, what a fit assumed. They are not written.
	Warnings []error

	places map[string]Place // where Read found each part, for Validate
}

// Unit is an organisational unit.
type Unit struct {
	ID     string
	Name   Text
	Parent string // identifier, "" at the top
}

// Calendar is when people work: weekly intervals, and whether the Russian
// production calendar moves and shortens days. A calendar without intervals is
// open round the clock.
type Calendar struct {
	ID         string
	Name       Text
	Week       []Interval
	Production bool // holidays, moved and short days of the production calendar apply
}

// Interval is a half-open stretch [Begin, End) of each day From…To of the week,
// in time since midnight; End may be 24 h.
type Interval struct {
	From, To   time.Weekday // inclusive; From after To wraps over Sunday
	Begin, End time.Duration
}

// Pool is a group of people who can stand in for each other.
type Pool struct {
	ID       string
	Name     Text
	Unit     string
	Calendar string
	Size     int      // number of people; ignored when Members are named
	Members  []Member // pseudonymous people, where each matters
	Queue    Queue
	// CostPerHour in roubles, 0 where not known.
	CostPerHour float64
	Provenance  Provenance
}

// Member is one person of a pool.
type Member struct {
	ID       string
	Calendar string // "" for the pool's
}

// Queue is the order in which a pool takes up waiting work.
type Queue string

// The queue disciplines. Ties are served in order of arrival.
const (
	FIFO        Queue = "fifo"         // first come, first served; the zero value means this
	EarliestDue Queue = "earliest-due" // by the due date of the case
)

// Process is one process of the twin: its diagram and the parameters to run it.
type Process struct {
	ID      string
	Name    Text
	Unit    string // owner
	Diagram *bpmn.Process
	// Collaboration and Causes stand beside the process in its document.
	Collaboration *bpmn.Collaboration
	Causes        []*bpmn.Cause
	Layout        *bpmn.Diagram   // nil where the diagram has no coordinates
	Labels        map[string]Text // by node identifier: the name in both languages
	Arrivals      Arrivals
	Tasks         map[string]Task    // by identifier of the task or event
	Branches      map[string]float64 // by identifier of the flow out of a splitting gateway
	Limit         *Limit             // legal limit of the case, nil where there is none
	// DeliveredBy is the node whose completion ends the lead time; "" for the
	// end of the case. RequestedBy is the node whose completion starts it, ""
	// for the arrival.
	RequestedBy, DeliveredBy string
	// StageCorrelation says how much the times of the steps of one case hang
	// together, 0 (not at all, as when left out) to below 1: the correlation of
	// their normal scores in a one-factor Gaussian copula. It leaves the law of
	// every step as it is and makes slow cases slow in all of them.
	StageCorrelation float64
	// Provenance of the branches, by identifier of the flow, and of the
	// correlation by "stage-correlation".
	Provenance map[string]Provenance
}

// Arrivals says when cases come.
type Arrivals struct {
	Between  Distribution // time between two arrivals, inside Calendar
	Calendar string       // cases arrive only while it is open; "" for always
	// OnWallClock: Between runs on while the calendar is closed, and a case that
	// would come then comes at the next opening (Prosimos). Otherwise Between is
	// open time of the calendar.
	OnWallClock bool
	// Month weighs the rate of arrivals by month, January first; all zero for
	// a constant rate. Weights are relative to their mean.
	Month      [12]float64
	Provenance Provenance
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
	// Delay passes before the work is offered to its pools, on the wall clock and
	// without occupying anybody: waiting whose cause lies outside the model. Its
	// law may be left out.
	Delay Distribution
	// ByPool overrides Time for single pools or members.
	ByPool map[string]Distribution
	// Batch collects cases until its next moment: the signing day.
	Batch *Batch
	// NotBefore is the number of working days before the control date before
	// which the task is not taken up; nil where it is taken up at once.
	NotBefore  *Release
	Provenance Provenance
}

// Batch releases everything that waits at set moments of the week.
type Batch struct {
	Days     []time.Weekday
	At       time.Duration // since midnight
	Calendar string        // a moment on a day off moves to the next working day
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

// Limit is the time within which a case must be delivered.
type Limit struct {
	Days     int
	Unit     string // "calendar-day" or "working-day"
	Calendar string // for working days and for the roll-over
	// RollForward moves a term that ends on a day off to the next working day.
	RollForward bool
	// ControlDays are the calendar days by which the body's own control date
	// lies before the legal due date; 0 where they are the same day.
	ControlDays int
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

// Distribution is a law of durations, in seconds unless the name says otherwise.
type Distribution struct {
	Law string `yaml:"law"` // fixed, exponential, uniform, normal, lognormal, gamma, triangular, empirical
	// Parameters by law: fixed {value}; exponential {mean, min, max}; uniform
	// {min, max}; normal, lognormal, gamma {mean, sd, min, max} where mean and
	// sd are those of the durations themselves; triangular {min, mode, max};
	// max 0 means none.
	Value, Mean, SD, Mode, Min, Max float64
	// Sample of an empirical law, ascending: drawn with equal probability,
	// without interpolation.
	Sample []float64
	// Scale multiplies every draw; 0 means 1. Levers act on it.
	Scale float64
}

// Provenance says where a number comes from.
type Provenance struct {
	Kind   string // mined, law, assumption, brief
	Source string // log and period, article and edition, or author
	N      int    // observations behind a mined number
	// Reason says in a sentence why the number is what it is.
	Reason Text
}
