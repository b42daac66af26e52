package simulator

import (
	"errors"
	"time"

	"github.com/uprava/uprava/mining/measure"
)

// Config says how long to simulate and with which draws. With Cases and Duration
// both 0 the run covers the days of the model.
type Config struct {
	Seed        uint64
	Replication int
	// Cases counts cases by arrival, over all processes, after Warmup others, or the
	// first that arrive after the time Before.
	// All are followed to their end, while later cases go on arriving so that
	// the load stays; those are in no figure.
	Cases, Warmup int
	// Duration counts, in place of Cases, the cases that arrive within so long
	// after the model's start, less the first Warmup of them, and follows them
	// to their end alike.
	Duration time.Duration
	// Before is simulated ahead of the model's start, so that the start finds
	// work under way. 0 means the model's WarmUpDays where Cases is 0.
	Before time.Duration
	// Antithetic takes 1 − u in place of every uniform draw u.
	Antithetic bool
	// Open are cases that are under way at the model's start, which is then the
	// beginning of the run.
	Open []OpenCase
	// Language of names in figures and logs, "ru" or "en"; "" is "ru".
	Language string
	// Samples keeps the times of every case, which the quantiles need: 8 bytes a
	// case and figure. Without it memory does not grow with the cases.
	Samples bool
	// Observer is told of every case and activity instance, also those before
	// and after the counted ones; nil for none.
	Observer Observer
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	negative := func(name place, bad bool, v any) {
		if bad {
			faults = append(faults, measure.Faultf("%s %v: wanted 0 or more", "%s %v, нужен 0 или больше", name, v))
		}
	}
	negative(place{"cases", "число дел"}, c.Cases < 0, c.Cases)
	negative(place{"warm-up", "начальный период"}, c.Warmup < 0, c.Warmup)
	negative(place{"duration", "длительность"}, c.Duration < 0, c.Duration)
	negative(place{"time before the start", "время до начала"}, c.Before < 0, c.Before)
	negative(place{"replication", "номер прогона"}, c.Replication < 0, c.Replication)
	if c.Cases > 0 && c.Duration > 0 {
		faults = append(faults, measure.Faultf("both cases and a duration are given: wanted one of them", "указаны и число дел, и длительность, нужно что-то одно"))
	}
	if c.Cases > 0 && c.Warmup > 0 && c.Before > 0 {
		faults = append(faults, measure.Faultf("both cases to leave out and a time before the start are given: wanted one of them", "указаны и дела, которые не учитываются, и время до начала, нужно что-то одно"))
	}
	if len(c.Open) > 0 && c.Before > 0 {
		faults = append(faults, measure.Faultf("both open cases and a time before the start are given: wanted one of them", "указаны и дела в работе, и время до начала, нужно что-то одно"))
	}
	if c.Language != "" && c.Language != "ru" && c.Language != "en" {
		faults = append(faults, measure.Faultf("language %q: wanted \"ru\" or \"en\"", "язык «%s», нужен «ru» или «en»", c.Language))
	}
	return errors.Join(faults...)
}

// Observer is told what happens, in the order of the simulation's clock: the
// arrival of a case, each activity instance when it completes, the end of the
// case. What it is handed is overwritten after the call returns.
type Observer interface {
	Arrived(*Case)
	Completed(*Case, *Instance)
	Ended(*Case)
}

// Case is one case, its times since the simulation's beginning (Statistics.Begin).
type Case struct {
	Process   int           // position in Program.Processes
	Number    int           // by arrival within the process, from 0
	Counted   bool          // it is in the figures
	Arrival   time.Duration // firing of the start event
	Due       time.Duration // first moment at which it is overdue; Never without a limit
	Requested time.Duration // milestones passed; Never while they are not
	Delivered time.Duration
	End       time.Duration // when its last token ended; Never while it goes on
	Abandoned bool          // it ended by giving up, by being turned away, or by an error
	Suspended time.Duration // for which its legal clock stood still
	Cost      float64       // roubles, of its work and its tasks
	// Values are those of its attributes, in the order of the process, and what its
	// rules count: a number, or the position of the value.
	Values []float64
	// Waiting is the sum over its activity instances of start − enabled,
	// Processing that of their working time, Labour the part of it that people did.
	Waiting, Processing, Labour time.Duration
	// Touched is the time in which at least one person worked at it.
	Touched time.Duration
}

// Instance is one completed activity instance, on the same clock.
type Instance struct {
	Activity     int // position in Program.Activities
	Pool, Member int // positions, −1 where nobody was needed
	Enabled      time.Duration
	// Offered is when it came to the queue of its pools, after delays, releases and
	// moments of batches; Start where it needs nobody or is done together with others.
	Offered  time.Duration
	Start    time.Duration
	Complete time.Duration
	Work     time.Duration // in the calendar of who did it
}

// Never is the time of what does not happen.
const Never = never
