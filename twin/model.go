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

	"github.com/uprava/uprava/mining/calendar"
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
	Elements   []*Element `json:"-"` // all that is not simulated, by kind and identifier
	// Trust is what a back-test said of the model, in words; "" where there was none.
	// It is not written.
	Trust string `json:"-"`
	// Assumed is what a fit took for granted, in sentences, which Trust does not vouch
	// for. It is not written.
	Assumed []Text `json:"-"`
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
	Edges  []Edge `json:"-"` // beside Parent
}

// Calendar is when people work: weekly intervals, and whether the Russian
// production calendar moves and shortens days. A calendar without intervals is
// open round the clock.
type Calendar struct {
	ID         string
	Name       Text
	Week       []Interval
	Production bool              // holidays, moved and short days of the production calendar apply
	Off        []calendar.Period // closed whatever the week says
}

// Config returns the calendar as mining reckons with it, in the time zone of the twin.
func (c *Calendar) Config(loc *time.Location) calendar.Config {
	cfg := calendar.Config{Location: loc, Decrees: true, Off: c.Off}
	if c.Production {
		cfg.Production = calendar.Russia()
	}
	for _, w := range c.Week {
		cfg.Week = append(cfg.Week, calendar.Interval{From: w.From, To: w.To, Begin: w.Begin, End: w.End})
	}
	if len(cfg.Week) == 0 {
		cfg.Week = []calendar.Interval{{From: time.Sunday, To: time.Saturday, End: 24 * time.Hour}}
	}
	return cfg
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
	// Preempt: work of a higher priority interrupts the least urgent that is being
	// done, which goes on later where it stopped.
	Preempt bool
	// AtOnce is how many items one person has at once, sharing their time evenly
	// among them; 0 means one, Unlimited any number.
	AtOnce   int
	OffShift OffShift
	// CostPerHour in roubles, 0 where not known.
	CostPerHour float64
	Provenance  Provenance
}

// Headcount returns the number of people in the pools.
func (m *Model) Headcount() int {
	n := 0
	for _, p := range m.Pools {
		if len(p.Members) > 0 {
			n += len(p.Members)
		} else {
			n += p.Size
		}
	}
	return n
}

// Unlimited as Pool.AtOnce sets no limit.
const Unlimited = -1

// Member is one person of a pool. A person who is a member of several pools, by
// the same identifier, works for all of them; hours, absence, pace and skills may
// be said in any one of them.
type Member struct {
	ID       string
	Calendar string            // "" for the pool's
	Absent   []calendar.Period // leave, illness, training
	// Efficiency is the pace of this person: 2 takes half the time; 0 means 1.
	Efficiency float64
	Skills     map[string]int // level of competency by skill
}

// Queue is the order in which a pool takes up waiting work.
type Queue string

// The queue disciplines. Ties are served in order of arrival.
const (
	FIFO        Queue = "fifo"         // first come, first served; the zero value means this
	EarliestDue Queue = "earliest-due" // by the due date of the case
	Shortest    Queue = "shortest"     // by the processing time that the item will take
	MostUrgent  Queue = "priority"     // by the priority of task and case, the greater first
)

// OffShift is what becomes of begun work when the hours of who does it end.
type OffShift string

// The ways to end a shift.
const (
	Pause   OffShift = "pause"     // it waits for the same person's next hours; the zero value means this
	Finish  OffShift = "finish"    // it is finished after hours
	HandOn  OffShift = "hand-over" // it goes back to the queue, and who takes it goes on where it stopped
	FitOnly OffShift = "fit"       // it is begun only if it can be finished before the hours end
)

// Provenance says where a number comes from.
type Provenance struct {
	Kind   string // mined, law, assumption, brief
	Source string // log and period, article and edition, or author
	N      int    // observations behind a mined number
	// Reason says in a sentence why the number is what it is.
	Reason Text
}
