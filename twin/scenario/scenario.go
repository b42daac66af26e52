// Package scenario holds a to-be change of a twin as data: a list of levers,
// each of which changes one thing. A scenario is a YAML file, or a line of text
// per lever; applied to a model it returns a changed copy.
//
//	FILE.yaml ─▶ Read ─┐
//	"step:T06*0.5" ─▶ ParseLever ─▶ Scenario ─▶ Apply ─▶ changed copy ─▶ simulator
//
// What a lever names must exist: otherwise the error lists what does.
package scenario

import (
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin"
)

// Scenario is a set of levers under one name.
type Scenario struct {
	ID     string
	Name   twin.Text
	Reason twin.Text // why it is believable, for the evidence beside a result
	Levers []Lever
}

// Kind is what a lever changes.
type Kind string

// The kinds of lever; the target of each is named beside it.
const (
	Step     Kind = "step"     // node: Scale of a task or delay and of the delay before it, or Time
	Delay    Kind = "delay"    // node: Scale or Time of the wait before its work is offered to people
	Remove   Kind = "remove"   // node: it falls away, what came before leads on to what came after
	Automate Kind = "automate" // node: nobody is needed any more, and it takes Time, without a delay before it
	Branch   Kind = "branch"   // flow out of a gateway: its Share; the other flows keep their proportions
	Batch    Kind = "batch"    // node: Days and At of its moments; none where Days is empty
	Pool     Kind = "pool"     // pool: Change in the number of people, or Size
	Release  Kind = "release"  // node: not taken up before WorkingDays ahead of the control date; nil: at once
	Control  Kind = "control"  // process: Days of the control date before the due date
	Arrivals Kind = "arrivals" // process: Scale of the rate at which cases come
	Surge    Kind = "surge"    // process: Scale of that rate within Period
	Gate     Kind = "gate"     // process: Size, the cases let in at once; others wait at the entry
	Parallel Kind = "parallel" // node: the steps from it to Until, one after the other now, go on side by side
	Priority Kind = "priority" // node: Change of the priority of its work
	Rule     Kind = "rule"     // flow out of a gateway: taken When the rule holds, in place of its share
	Calendar Kind = "calendar" // pool: its hours become those of the calendar To
	Order    Kind = "queue"    // pool: To is the order in which it takes up work
	Skill    Kind = "skill"    // member of a pool: has the skill To from now on, at Level
)

var kinds = []string{string(Step), string(Delay), string(Remove), string(Automate), string(Branch), string(Batch), string(Pool), string(Release), string(Control),
	string(Arrivals), string(Surge), string(Gate), string(Parallel), string(Priority), string(Rule), string(Calendar), string(Order), string(Skill)}

// Lever is one change. Which fields count depends on the kind; see the constants.
type Lever struct {
	Kind Kind
	// Target is an identifier, or the name of a node in either language. Process
	// says in which process it stands; "" where only one has it.
	Target, Process string

	Scale       float64            // of Step, Delay, Arrivals and Surge; 0 where not given
	Time        *twin.Distribution // of Step, Delay and Automate
	Share       float64            // of Branch
	Days        []time.Weekday     // of Batch
	At          time.Duration      // of Batch, since midnight; 0 keeps what was
	Change      int                // of Pool and Priority
	Size        int                // of Pool, 0 where Change counts; of Gate
	WorkingDays *float64           // of Release
	ControlDays int                // of Control
	Period      calendar.Period    // of Surge
	Until       string             // of Parallel: the last of the steps
	To          string             // of Calendar, Order and Skill
	Level       int                // of Skill, at least 1
	When        twin.Rule          // of Rule
	Provenance  twin.Provenance
}

// String returns the lever in the form that ParseLever reads, as far as that
// form goes: a law of durations other than a fixed one is given by its name.
func (l Lever) String() string {
	target := l.Target
	if l.Process != "" {
		target = l.Process + "/" + target
	}
	s := string(l.Kind) + ":" + target
	switch l.Kind {
	case Step, Delay, Automate, Arrivals:
		if l.Time != nil {
			return s + "=" + duration(*l.Time)
		}
		if l.Scale != 0 {
			return s + "*" + number(l.Scale)
		}
	case Branch:
		return s + "=" + number(l.Share)
	case Batch:
		return s + "=" + moments(l.Days, l.At)
	case Surge:
		return fmt.Sprintf("%s=%s*%s", s, l.Period, number(l.Scale))
	case Gate:
		return fmt.Sprintf("%s=%d", s, l.Size)
	case Parallel:
		return s + ".." + l.Until
	case Calendar, Order:
		return s + "=" + l.To
	case Skill:
		if l.Level > 1 {
			return fmt.Sprintf("%s=%s %d", s, l.To, l.Level)
		}
		return s + "=" + l.To
	case Priority:
		return fmt.Sprintf("%s%+d", s, l.Change)
	case Pool:
		if l.Size != 0 {
			return fmt.Sprintf("%s=%d", s, l.Size)
		}
		return fmt.Sprintf("%s%+d", s, l.Change)
	case Release:
		if l.WorkingDays == nil {
			return s + "=at-once"
		}
		return s + "=" + number(*l.WorkingDays)
	case Control:
		return fmt.Sprintf("%s=%d", s, l.ControlDays)
	}
	return s
}

// Join returns one scenario with the levers of all, in their order.
func Join(all ...*Scenario) *Scenario {
	joint := &Scenario{}
	for i, s := range all {
		if i > 0 {
			joint.ID += "+"
			joint.Name.RU += " + "
			joint.Name.EN += " + "
		}
		joint.ID += s.ID
		joint.Name.RU += s.Name.In("ru")
		joint.Name.EN += s.Name.In("en")
		joint.Levers = append(joint.Levers, s.Levers...)
	}
	return joint
}
