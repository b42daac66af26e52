package csvlog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
)

// Layout is the way in which a column writes its times.
type Layout struct {
	text string
	form form
	ops  []op
}

type form uint8

const (
	byPattern form = iota
	iso            // eventlog.ParseStamp
	epoch          // a number since 1970
)

// op is one step of a pattern.
type op struct {
	letter  byte // 0: the literal text
	width   int
	literal string
	skip    int // letter '[': how many ops the optional part has
}

// ParseLayout returns the layout of a plain notation:
//
//	yyyy yy   year (yy: 1969 to 2068)      HH H   hour 0 to 23
//	MM M      month by number              hh h   hour 1 to 12, with a (AM, PM)
//	dd d      day                          mm ss  minute, second
//	SSS       fraction of a second, of any length
//	X         zone: Z, +03, +0300 or +03:00
//	[ ]       around a part that may be missing, 'text' for text
//
// Beside these: ISO, for ISO 8601, and epoch-s, epoch-ms, epoch-us for seconds,
// milliseconds and microseconds since 1970 in UTC.
func ParseLayout(text string) (*Layout, error) {
	switch strings.ToLower(text) {
	case "iso", "iso8601", "iso 8601":
		return &Layout{text: "ISO", form: iso}, nil
	case "epoch-s", "epoch-ms", "epoch-us":
		return &Layout{text: strings.ToLower(text), form: epoch}, nil
	}
	l := &Layout{text: text}
	var open []int
	seen := map[byte]bool{}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '[':
			open = append(open, len(l.ops))
			l.ops = append(l.ops, op{letter: '['})
			i++
		case c == ']':
			if len(open) == 0 {
				return nil, fmt.Errorf("time layout %q: ] without [", text)
			}
			at := open[len(open)-1]
			open = open[:len(open)-1]
			l.ops[at].skip = len(l.ops) - at
			i++
		case c == '\'':
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("time layout %q: ' is not closed", text)
			}
			l.ops = append(l.ops, op{literal: text[i+1 : i+1+end]})
			i += end + 2
		case strings.IndexByte("yMdHhmsSaXx", c) >= 0:
			n := i
			for n < len(text) && text[n] == c {
				n++
			}
			o := op{letter: c, width: n - i}
			switch {
			case seen[c]:
				return nil, fmt.Errorf("time layout %q: %q stands twice", text, c)
			case c == 'y' && o.width != 4 && o.width != 2:
				return nil, fmt.Errorf("time layout %q: %q, wanted yyyy or yy", text, text[i:n])
			case strings.IndexByte("MdHhms", c) >= 0 && o.width > 2:
				return nil, fmt.Errorf("time layout %q: %q, wanted one letter or two", text, text[i:n])
			}
			seen[c] = true
			l.ops = append(l.ops, o)
			i = n
		case c >= 'a' && c <= 'z' && c != 'T' || c >= 'A' && c <= 'Z' && c != 'T':
			return nil, fmt.Errorf("time layout %q: letter %q is not known, wanted yyyy, MM, dd, HH, mm, ss, SSS, a, X; text stands between apostrophes", text, c)
		default:
			l.ops = append(l.ops, op{literal: text[i : i+1]})
			i++
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("time layout %q: [ is not closed", text)
	}
	for _, c := range "yMd" {
		if !seen[byte(c)] {
			return nil, fmt.Errorf("time layout %q: no %c, wanted year, month and day", text, c)
		}
	}
	return l, nil
}

// String returns the notation.
func (l *Layout) String() string { return l.text }

// clock is a date and time of day as it was written.
type clock struct {
	year, month, day, hour, minute, second, micro int
	pm, half, zoned                               bool
	zone                                          int // minutes
}

var errLayout = errors.New("does not fit")

// Parse reads a time. Times without a zone are read in loc, and zoned is false.
func (l *Layout) Parse(s string, loc *zones) (at eventlog.Stamp, zoned bool, err error) {
	s = strings.TrimSpace(s)
	switch l.form {
	case iso:
		at, zoned, err = eventlog.ParseStamp(s)
		if err == nil && !zoned {
			at = loc.local(int64(at.Time))
		}
		return at, zoned, err
	case epoch:
		return l.parseEpoch(s)
	}
	var c clock
	rest, err := run(l.ops, s, &c)
	if err == nil && rest != "" {
		err = errLayout
	}
	if err == nil {
		at, zoned, err = c.stamp(loc)
	}
	if err == errLayout {
		err = fmt.Errorf("wanted %s", l.text)
	}
	if err != nil {
		return eventlog.None, false, fmt.Errorf("parsing time %q: %w", cut(s, 64), err)
	}
	return at, zoned, nil
}

func (l *Layout) parseEpoch(s string) (eventlog.Stamp, bool, error) {
	unit := map[string]int64{"epoch-s": 1e6, "epoch-ms": 1e3, "epoch-us": 1}[l.text]
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > eventlogMax/unit || n < -eventlogMax/unit {
		return eventlog.None, false, fmt.Errorf("parsing time %q: wanted %s", cut(s, 64), l.text)
	}
	micros := n * unit
	if scale := unit / 10; fraction != "" {
		for i := 0; i < len(fraction); i++ {
			if fraction[i]-'0' > 9 {
				return eventlog.None, false, fmt.Errorf("parsing time %q: wanted %s", cut(s, 64), l.text)
			}
			micros += int64(fraction[i]-'0') * scale
			scale /= 10
		}
	}
	return eventlog.Stamp{Time: eventlog.Time(micros)}, true, nil
}

