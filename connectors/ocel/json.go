package ocel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/objectcentric"
)

// document is a log in JSON, OCEL 2.0 section 7.
type document struct {
	ObjectTypes []declared `json:"objectTypes"`
	EventTypes  []declared `json:"eventTypes"`
	Objects     []struct {
		ID         string      `json:"id"`
		Type       string      `json:"type"`
		Attributes []attribute `json:"attributes"`
		Relations  []relation  `json:"relationships"`
	} `json:"objects"`
	Events []struct {
		ID         string      `json:"id"`
		Type       string      `json:"type"`
		Time       string      `json:"time"`
		Attributes []attribute `json:"attributes"`
		Relations  []relation  `json:"relationships"`
	} `json:"events"`
}

// declared is a type of objects or events with its attributes.
type declared struct {
	Name       string `json:"name"`
	Attributes []struct {
		Name string `json:"name"`
		Type string `json:"type"`
	} `json:"attributes"`
}

type attribute struct {
	Name  string          `json:"name"`
	Time  string          `json:"time"`
	Value json.RawMessage `json:"value"`
}

type relation struct {
	Object    string `json:"objectId"`
	Qualifier string `json:"qualifier"`
}

func (r *reader) json(in io.Reader) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return at(text, err)
	}
	if d.Objects == nil && d.Events == nil {
		return errors.New(`found neither "objects" nor "events": wanted OCEL 2.0 in JSON`)
	}
	kinds := kindsOf(append(d.ObjectTypes, d.EventTypes...))
	for i, o := range d.Objects {
		out := objectcentric.Object{ID: o.ID, Type: o.Type, Related: relations(o.Relations)}
		for _, a := range o.Attributes {
			c := objectcentric.Change{Time: eventlog.None, Attribute: eventlog.Attribute{Key: a.Name, Value: r.value(kinds[[2]string{o.Type, a.Name}], plainText(a.Value))}}
			if a.Time != "" {
				if c.Time, err = r.stamp(a.Time); err != nil {
					return fmt.Errorf("object %d (%q), attribute %q: %w", i+1, o.ID, a.Name, err)
				}
			}
			out.Attributes = append(out.Attributes, c)
		}
		r.objects = append(r.objects, out)
	}
	for i, e := range d.Events {
		out := objectcentric.Event{ID: e.ID, Activity: e.Type, Objects: relations(e.Relations)}
		if out.Time, err = r.stamp(e.Time); err != nil {
			return fmt.Errorf("event %d (%q): %w", i+1, e.ID, err)
		}
		for _, a := range e.Attributes {
			out.Attributes = append(out.Attributes, eventlog.Attribute{Key: a.Name, Value: r.value(kinds[[2]string{e.Type, a.Name}], plainText(a.Value))})
		}
		r.events = append(r.events, out)
	}
	return nil
}

// kindsOf returns the declared type of each attribute, by type and name.
func kindsOf(types []declared) map[[2]string]string {
	m := map[[2]string]string{}
	for _, t := range types {
		for _, a := range t.Attributes {
			m[[2]string{t.Name, a.Name}] = a.Type
		}
	}
	return m
}

func relations(list []relation) []objectcentric.Relation {
	var out []objectcentric.Relation
	for _, r := range list {
		out = append(out, objectcentric.Relation(r))
	}
	return out
}

// plainText is a JSON value as text.
func plainText(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	return strings.TrimSpace(string(v))
}

// at adds line and column to an error of the JSON decoder.
func at(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(-1)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	if offset < 0 || offset > int64(len(text)) {
		return err
	}
	before := text[:offset]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %s, column %d: %w", strconv.Itoa(line), max(1, column-1), err)
}
