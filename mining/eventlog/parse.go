package eventlog

import (
	"errors"
	"fmt"
)

// ParseStamp reads a date and time of ISO 8601 in its extended form, as XES and
// most exports write it:
//
//	YYYY-MM-DD[(T| )hh:mm[:ss[(.|,)fraction]]][ ][Z|±hh[[:]mm]]
//
// A fraction finer than a microsecond is cut. 24:00:00 is the midnight that ends
// the day. Where no zone is written, zoned is false and the time is taken as
// UTC. The range MinTime…MaxTime is not checked here but by Event.Check. Cost:
// some 20 ns.
func ParseStamp(s string) (at Stamp, zoned bool, err error) {
	at, zoned, fault := parseStamp(s)
	if fault != nil {
		if len(s) > 64 {
			s = s[:64]
		}
		return None, false, fmt.Errorf("parsing time %q: %w", s, fault)
	}
	return at, zoned, nil
}

var (
	errTimeLayout   = errors.New("wanted YYYY-MM-DDThh:mm:ss with an optional fraction and zone")
	errMonth        = errors.New("month out of range")
	errDay          = errors.New("day out of range")
	errHour         = errors.New("hour out of range")
	errMinute       = errors.New("minute out of range")
	errSecond       = errors.New("second out of range")
	errZoneOfRange  = errors.New("zone out of range")
	microsPerSecond = int64(1_000_000)
)

func parseStamp(s string) (Stamp, bool, error) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return None, false, errTimeLayout
	}
	year, month, day := 100*twoDigits(s, 0)+twoDigits(s, 2), twoDigits(s, 5), twoDigits(s, 8)
	if year < 0 || month < 0 || day < 0 || twoDigits(s, 0) < 0 || twoDigits(s, 2) < 0 {
		return None, false, errTimeLayout
	}
	if month < 1 || month > 12 {
		return None, false, errMonth
	}
	if day < 1 || day > DaysIn(year, month) {
		return None, false, errDay
	}
	seconds, i := DaysSinceEpoch(year, month, day)*86400, 10
	micros := int64(0)
	if i < len(s) && (s[i] == 'T' || s[i] == ' ' || s[i] == 't') && len(s) >= 16 && s[13] == ':' {
		hour, minute, second := twoDigits(s, 11), twoDigits(s, 14), 0
		i = 16
		if i+2 < len(s) && s[i] == ':' {
			second = twoDigits(s, 17)
			i = 19
			if i+1 < len(s) && (s[i] == '.' || s[i] == ',') {
				from := i + 1
				for i = from; i < len(s) && s[i]-'0' < 10; i++ {
					if i < from+6 {
						micros = micros*10 + int64(s[i]-'0')
					}
				}
				if i == from {
					return None, false, errTimeLayout
				}
				for k := i - from; k < 6; k++ {
					micros *= 10
				}
			}
		}
		switch {
		case hour < 0 || minute < 0 || second < 0:
			return None, false, errTimeLayout
		case hour > 24 || hour == 24 && (minute != 0 || second != 0 || micros != 0):
			return None, false, errHour
		case minute > 59:
			return None, false, errMinute
		case second > 59:
			return None, false, errSecond
		}
		seconds += int64(hour)*3600 + int64(minute)*60 + int64(second)
	}
	zone, zoned, err := parseZone(s[i:])
	if err != nil {
		return None, false, err
	}
	return Stamp{Time((seconds-int64(zone)*60)*microsPerSecond + micros), zone}, zoned, nil
}

// parseZone reads what follows the time; nothing at all is no zone.
func parseZone(s string) (Zone, bool, error) {
	if s == "" {
		return 0, false, nil
	}
	if s[0] == ' ' {
		s = s[1:]
	}
	if s == "Z" || s == "z" {
		return 0, true, nil
	}
	if len(s) < 3 || s[0] != '+' && s[0] != '-' {
		return 0, false, errTimeLayout
	}
	hours, minutes := twoDigits(s, 1), 0
	switch {
	case len(s) == 3:
	case len(s) == 5:
		minutes = twoDigits(s, 3)
	case len(s) == 6 && s[3] == ':':
		minutes = twoDigits(s, 4)
	default:
		return 0, false, errTimeLayout
	}
	if hours < 0 || minutes < 0 {
		return 0, false, errTimeLayout
	}
	if hours > 23 || minutes > 59 {
		return 0, false, errZoneOfRange
	}
	zone := Zone(hours*60 + minutes)
	if s[0] == '-' {
		zone = -zone
	}
	return zone, true, nil
}

// twoDigits returns the number of the two digits at i, negative when they are none.
func twoDigits(s string, i int) int {
	if i+1 >= len(s) {
		return -1 << 20
	}
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return -1 << 20
	}
	return int(a)*10 + int(b)
}

var daysInMonth = [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// DaysIn returns the number of days of a month, 1 to 12, of a Gregorian year.
func DaysIn(year, month int) int {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return daysInMonth[month-1]
}

// DaysSinceEpoch returns the days from 1970-01-01 to a Gregorian date, negative
// before it. Method: H. Hinnant, "chrono-compatible low-level date algorithms",
// days_from_civil.
func DaysSinceEpoch(year, month, day int) int64 {
	y, m := year, month-3
	if m < 0 {
		y, m = y-1, m+12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yearOfEra := y - era*400
	dayOfYear := (153*m+2)/5 + day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return int64(era)*146097 + int64(dayOfEra) - 719468
}
