package twin

import "slices"

// Kind is what a thing of a twin is.
type Kind string

// The kinds. Units, pools and processes are typed parts of the model; the others are
// Elements, one canonical file each.
const (
	UnitKind         Kind = "unit"
	PoolKind         Kind = "pool"
	ProcessKind      Kind = "process"
	Post             Kind = "post"       // должность
	Role             Kind = "role"       // what a post or a person is in a process
	Person           Kind = "person"     // pseudonymous
	Procedure        Kind = "procedure"  // a work procedure: the smallest thing somebody is charged with
	Power            Kind = "power"      // полномочие
	Document         Kind = "document"   // also a job description
	System           Kind = "system"     // information system
	Interface        Kind = "interface"  // between systems
	Party            Kind = "party"      // outside the organisation
	Service          Kind = "service"    // given to citizens or bodies
	Goal             Kind = "goal"       // mission, vision and goals, by the property "level"
	Indicator        Kind = "kpi"        //
	Risk             Kind = "risk"       //
	Regulation       Kind = "regulation" // an act, or a rule of it
	ReferenceProcess Kind = "reference"  // a reference process of the library
	Measure          Kind = "measure"    // мероприятие: a line of the action plan
)

// Relation is how two things of a twin hang together.
type Relation string

// The relations, read from the thing whose file holds the edge.
const (
	BelongsTo  Relation = "belongs-to" // is a part of
	Performs   Relation = "performs"
	Owns       Relation = "owns"
	Uses       Relation = "uses"
	Produces   Relation = "produces"
	Regulates  Relation = "regulates"
	MeasuredBy Relation = "measured-by"
	Supports   Relation = "supports"
	DependsOn  Relation = "depends-on"
)

// Relations are all of them, in the order in which files hold them.
var Relations = []Relation{BelongsTo, Performs, Owns, Uses, Produces, Regulates, MeasuredBy, Supports, DependsOn}

// form is what a kind of element may hold.
type form struct {
	kind       Kind
	folder     string
	properties map[string][]string // with the values that they may have; nil for any text
	edges      map[Relation][]Kind // to what
}

var (
	doings = []Kind{ProcessKind, Procedure}
	bodies = []Kind{UnitKind, Party}
)

// forms are the kinds of elements, in the order of their folders.
var forms = []form{
	{Document, "documents", nil, map[Relation][]Kind{BelongsTo: {UnitKind, Regulation}, Regulates: {Post, Procedure, ProcessKind}}},
	{Goal, "goals", map[string][]string{"level": {"mission", "vision", "goal"}},
		map[Relation][]Kind{BelongsTo: {UnitKind}, Supports: {Goal}, MeasuredBy: {Indicator}}},
	{Interface, "interfaces", nil, map[Relation][]Kind{BelongsTo: {System}, DependsOn: {System, Party}}},
	{Indicator, "kpis", map[string][]string{"statistic": {"mean", "median", "p85", "share", "count"}, "unit": nil, "period": {"week", "month", "quarter", "half-year", "year"}, "better": {"lower", "higher"}, "figure": nil, "of": nil},
		map[Relation][]Kind{BelongsTo: {UnitKind}, DependsOn: {Indicator}}},
	{Measure, "measures", map[string][]string{"state": {"planned", "running", "done", "dropped"}, "start": nil, "due": nil, "scenario": nil, "levers": nil},
		map[Relation][]Kind{BelongsTo: {UnitKind}, Uses: {System, Document}, Produces: {System, Interface, Document}, MeasuredBy: {Indicator}, Supports: {ProcessKind, Procedure, Goal}, DependsOn: {Measure, System, Document, Regulation}}},
	{Party, "parties", nil, map[Relation][]Kind{Uses: {Service, System}, Performs: doings}},
	{Person, "persons", nil, map[Relation][]Kind{BelongsTo: {Post, UnitKind}, Performs: {Role}}},
	{Post, "posts", map[string][]string{"headcount": nil}, map[Relation][]Kind{BelongsTo: {UnitKind, PoolKind}, Performs: {Procedure, ProcessKind, Role}, Owns: {ProcessKind, Procedure, System, Document, Goal, Indicator, Risk, Measure}}},
	{Power, "powers", nil, map[Relation][]Kind{BelongsTo: {UnitKind}, DependsOn: {Regulation}}},
	{Procedure, "procedures", map[string][]string{"steps": nil, "channel": nil, "code": nil},
		map[Relation][]Kind{BelongsTo: {UnitKind, ProcessKind}, Uses: {System, Document, Interface}, Produces: {Document, Service}, DependsOn: {Power, Regulation, Procedure, Document}, MeasuredBy: {Indicator}, Supports: {Goal, Service, ProcessKind}}},
	{ReferenceProcess, "references", map[string][]string{"stage": nil}, map[Relation][]Kind{Supports: doings, Uses: {Document}}},
	{Regulation, "regulations", map[string][]string{"act": nil, "edition": nil}, map[Relation][]Kind{BelongsTo: {Regulation}, Regulates: {ProcessKind, Procedure, Service, Document, UnitKind, Post}}},
	{Risk, "risks", map[string][]string{"probability": {"low", "medium", "high"}, "impact": {"low", "medium", "high"}}, map[Relation][]Kind{DependsOn: {ProcessKind, Procedure, System, UnitKind, PoolKind}, BelongsTo: {Goal, ProcessKind}}},
	{Role, "roles", nil, map[Relation][]Kind{Performs: doings, BelongsTo: {PoolKind, UnitKind}, Owns: {ProcessKind, Procedure, Indicator, Goal, Risk, Measure}}},
	{Service, "services", map[string][]string{"form": {"public", "internal"}}, map[Relation][]Kind{BelongsTo: bodies, DependsOn: {Regulation}}},
	{System, "systems", map[string][]string{"vendor": nil, "state": {"planned", "used", "to be replaced"}}, map[Relation][]Kind{BelongsTo: bodies, Supports: {ProcessKind, Procedure, Goal}, DependsOn: {System, Interface}, Produces: {Document}}},
}

