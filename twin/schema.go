package twin

import (
	"errors"
	"fmt"
	"strings"

	"github.com/uprava/uprava/twin/yamlfile"
)

// errNoKind says that a schema was asked for something that has none.
var errNoKind = errors.New("no such kind")

// The files that are of no kind: the twin itself, and the calendars.
const (
	twinFile     Kind = "twin"
	calendarFile Kind = "calendar"
)

// Schema returns the JSON Schema (draft 2020-12) of the file of a kind of thing, of a
// calendar, or of the twin itself ("calendar", "twin"). A text may be written without
// quotes, so that it may be a number or a truth value to a reader of YAML.
func Schema(kind Kind) (map[string]any, error) {
	s, title := schemaOf(kind)
	if s == nil {
		known := append(Kinds(), calendarFile, twinFile)
		return nil, fmt.Errorf("schema of %q: %w, wanted %s", kind, errNoKind, yamlfile.Wanted(string(kind), texts(known)))
	}
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Uprava twin: " + title
	return s, nil
}

type schema = map[string]any

func object(properties schema, required ...string) schema {
	out := schema{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func listOf(items schema) schema         { return schema{"type": "array", "items": items} }
func mapOf(values schema) schema         { return schema{"type": "object", "additionalProperties": values} }
func oneOf[T ~string](values []T) schema { return schema{"enum": texts(values)} }
func numbers(n int) schema {
	return schema{"type": "array", "items": schema{"type": "number"}, "minItems": n, "maxItems": n}
}

var (
	aText    = schema{"type": []string{"string", "number", "boolean"}}
	aNumber  = schema{"type": "number"}
	aWhole   = schema{"type": "integer"}
	aTruth   = schema{"type": "boolean"}
	both     = object(schema{"ru": aText, "en": aText})
	aName    = object(schema{"ru": aText, "en": aText}, "ru", "en")
	aTime    = schema{"type": []string{"string", "number"}, "description": "a length of time such as 45 min, 8 h, 2.5 d"}
	aDate    = schema{"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
	aPeriod  = schema{"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(\\.\\.[0-9]{4}-[0-9]{2}-[0-9]{2})?$"}
	origin   = object(schema{"kind": oneOf(provenanceKinds), "source": aText, "n": aWhole, "reason": both}, "kind")
	aLaw     = lawSchema(aTime)
	aNumLaw  = lawSchema(aNumber)
	aWeekday = oneOf(weekdays)
	aRelease = object(schema{"working-days": aNumber, "calendar": aText, "from": origin}, "working-days")
	aBatch   = object(schema{"days": listOf(aWeekday), "at": aText, "calendar": aText, "size": aWhole, "wait": aTime, "together": aTruth, "factor": aNumber, "out-of-turn": aRelease, "from": origin})
	aRule    = listOf(listOf(object(schema{"attribute": aText, "is": listOf(aText), "from": aNumber, "below": aNumber, "node": aText, "times": aWhole, "not": aTruth})))
)

// lawSchema is that of a distribution, its parameters written as amounts.
func lawSchema(amount schema) schema {
	return object(schema{"law": oneOf(laws), "value": amount, "mean": amount, "sd": amount, "mode": amount, "min": amount, "max": amount, "sample": listOf(amount), "sample-file": aText, "scale": aNumber}, "law")
}

// schemaOf returns the schema of a kind and the files that it is of, nil for no kind.
func schemaOf(kind Kind) (s schema, files string) {
	switch kind {
	case twinFile:
		return object(schema{"id": aText, "name": both, "notice": both, "time-zone": aText, "start": aDate, "days": aWhole, "warm-up-days": aWhole}, "id"), "twin.yaml"
	case calendarFile:
		return object(schema{"id": aText, "name": both, "week": listOf(aText), "production": aTruth, "off": listOf(aPeriod)}, "id"), "calendars/*.yaml"
	case UnitKind:
		return object(withEdges(schema{"id": aText, "name": both, "parent": aText}, typedEdges[UnitKind]), "id"), "units/*.yaml"
	case PoolKind:
		return poolSchema(), "pools/*.yaml"
	case ProcessKind:
		return processSchema(), "processes/*/process.yaml"
	}
	f := formOf(kind)
	if f == nil {
		return nil, ""
	}
	properties := schema{}
	for key, values := range f.properties {
		properties[key] = aText
		if values != nil {
			properties[key] = oneOf(values)
		}
	}
	out := withEdges(schema{"id": aText, "name": aName, "text": both,
		"figures": mapOf(object(schema{"value": aNumber, "unit": aText, "low": aNumber, "high": aNumber, "from": origin}, "value", "from"))}, f.edges)
	if len(properties) > 0 {
		out["properties"] = object(properties)
	}
	return object(out, "id", "name"), f.folder + "/*.yaml"
}

// withEdges adds the edges that a kind may have.
func withEdges(properties schema, edges map[Relation][]Kind) schema {
	for r, kinds := range edges {
		properties[string(r)] = schema{"type": "array", "uniqueItems": true, "items": schema{"type": "string", "pattern": "^(" + strings.Join(texts(kinds), "|") + "):."}}
	}
	return properties
}

func poolSchema() schema {
	member := object(schema{"id": aText, "calendar": aText, "absent": listOf(aPeriod), "efficiency": aNumber, "skills": mapOf(aWhole)}, "id")
	return object(schema{"id": aText, "name": both, "unit": aText, "calendar": aText, "size": aWhole, "members": listOf(member), "queue": oneOf(queues), "preempt": aTruth,
		"at-once": schema{"anyOf": []any{aWhole, schema{"const": unlimited}}}, "off-shift": oneOf(offShifts), "cost-per-hour": aNumber, "from": origin}, "id")
}

func processSchema() schema {
	hours := schema{}
	for _, day := range weekdays {
		hours[day] = numbers(24)
	}
	arrivals := object(schema{"between": aLaw, "calendar": aText, "on-wall-clock": aTruth, "months": numbers(12), "hours": object(hours),
		"surges": listOf(object(schema{"period": aPeriod, "factor": aNumber}, "period")), "moments": aBatch, "from": origin})
	unit := oneOf([]string{CalendarDay, WorkingDay})
	limit := object(schema{"days": aWhole, "unit": unit, "calendar": aText, "roll-forward": aTruth, "control-days": aWhole, "rule": aText, "words": mapOf(aText),
		"others": listOf(object(schema{"share": aNumber, "node": aText, "days": aWhole, "citation": both})), "citation": both, "from": origin}, "days", "unit")
	task := object(schema{"name": both, "pools": listOf(aText), "time": aLaw, "delay": aLaw, "delay-calendar": aText, "calendar": aText, "by-pool": mapOf(aLaw), "batch": aBatch, "not-before": aRelease,
		"skill": aText, "level": aWhole, "priority": aWhole, "set-up": aLaw, "patience": aLaw, "room": aWhole, "suspends": aTruth, "at-least": object(schema{"time": aTime, "citation": both}, "time"), "cost": aNumber,
		"repeat": object(schema{"instances": mapOf(aNumber), "attribute": aText, "enough": aWhole, "again": aNumber, "decay": aNumber, "most": aWhole}), "from": origin})
	return object(withEdges(schema{"id": aText, "name": both, "unit": aText, "category": oneOf(Categories), "purpose": both, "client": both, "starts-with": both, "ends-with": both,
		"requested-by": aText, "delivered-by": aText, "lead-time": object(schema{"unit": oneOf([]string{WorkingHour, WorkingDay}), "calendar": aText}, "unit"),
		"arrivals": arrivals, "limit": limit, "stage-correlation": object(schema{"value": aNumber, "from": origin}, "value"), "tasks": mapOf(task), "labels": mapOf(both),
		"branches":   mapOf(object(schema{"share": aNumber, "decay": aNumber, "when": aRule, "from": origin})),
		"attributes": listOf(object(schema{"id": aText, "name": both, "shares": mapOf(aNumber), "number": aNumLaw}, "id")),
		"priorities": listOf(object(schema{"when": aRule, "level": aWhole}, "when", "level")), "most-at-once": aWhole}, typedEdges[ProcessKind]), "id")
}
