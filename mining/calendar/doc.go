// Package calendar reckons working time and the terms of law: weekly hours, the
// Russian production calendar with its moved and short days, and the units that
// must never be mixed.
//
//	weekly intervals ─┐
//	Production days  ─┼─▶ New ─▶ Calendar ─▶ Add, Between, Next, Open     working time
//	short days       ─┤                  └─▶ AddWorkingDays, Roll…        terms in days
//	time zone        ─┘                  └─▶ Compile ─▶ AddMicros …       for simulation
//
// An instant is open when the clock on the wall, in the calendar's time zone,
// reads inside an interval of that date. Working time is the real time that
// passes while open: an hour that the zone's offset skips is not worked, an hour
// that comes twice is worked twice. So the changes of the Russian zones (2010,
// 2011, 2014, 2016) need no special case.
//
// Intervals are half-open, [Begin, End). Arrival at closing is arrival while
// closed: work goes on at the next opening. Work that is finished exactly at
// closing is finished at the closing moment itself.
//
// Left out on purpose: rosters of single people (give each person a calendar),
// the six-day week's shorter day before a day off (Labour Code, article 95; give
// Saturday its own interval), and the holidays of the regions (Production.Amend).
package calendar