const eventlogMax = int64(1) << 56 // µs: beyond the year 4000, far from overflow

// run takes s apart by the steps and returns what is left.
func run(ops []op, s string, c *clock) (string, error) {
	for i := 0; i < len(ops); i++ {
		o := &ops[i]
		switch o.letter {
		case 0:
			if !strings.HasPrefix(s, o.literal) {
				return s, errLayout
			}
			s = s[len(o.literal):]
		case '[':
			saved := *c
			if rest, err := run(ops[i+1:i+o.skip], s, c); err == nil {
				s = rest
			} else {
				*c = saved
			}
			i += o.skip - 1
		case 'S':
			n := 0
			for n < len(s) && s[n]-'0' < 10 {
				n++
			}
			if n == 0 {
				return s, errLayout
			}
			for k := range 6 {
				c.micro *= 10
				if k < n {
					c.micro += int(s[k] - '0')
				}
			}
			s = s[n:]
		case 'a':
			if len(s) < 2 || s[1]|0x20 != 'm' || s[0]|0x20 != 'a' && s[0]|0x20 != 'p' {
				return s, errLayout
			}
			c.pm = s[0]|0x20 == 'p'
			s = s[2:]
		case 'X', 'x':
			rest, err := c.takeZone(s)
			if err != nil {
				return s, err
			}
			s = rest
		default:
			n, rest, err := o.number(s)
			if err != nil {
				return s, err
			}
			s = rest
			c.set(o, n)
		}
	}
	return s, nil
}

// number takes the digits of a part: exactly as many as its letters, or one or
// two where there is one letter.
func (o *op) number(s string) (int, string, error) {
	n, digits := 0, 0
	limit := max(o.width, 2)
	for digits < limit && digits < len(s) && s[digits]-'0' < 10 {
		n = n*10 + int(s[digits]-'0')
		digits++
	}
	if digits < o.width || digits == 0 {
		return 0, s, errLayout
	}
	return n, s[digits:], nil
}

func (c *clock) set(o *op, n int) {
	switch o.letter {
	case 'y':
		if o.width == 2 {
			n += 2000
			if n > 2068 {
				n -= 100
			}
		}
		c.year = n
	case 'M':
		c.month = n
	case 'd':
		c.day = n
	case 'H':
		c.hour = n
	case 'h':
		c.hour, c.half = n, true
	case 'm':
		c.minute = n
	case 's':
		c.second = n
	}
}

func (c *clock) takeZone(s string) (string, error) {
	if strings.HasPrefix(s, "Z") {
		c.zoned = true
		return s[1:], nil
	}
	if len(s) < 3 || s[0] != '+' && s[0] != '-' {
		return s, errLayout
	}
	two := op{width: 2}
	h, rest, err := two.number(s[1:])
	if err != nil {
		return s, err
	}
	m := 0
	if after, ok := strings.CutPrefix(rest, ":"); ok || rest != "" && rest[0]-'0' < 10 {
		if m, rest, err = two.number(after); err != nil {
			return s, err
		}
	}
	if h > 23 || m > 59 {
		return s, errors.New("zone out of range")
	}
	c.zone, c.zoned = h*60+m, true
	if s[0] == '-' {
		c.zone = -c.zone
	}
	return rest, nil
}

func (c *clock) stamp(loc *zones) (eventlog.Stamp, bool, error) {
	if c.half {
		if c.hour < 1 || c.hour > 12 {
			return eventlog.None, false, errors.New("hour out of range")
		}
		c.hour %= 12
		if c.pm {
			c.hour += 12
		}
	}
	switch {
	case c.month < 1 || c.month > 12:
		return eventlog.None, false, errors.New("month out of range")
	case c.day < 1 || c.day > eventlog.DaysIn(c.year, c.month):
		return eventlog.None, false, errors.New("day out of range")
	case c.hour > 23:
		return eventlog.None, false, errors.New("hour out of range")
	case c.minute > 59:
		return eventlog.None, false, errors.New("minute out of range")
	case c.second > 59:
		return eventlog.None, false, errors.New("second out of range")
	}
	seconds := eventlog.DaysSinceEpoch(c.year, c.month, c.day)*86400 + int64(c.hour*3600+c.minute*60+c.second)
	micros := seconds*1e6 + int64(c.micro)
	if c.zoned {
		return eventlog.Stamp{Time: eventlog.Time(micros - int64(c.zone)*60e6), Zone: eventlog.Zone(c.zone)}, true, nil
	}
	return loc.local(micros), false, nil
}

// zones finds the offset of local times in a location, and remembers the last.
type zones struct {
	loc    *time.Location
	hour   int64
	offset int64 // seconds
	known  bool
}

// local returns the instant at which clocks in the location show the given
// microseconds since 1970. A time that clocks skip or show twice is taken by
// the offset before the change.
func (z *zones) local(micros int64) eventlog.Stamp {
	if z == nil || z.loc == time.UTC {
		return eventlog.Stamp{Time: eventlog.Time(micros)}
	}
	hour := floorDiv(micros, 900e6) // no zone changes within a quarter of an hour
	if !z.known || hour != z.hour {
		wall := time.UnixMicro(micros).UTC()
		_, offset := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, z.loc).Zone()
		z.hour, z.offset, z.known = hour, int64(offset), true
	}
	return eventlog.Stamp{Time: eventlog.Time(micros - z.offset*1e6), Zone: eventlog.Zone(z.offset / 60)}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
