package simulator

import (
	"maps"
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// work is what doing a task takes, see twin.Task.
type work struct {
	time      law
	delay     law // before the work is offered
	delayed   bool
	pools     []int32
	poolTime  []law         // by position in pools; nil where all are time
	personal  map[int32]law // by person
	hours     *hours        // of an event or task that nobody works at
	pause     *hours        // of the delay
	batch     *batch
	release   *release
	skill     string
	level     int
	priority  int32
	setUp     law
	sets      bool
	patience  law
	impatient bool
	room      int32 // that may wait; -1 for any number
	cost      float64
}

// name gives a node its activity.
func (c *compiler) name(n *node, b *bpmn.Node, d *diagram) {
	name := d.Labels[b.ID].In(c.language)
	if name == "" {
		name = b.Name
	}
	if name == "" {
		name = b.ID
	}
	a := Activity{Process: int(n.process), Name: name, Unit: c.unitNames[d.Unit]}
	if at, known := c.named[a]; known {
		n.activity = at
		return
	}
	n.activity = int32(len(c.p.activities))
	c.named[a] = n.activity
	c.p.activities = append(c.p.activities, a)
}

// work compiles the parameters of a task or of an event that takes time.
func (c *compiler) work(n *node, b *bpmn.Node, task *twin.Task, d *diagram, what place) {
	c.name(n, b, d)
	n.op = opWork // flows out of it are all taken when it completes
	law := func(name place, t twin.Distribution) law {
		l, err := compileLaw(t)
		if err != nil {
			c.fault("%s: %s: %w", "%s: %s: %s", what, name, err)
		}
		return l
	}
	needed := task.Time.Law != "" || len(task.ByPool) == 0 || len(task.Pools) == 0
	timed := task.Time.Law != "" || task.NotBefore == nil || b.IsTask() // a timer that waits for a date needs no length
	if needed && timed {
		n.time = law(place{"time", "время"}, task.Time)
	}
	if task.Delay.Law != "" {
		n.delayed, n.delay, n.pause = true, law(place{"delay", "пауза перед работой"}, task.Delay), c.calendar(task.DelayCalendar, what.part("delay", "пауза перед работой"))
	}
	if task.SetUp.Law != "" {
		n.sets, n.setUp = true, law(place{"set-up", "подготовка"}, task.SetUp)
	}
	if task.Patience.Law != "" {
		n.impatient, n.patience = true, law(place{"patience", "терпение"}, task.Patience)
	}
	n.hours = c.calendar(task.Calendar, what)
	for _, id := range task.Pools {
		at, ok := c.poolAt[id]
		if !ok {
			c.fault("%s: pool %q is not in the model", "%s: группы исполнителей «%s» в модели нет", what, id)
			continue
		}
		if slices.Contains(n.pools, at) {
			c.fault("%s: pool %q stands twice", "%s: группа исполнителей «%s» указана дважды", what, id)
			continue
		}
		n.pools = append(n.pools, at)
	}
	c.byPool(n, task, needed, what)
	n.batch = c.batch(task.Batch, d.source.Process, what)
	n.release = c.release(task.NotBefore, d.source.Process, what)
	n.priority, n.cost, n.room = int32(task.Priority), task.Cost, -1
	if !(n.cost >= 0) {
		c.fault("%s: cost %v: wanted 0 or more", "%s: стоимость %v, нужен 0 или больше", what, n.cost)
	}
	if task.Room != nil {
		if n.room = int32(*task.Room); n.room < 0 {
			c.fault("%s: room for %d: wanted 0 or more", "%s: места для %d дел, нужен 0 или больше", what, n.room)
		}
	}
	if (n.sets || n.impatient || n.room >= 0 || task.Skill != "") && len(task.Pools) == 0 {
		c.fault("%s: skill, set-up, patience and room are of work that people do, and it has no pool", "%s: навык, подготовка, терпение и место в очереди бывают у работы, которую делают люди, а группа исполнителей не указана", what)
	}
	if n.skill, n.level = task.Skill, task.Level; n.skill != "" {
		c.skilled(n, what)
	}
}

// skilled marks the pools of work that not all can do, and faults work that nobody
// can.
func (c *compiler) skilled(n *node, what place) {
	able := false
	for _, at := range n.pools {
		c.p.pools[at].picky = true
		for _, m := range c.p.pools[at].members {
			able = able || c.p.people[m].can(n)
		}
	}
	if !able {
		c.fault("%s: nobody in its pools has the skill %q at level %d", "%s: ни у кого в его группах исполнителей нет навыка «%s» уровня %d", what, n.skill, n.level)
	}
}

// can reports whether a person has the skill that a node asks for.
func (p *person) can(n *node) bool {
	if n.skill == "" {
		return true
	}
	level, ok := p.skills[n.skill]
	return ok && level >= n.level
}

func (c *compiler) byPool(n *node, task *twin.Task, general bool, what place) {
	covered := make([]bool, len(n.pools))
	for _, name := range slices.Sorted(maps.Keys(task.ByPool)) {
		l, err := compileLaw(task.ByPool[name])
		if err != nil {
			c.fault("%s: time of %q: %w", "%s: время для «%s»: %s", what, name, err)
			continue
		}
		if at, ok := c.poolAt[name]; ok && slices.Contains(n.pools, at) {
			if n.poolTime == nil {
				n.poolTime = slices.Repeat([]law{n.time}, len(n.pools))
			}
			n.poolTime[slices.Index(n.pools, at)] = l
			covered[slices.Index(n.pools, at)] = true
			continue
		}
		found := false
		for _, at := range n.pools {
			for _, m := range c.p.pools[at].members {
				if c.p.people[m].label == name {
					if n.personal == nil {
						n.personal = map[int32]law{}
					}
					n.personal[m], found = l, true
				}
			}
		}
		if !found {
			c.fault("%s: time of %q, which is neither one of its pools nor a member of one", "%s: время для «%s», а это не его группа исполнителей и не её участник", what, name)
		}
	}
	if general {
		return
	}
	for i, at := range n.pools {
		for _, m := range c.p.pools[at].members {
			if _, ok := n.personal[m]; !ok && !covered[i] {
				c.fault("%s: no time for %q of pool %q", "%s: нет времени для «%s» из группы исполнителей «%s»", what, c.p.people[m].label, c.p.pools[at].id)
			}
		}
	}
}

// lawOf returns the law of the time that a person needs, as a member of the pool
// at a position of the node's.
func (n *node) lawOf(pool int, m int32) *law {
	if n.personal != nil {
		if l, ok := n.personal[m]; ok {
			return &l
		}
	}
	if n.poolTime != nil {
		return &n.poolTime[pool]
	}
	return &n.time
}
