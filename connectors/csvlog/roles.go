package csvlog

import "strings"

// Role is what a column stands for.
type Role int

// The roles. Of those before Resource a log needs Case, Activity and Time.
const (
	Case Role = iota
	Activity
	Time    // of the event, or of the completion of an activity instance
	Start   // of an activity instance
	Enabled // when an activity instance became possible
	Resource
	Unit
	Transition
	EventAttribute
	CaseAttribute
	Ignored
)

const roles = EventAttribute // the number of roles that one column plays

var roleNames = [...]string{"case", "activity", "time", "start", "enabled", "resource", "unit", "transition", "attribute", "case attribute", "ignored"}

// String returns the name of the role as in a mapping file.
func (r Role) String() string { return roleNames[r] }

// The columns that Write writes, by role.
var columnNames = [roles]string{"case:concept:name", "concept:name", "time:timestamp", "start_timestamp", "enabled_timestamp", "org:resource", "org:group", "lifecycle:transition"}

// known are the names by which columns are recognised, the surest first: those
// of PM4Py, then of Disco, Celonis and others, then Russian ones. They are
// written as normal returns them.
var known = [roles][]string{
	Case: {"case:concept:name", "case id", "caseid", "case key", "casekey", "case", "case number", "trace id", "trace", "process instance", "process instance id",
		"номер дела", "ид дела", "id дела", "идентификатор дела", "дело", "код дела", "номер заявки", "номер заявления", "номер обращения", "id заявки", "id заявления", "id обращения", "заявка", "обращение", "экземпляр процесса", "номер процесса"},
	Activity: {"concept:name", "activity", "activity name", "activity en", "event name", "task name", "event", "task", "operation", "step",
		"действие", "активность", "операция", "наименование действия", "название действия", "событие", "этап", "шаг", "стадия", "задача"},
	Time: {"time:timestamp", "complete timestamp", "completion timestamp", "completion time", "complete time", "complete", "end timestamp", "end time", "endtime", "end date", "end", "timestamp", "event time", "eventtime", "event timestamp", "datetime", "date time", "time", "date",
		"окончание", "дата окончания", "время окончания", "дата и время окончания", "завершение", "дата завершения", "время завершения", "конец", "дата и время", "дата события", "время события", "время", "дата"},
	Start: {"start timestamp", "start:timestamp", "time:start", "start time", "starttime", "start date", "start",
		"начало", "дата начала", "время начала", "дата и время начала", "старт"},
	Enabled: {"enabled timestamp", "enabled time", "enable time", "enabled", "schedule timestamp", "scheduled",
		"поступление", "дата поступления", "назначено", "дата назначения"},
	Resource: {"org:resource", "resource", "user", "originator", "performer", "employee", "user name", "username",
		"исполнитель", "сотрудник", "пользователь", "ресурс", "фио исполнителя", "исполнил"},
	Unit: {"org:group", "group", "department", "unit", "organizational unit", "organisational unit", "team",
		"подразделение", "отдел", "управление", "структурное подразделение", "орган"},
	Transition: {"lifecycle:transition", "lifecycle", "transition", "lifecycle transition",
		"переход", "состояние действия"},
}

// normal folds what names of columns differ in without meaning: case, blanks,
// underscores and hyphens, ё.
func normal(name string) string {
	name = strings.NewReplacer("_", " ", "-", " ", "ё", "е", ".", " ", "№", "номер ").Replace(strings.ToLower(name))
	return strings.Join(strings.Fields(name), " ")
}

// roleOf returns for each role the column that plays it, -1 for none: the one
// whose name stands first in known. No column plays two roles.
func roleOf(names []string) [roles]int {
	var out [roles]int
	folded, taken := make([]string, len(names)), make([]bool, len(names))
	for i, n := range names {
		folded[i] = normal(n)
	}
	for r := range roles {
		out[r] = -1
	search:
		for _, k := range known[r] {
			for i, n := range folded {
				if n == k && !taken[i] {
					out[r], taken[i] = i, true
					break search
				}
			}
		}
	}
	return out
}
