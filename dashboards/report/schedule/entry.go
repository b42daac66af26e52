package schedule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/mail"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/calendar"
)

// Threshold is the value of Entry.Every of a report that is made when an alert is told.
const Threshold = "threshold"

// Shift says where a day off is moved to.
type Shift string

// The shifts.
const (
	Next     Shift = "next"     // the next working day
	Previous Shift = "previous" // the working day before
	Stay     Shift = "none"     // nowhere
)

// CatchUp says what becomes of reports that were due while nothing ran.
type CatchUp string

// The ways to catch up.
const (
	All    CatchUp = "all"    // each is made
	Latest CatchUp = "latest" // the last one is made, those before it are skipped
	Never  CatchUp = "none"   // all are skipped
)

// Entry is one report that is made again and again.
type Entry struct {
	ID string
	// Of is what the report is about: "executive", "owner:ROLE" or "process:NAME".
	Of string
	// Every is the kind of period after which it is due, or Threshold.
	Every string
	// Period of the report; "" for the kind of Every, or the month of a threshold.
	Period  report.Kind
	On      time.Weekday  // of a weekly report
	Day     int           // of the month after the period, from 1; 0 for 1
	At      time.Duration // since midnight
	Shift   Shift         // "" for Next
	CatchUp CatchUp       // "" for Latest
	From    time.Time     // occurrences before it do not exist
	Lang    terms.Lang    // "" for Russian
	Formats []string      // none for pdf
	To      []string      // addresses of mail
	Folder  string        // that files are put in as well; "" for none
}

// Formats are those that a report can have.
var Formats = []string{"pdf", "docx", "xlsx", "html"}

var named = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Validate reports all faults of the entry.
func (e *Entry) Validate() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("report %q: "+format, append([]any{e.ID}, args...)...))
	}
	if !named.MatchString(e.ID) {
		fault("the name must be 1 to 40 small Latin letters, digits and hyphens")
	}
	if e.Of != "executive" && !strings.HasPrefix(e.Of, "owner:") && !strings.HasPrefix(e.Of, "process:") {
		fault("of %q: wanted executive, owner:ROLE or process:NAME", e.Of)
	}
	if e.Every != Threshold && !slices.Contains(report.Kinds, report.Kind(e.Every)) {
		fault("every %q: wanted one of %s or %s", e.Every, kinds(), Threshold)
	}
	if e.Period != "" && !slices.Contains(report.Kinds, e.Period) {
		fault("period %q: wanted one of %s", e.Period, kinds())
	}
	if e.Day < 0 || e.Day > 31 {
		fault("day %d: wanted 1 to 31", e.Day)
	}
	if e.At < 0 || e.At >= 24*time.Hour {
		fault("at: wanted a time of day such as 08:00")
	}
	if e.From.IsZero() {
		fault("from: wanted the day from which it is due, such as 2019-12-01")
	}
	oneOf(fault, "shift", e.Shift, "", Next, Previous, Stay)
	oneOf(fault, "catch-up", e.CatchUp, "", All, Latest, Never)
	oneOf(fault, "lang", e.Lang, "", terms.RU, terms.EN)
	for _, f := range e.Formats {
		oneOf(fault, "format", f, Formats...)
	}
	for _, to := range e.To {
		if err := mail.Address(to); err != nil {
			fault("%w", err)
		}
	}
	if len(e.To) == 0 && e.Folder == "" {
		fault("it goes to nobody: name an address in to, or a folder")
	}
	return errors.Join(faults...)
}

func kinds() string {
	var out []string
	for _, k := range report.Kinds {
		out = append(out, string(k))
	}
	return strings.Join(out, ", ")
}

func oneOf[T ~string](fault func(string, ...any), what string, found T, wanted ...T) {
	if !slices.Contains(wanted, found) {
		var words []string
		for _, w := range wanted {
			if w != "" {
				words = append(words, string(w))
			}
		}
		fault("%s %q: wanted %s", what, found, strings.Join(words, ", "))
	}
}

// Occurrence is one time that a report is due.
type Occurrence struct {
	Key    string // different for each occurrence of an entry
	Period report.Period
	Moment time.Time
}

// Due returns the occurrences after one moment and up to another, the earliest first.
// Of a threshold there are none: alerts make them.
func (e *Entry) Due(after, upTo time.Time, c *calendar.Calendar) []Occurrence {
	if e.Every == Threshold {
		return nil
	}
	if after.Before(e.From.Add(-1)) {
		after = e.From.Add(-1) // the first moment counts
	}
	var out []Occurrence
	loc := c.Location()
	every := report.Kind(e.Every)
	for p := report.Holding(every, after.In(loc)).Before(3); ; p = following(p) {
		moment := e.moment(p, c)
		if moment.After(upTo) {
			return out
		}
		if moment.After(after) {
			out = append(out, Occurrence{p.String(), e.reported(p, loc), moment})
		}
	}
}

// Next returns the first occurrence after a moment; false for a threshold.
func (e *Entry) Next(after time.Time, c *calendar.Calendar) (Occurrence, bool) {
	if after.Before(e.From.Add(-1)) {
		after = e.From.Add(-1)
	}
	for _, days := range []int{14, 100, 800} {
		if list := e.Due(after, after.AddDate(0, 0, days), c); len(list) > 0 {
			return list[0], true
		}
	}
	return Occurrence{}, false
}

// following is the period after p of its kind.
func following(p report.Period) report.Period { return p.Before(-1) }

// reported is the period that the report of an occurrence is of: the last of its kind
// that was over when p was.
func (e *Entry) reported(p report.Period, loc *time.Location) report.Period {
	if e.Period == "" || e.Period == p.Kind {
		return p
	}
	return report.Last(e.Period, p.End(loc))
}

// moment is when the report after a period is due.
func (e *Entry) moment(p report.Period, c *calendar.Calendar) time.Time {
	end := p.End(c.Location())
	day := end
	if p.Kind == report.Week {
		day = end.AddDate(0, 0, (int(e.On)+6)%7)
	} else if e.Day > 1 {
		day = end.AddDate(0, 0, e.Day-1)
		if last := end.AddDate(0, 1, -1); day.After(last) { // the month is shorter
			day = last
		}
	}
	d := calendar.DateOf(day)
	if !c.WorkingDay(d) {
		switch e.Shift {
		case "", Next:
			d = c.NthWorkingDay(d, 1)
		case Previous:
			d = c.NthWorkingDay(d, -1)
		}
	}
	year, month, date := d.Civil()
	return time.Date(year, month, date, 0, int(e.At/time.Minute), 0, 0, c.Location())
}