// typedEdges are those of the typed parts, beside what their fields say.
var typedEdges = map[Kind]map[Relation][]Kind{
	UnitKind:    {Performs: doings, Owns: {ProcessKind, Procedure, System, Document, Goal, Indicator, Risk, Service, Measure}, Uses: {System, Service}},
	ProcessKind: {Uses: {System, Document, Interface}, Produces: {Document, Service}, MeasuredBy: {Indicator}, Supports: {Goal, Service}, DependsOn: {ProcessKind, Procedure, Power}},
}

// formOf returns the form of a kind of element; nil for other kinds.
func formOf(k Kind) *form {
	for i := range forms {
		if forms[i].kind == k {
			return &forms[i]
		}
	}
	return nil
}

// Kinds returns the kinds of things, typed parts first.
func Kinds() []Kind {
	out := []Kind{UnitKind, PoolKind, ProcessKind}
	for _, f := range forms {
		out = append(out, f.kind)
	}
	return out
}

// allowed reports whether an edge may run from one kind to another.
func allowed(from Kind, r Relation, to Kind) bool {
	edges := typedEdges[from]
	if f := formOf(from); f != nil {
		edges = f.edges
	}
	return slices.Contains(edges[r], to)
}

// names are the kinds in words.
var names = map[Kind]Text{
	UnitKind: {RU: "Подразделение", EN: "Unit"}, PoolKind: {RU: "Группа исполнителей", EN: "Pool"}, ProcessKind: {RU: "Процесс", EN: "Process"},
	Post: {RU: "Должность", EN: "Post"}, Role: {RU: "Роль", EN: "Role"}, Person: {RU: "Сотрудник", EN: "Person"}, Procedure: {RU: "Рабочая процедура", EN: "Work procedure"},
	Power: {RU: "Полномочие", EN: "Power"}, Document: {RU: "Документ", EN: "Document"}, System: {RU: "Информационная система", EN: "Information system"}, Interface: {RU: "Интерфейс", EN: "Interface"},
	Party: {RU: "Внешняя сторона", EN: "External party"}, Service: {RU: "Услуга", EN: "Service"}, Goal: {RU: "Цель", EN: "Goal"}, Indicator: {RU: "Показатель", EN: "KPI"},
	Risk: {RU: "Риск", EN: "Risk"}, Regulation: {RU: "Правовой акт", EN: "Regulation"}, ReferenceProcess: {RU: "Референтный процесс", EN: "Reference process"},
	Measure: {RU: "Мероприятие", EN: "Measure"},
}

// Name returns the kind in words.
func (k Kind) Name() Text { return names[k] }

// KindOfFolder returns the kind of the elements of a folder.
func KindOfFolder(folder string) (Kind, bool) {
	for _, f := range forms {
		if f.folder == folder {
			return f.kind, true
		}
	}
	return "", false
}
