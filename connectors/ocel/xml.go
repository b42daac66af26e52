package ocel

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/objectcentric"
)

// xmlTypes, xmlObject and xmlEvent are the parts of a log in XML, OCEL 2.0
// section 6.
type xmlType struct {
	Name       string `xml:"name,attr"`
	Attributes []struct {
		Name string `xml:"name,attr"`
		Type string `xml:"type,attr"`
	} `xml:"attributes>attribute"`
}

type xmlAttribute struct {
	Name  string `xml:"name,attr"`
	Time  string `xml:"time,attr"`
	Value string `xml:",chardata"`
}

type xmlRelation struct {
	Object    string `xml:"object-id,attr"`
	Qualifier string `xml:"qualifier,attr"`
}

type xmlObject struct {
	ID         string         `xml:"id,attr"`
	Type       string         `xml:"type,attr"`
	Attributes []xmlAttribute `xml:"attributes>attribute"`
	Relations  []xmlRelation  `xml:"objects>relationship"`
}

type xmlEvent struct {
	ID         string         `xml:"id,attr"`
	Type       string         `xml:"type,attr"`
	Time       string         `xml:"time,attr"`
	Attributes []xmlAttribute `xml:"attributes>attribute"`
	Relations  []xmlRelation  `xml:"objects>relationship"`
}

// xml reads element by element, types before what is of them.
func (r *reader) xml(in io.Reader) error {
	d := xml.NewDecoder(in)
	kinds := map[[2]string]string{}
	found := false
	fail := func(err error) error {
		line, column := d.InputPos()
		return fmt.Errorf("line %d, column %d: %w", line, column, err)
	}
	for depth := 0; ; {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !found {
				return errors.New("found no <log>: wanted OCEL 2.0 in XML")
			}
			return nil
		}
		if err != nil {
			return fail(err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return fail(errors.New("found a document type declaration, which is refused"))
		case xml.EndElement:
			depth--
		case xml.StartElement:
			depth++
			name := t.Name.Local
			if depth == 1 {
				if name != "log" {
					return fail(fmt.Errorf("found <%s>, wanted <log>", name))
				}
				found = true
			}
			if depth != 3 {
				continue
			}
			depth-- // decoding takes the end too
			switch name {
			case "object-type", "event-type":
				err = r.xmlType(d, t, kinds)
			case "object":
				err = r.xmlObject(d, t, kinds)
			case "event":
				err = r.xmlEvent(d, t, kinds)
			default:
				err = d.Skip()
			}
			if err != nil {
				return fail(err)
			}
		}
	}
}

func (r *reader) xmlType(d *xml.Decoder, t xml.StartElement, kinds map[[2]string]string) error {
	var x xmlType
	if err := d.DecodeElement(&x, &t); err != nil {
		return err
	}
	for _, a := range x.Attributes {
		kinds[[2]string{x.Name, a.Name}] = a.Type
	}
	return nil
}

func (r *reader) xmlObject(d *xml.Decoder, t xml.StartElement, kinds map[[2]string]string) (err error) {
	var x xmlObject
	if err := d.DecodeElement(&x, &t); err != nil {
		return err
	}
	o := objectcentric.Object{ID: x.ID, Type: x.Type, Related: xmlRelations(x.Relations)}
	for _, a := range x.Attributes {
		c := objectcentric.Change{Time: eventlog.None, Attribute: eventlog.Attribute{Key: a.Name, Value: r.value(kinds[[2]string{x.Type, a.Name}], a.Value)}}
		if a.Time != "" {
			if c.Time, err = r.stamp(a.Time); err != nil {
				return fmt.Errorf("object %q, attribute %q: %w", x.ID, a.Name, err)
			}
		}
		o.Attributes = append(o.Attributes, c)
	}
	r.objects = append(r.objects, o)
	return nil
}

func (r *reader) xmlEvent(d *xml.Decoder, t xml.StartElement, kinds map[[2]string]string) (err error) {
	var x xmlEvent
	if err := d.DecodeElement(&x, &t); err != nil {
		return err
	}
	e := objectcentric.Event{ID: x.ID, Activity: x.Type, Objects: xmlRelations(x.Relations)}
	if e.Time, err = r.stamp(x.Time); err != nil {
		return fmt.Errorf("event %q: %w", x.ID, err)
	}
	for _, a := range x.Attributes {
		e.Attributes = append(e.Attributes, eventlog.Attribute{Key: a.Name, Value: r.value(kinds[[2]string{x.Type, a.Name}], a.Value)})
	}
	r.events = append(r.events, e)
	return nil
}

func xmlRelations(list []xmlRelation) []objectcentric.Relation {
	var out []objectcentric.Relation
	for _, x := range list {
		out = append(out, objectcentric.Relation(x))
	}
	return out
}
