package twin

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
)

var weekdays = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

// ParseInterval reads "Mon-Thu 09:00-18:00" or "Fri 09:00-16:45".
func ParseInterval(s string) (iv Interval, err error) {
	fail := func() (Interval, error) {
		return Interval{}, fmt.Errorf("found %q, wanted days and hours such as \"Mon-Thu 09:00-18:00\"", s)
	}
	days, hours, ok := strings.Cut(s, " ")
	if !ok {
		return fail()
	}
	from, to, several := strings.Cut(days, "-")
	if !several {
		to = from
	}
	begin, end, ok := strings.Cut(hours, "-")
	if !ok {
		return fail()
	}
	if iv.From, err = ParseWeekday(from); err != nil {
		return fail()
	}
	if iv.To, err = ParseWeekday(to); err != nil {
		return fail()
	}
	if iv.Begin, err = ParseClock(begin); err != nil {
		return fail()
	}
	if iv.End, err = ParseClock(end); err != nil {
		return fail()
	}
	return iv, nil
}

// FormatInterval writes what ParseInterval reads.
func FormatInterval(iv Interval) string {
	days := weekdays[iv.From%7]
	if iv.To != iv.From {
		days += "-" + weekdays[iv.To%7]
	}
	return days + " " + FormatClock(iv.Begin) + "-" + FormatClock(iv.End)
}

// ParseClock returns the time since midnight of "09:00", "09:00:30" or
// "23:59:59.999999"; "24:00" is the end of the day.
func ParseClock(s string) (time.Duration, error) {
	fail := func() (time.Duration, error) {
		return 0, measure.Faultf("found %q, wanted a time of day such as \"09:00\"", "указано «%s», нужно время суток, например «09:00»", s)
	}
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return fail()
	}
	hours, err1 := strconv.ParseUint(parts[0], 10, 8)
	minutes, err2 := strconv.ParseUint(parts[1], 10, 8)
	if err1 != nil || err2 != nil || minutes > 59 {
		return fail()
	}
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if len(parts) == 3 {
		whole, fraction, _ := strings.Cut(parts[2], ".")
		seconds, err := strconv.ParseUint(whole, 10, 8)
		if err != nil || seconds > 59 || len(fraction) > 9 {
			return fail()
		}
		d += time.Duration(seconds) * time.Second
		if fraction != "" {
			nanos, err := strconv.ParseUint(fraction+strings.Repeat("0", 9-len(fraction)), 10, 64)
			if err != nil {
				return fail()
			}
			d += time.Duration(nanos)
		}
	}
	if d > 24*time.Hour {
		return fail()
	}
	return d, nil
}

// FormatClock writes a time since midnight as ParseClock reads it.
func FormatClock(d time.Duration) string {
	s := fmt.Sprintf("%02d:%02d", d/time.Hour, d/time.Minute%60)
	if rest := d % time.Minute; rest != 0 {
		s += fmt.Sprintf(":%02d", rest/time.Second)
		if nanos := rest % time.Second; nanos != 0 {
			s += "." + strings.TrimRight(fmt.Sprintf("%09d", nanos), "0")
		}
	}
	return s
}

// Hours returns the calendar as it is reckoned in a time zone. An error tells of hours
// that never open or overlap.
func (c *Calendar) Hours(loc *time.Location) (*calendar.Calendar, error) {
	k, err := calendar.New(c.Config(loc))
	if err != nil {
		return nil, fmt.Errorf("reading its hours: %w", err)
	}
	return k, nil
}
