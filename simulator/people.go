package simulator

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin"
)

type pool struct {
	id, label string
	unit      string
	members   []int32 // people
	picky     bool    // the head of its queue may have to let others pass: work of which not all are capable, or that must fit
	plain     bool    // members keep the same hours, do one thing at once, and none has to have a skill
	hours     *hours
	queue     twin.Queue
	preempt   bool
	offShift  twin.OffShift
	cost      float64
}

// person is a member of one pool or more.
type person struct {
	pools  []int32
	hours  *hours
	label  string
	pace   float64 // of work: 1 is the normal one
	skills map[string]int
	atOnce int32 // items at once; twin.Unlimited for any
}

// staff compiles pools and people. A member of several pools is one person.
func (c *compiler) staff() {
	c.poolAt = map[string]int32{}
	named := map[string]int32{}
	for i := range c.m.Pools {
		t := &c.m.Pools[i]
		of := placeOf("pool %q", "группа исполнителей «%s»", t.ID)
		if _, twice := c.poolAt[t.ID]; twice {
			c.fault("%s stands twice", "%s: встречается дважды", of)
			continue
		}
		at := int32(len(c.p.pools))
		c.poolAt[t.ID] = at
		p := pool{id: t.ID, label: t.Name.In(c.language), unit: c.unit(t.Unit, of), cost: t.CostPerHour,
			hours: c.calendar(t.Calendar, of), queue: t.Queue, preempt: t.Preempt, offShift: t.OffShift}
		if p.label == "" {
			p.label = t.ID
		}
		if p.queue == "" {
			p.queue = twin.FIFO
		}
		if p.offShift == "" {
			p.offShift = twin.Pause
		}
		p.picky = p.offShift == twin.FitOnly
		c.choices(t, p, of)
		atOnce := int32(max(t.AtOnce, 1))
		if t.AtOnce == twin.Unlimited {
			atOnce = twin.Unlimited
		}
		add := func(label string) int32 {
			k := int32(len(c.p.people))
			c.p.people = append(c.p.people, person{hours: p.hours, label: label, pace: 1, atOnce: atOnce})
			return k
		}
		for _, m := range t.Members {
			k, known := named[m.ID]
			if !known {
				k = add(m.ID)
				named[m.ID] = k
			}
			c.member(&c.p.people[k], &m, p.hours, atOnce, known, of)
			c.p.people[k].pools = append(c.p.people[k].pools, at)
			p.members = append(p.members, k)
		}
		for i := range min(t.Size, mostPeople) {
			if len(t.Members) > 0 {
				break
			}
			label := p.label
			if t.Size > 1 {
				label = fmt.Sprintf("%s %d", p.label, i+1)
			}
			k := add(label)
			c.p.people[k].pools = []int32{at}
			p.members = append(p.members, k)
		}
		c.onShift(&p, of)
		c.p.pools = append(c.p.pools, p)
	}
	for i := range c.p.pools {
		c.p.pools[i].plain = c.plain(&c.p.pools[i])
	}
}

// mostPeople is the greatest number of people of a pool: each takes memory.
const mostPeople = 100_000

// onShift faults a pool of whose people none is ever on shift, as where all are absent
// for good; a calendar of the pool that never opens has been told.
func (c *compiler) onShift(p *pool, of place) {
	if p.hours.share(c.p.start) == 0 || len(p.members) == 0 {
		return
	}
	if !slices.ContainsFunc(p.members, func(m int32) bool { return c.p.people[m].hours.share(c.p.start) > 0 }) {
		c.fault("%s: none of its people is on shift in five years: all are absent, or their calendars never open", "%s: за пять лет никто из неё не выходит на работу: все отсутствуют или в их календарях нет рабочего времени", of)
	}
}

// choices checks what is said of a pool.
func (c *compiler) choices(t *twin.Pool, p pool, of place) {
	queues := []twin.Queue{twin.FIFO, twin.EarliestDue, twin.Shortest, twin.MostUrgent}
	if !slices.Contains(queues, p.queue) {
		c.fault("%s: queue %q: wanted one of %q", "%s: порядок очереди «%s», нужен один из %s", of, t.Queue, queues)
	}
	shifts := []twin.OffShift{twin.Pause, twin.Finish, twin.HandOn, twin.FitOnly}
	if !slices.Contains(shifts, p.offShift) {
		c.fault("%s: off shift %q: wanted one of %q", "%s: в конце рабочего дня «%s», нужно одно из %s", of, t.OffShift, shifts)
	}
	if len(t.Members) == 0 && (t.Size < 1 || t.Size > mostPeople) {
		c.fault("%s: size %d: wanted one person or more, %d at most", "%s: численность %d, нужен один человек или больше, но не больше %d", of, t.Size, mostPeople)
	}
	if !(t.CostPerHour >= 0) || math.IsInf(t.CostPerHour, 0) {
		c.fault("%s: cost per hour %v: wanted 0 or more", "%s: стоимость часа %v, нужен 0 или больше", of, t.CostPerHour)
	}
	if t.AtOnce < twin.Unlimited {
		c.fault("%s: %d items at once: wanted one or more, or %d for any number", "%s: %d дел одновременно, нужно одно или больше; %d означает любое число", of, t.AtOnce, twin.Unlimited)
	}
	if t.AtOnce != 0 && t.AtOnce != 1 && (p.preempt || p.offShift != twin.Pause) {
		c.fault("%s: who works at several things at once neither interrupts work nor hands it over", "%s: кто ведёт несколько дел одновременно, тот не прерывает работу и не передаёт её", of)
	}
	if p.preempt && p.queue != twin.MostUrgent {
		c.fault("%s: more urgent work interrupts, and its queue is %q: wanted %q", "%s: более срочная работа прерывает другую, а порядок очереди «%s», нужен «%s»", of, p.queue, twin.MostUrgent)
	}
	if share := p.hours.share(c.p.start); share == 0 {
		c.fault("%s: its calendar %q never opens", "%s: по календарю «%s» рабочее время не наступает никогда", of, t.Calendar)
	}
}

// member adds to a person what one of the pools says of them.
func (c *compiler) member(p *person, m *twin.Member, hours *hours, atOnce int32, known bool, of place) {
	of = placeOf("%s, member %s", "%s, участник «%s»", of, m.ID)
	if known {
		switch {
		case len(p.pools) > 0 && slices.ContainsFunc(p.pools, func(at int32) bool { return int(at) == len(c.p.pools) }):
			c.fault("%s stands twice", "%s: встречается дважды", of)
		case m.Calendar == "" && len(m.Absent) == 0 && hours != p.hours && p.hours == c.p.pools[p.pools[0]].hours:
			c.fault("%s: the pools that this person is of keep different hours: give the member a calendar of their own", "%s: у групп, в которые входит этот человек, разное рабочее время: задайте ему собственный календарь", of)
		case atOnce != p.atOnce:
			c.fault("%s: the pools that this person is of differ in how many items one does at once", "%s: в группах, в которые входит этот человек, ведут одновременно разное число дел", of)
		}
	} else {
		p.hours = hours
	}
	if m.Calendar != "" {
		p.hours = c.calendar(m.Calendar, of)
	}
	if len(m.Absent) > 0 {
		p.hours = c.without(p.hours, m.Absent, of)
	}
	switch {
	case m.Efficiency < 0 || m.Efficiency != m.Efficiency:
		c.fault("%s: efficiency %v: wanted more than 0", "%s: производительность %v, нужна больше 0", of, m.Efficiency)
	case m.Efficiency > 0:
		p.pace = m.Efficiency
	}
	if len(m.Skills) > 0 {
		if p.skills == nil {
			p.skills = map[string]int{}
		}
		maps.Copy(p.skills, m.Skills)
	}
}

// without returns hours that are closed on the dates of some periods.
func (c *compiler) without(h *hours, off []calendar.Period, of place) *hours {
	days := calendar.Always(c.p.loc)
	if h != nil {
		days = h.days
	}
	days, err := days.Without(off...)
	if err != nil {
		c.fault("%s: absent: %w", "%s: отсутствие: %s", of, err)
		return h
	}
	return &hours{table: days.Compile(c.p.start, horizon(c.m)), days: days}
}

// plain reports whether any of a pool's idle members is as good as another.
func (c *compiler) plain(p *pool) bool {
	if len(p.members) == 0 { // a fault
		return true
	}
	first := c.p.people[p.members[0]].hours
	for _, m := range p.members {
		x := &c.p.people[m]
		if x.hours != first || x.atOnce != 1 || len(x.pools) > 1 || len(x.skills) > 0 {
			return false
		}
	}
	p.hours = first
	return p.offShift != twin.FitOnly
}
