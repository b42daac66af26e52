// Package xmldoc reads small XML documents whole, as elements that know their
// place, and writes them canonically. It is for models and the like, not for logs.
package xmldoc

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/ianaindex"
)

// Limits on what Parse takes: far beyond any model drawn by people or miners.
const (
	maxBytes = 64 << 20
	maxDepth = 200
)

// Element is one XML element with its place in the document.
type Element struct {
	Name         xml.Name
	Attrs        []xml.Attr
	Children     []*Element
	Line, Column int // from 1
	text         strings.Builder
	format       string
}

// Attr returns the value of an attribute without a namespace, "" where there is none.
func (e *Element) Attr(local string) string {
	for _, a := range e.Attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// Is reports whether e is the element local of a namespace.
func (e *Element) Is(space, local string) bool {
	return e.Name.Space == space && e.Name.Local == local
}

// Text returns the characters directly inside e, verbatim.
func (e *Element) Text() string { return e.text.String() }

// Child returns the first child of the given local name, nil where there is none.
func (e *Element) Child(local string) *Element {
	for _, c := range e.Children {
		if c.Name.Local == local {
			return c
		}
	}
	return nil
}

// Faultf returns an error that names the format and the place of e.
func (e *Element) Faultf(format string, args ...any) error {
	return fmt.Errorf("reading %s: line %d, column %d: %w", e.format, e.Line, e.Column, fmt.Errorf(format, args...))
}

// Parse reads a whole document and returns its root. Errors name the format, line
// and column. It refuses document type
// declarations (so that no entity is ever declared or expanded), nesting beyond
// maxDepth and documents beyond maxBytes.
func Parse(format string, r io.Reader) (*Element, error) {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	d := xml.NewDecoder(limited)
	d.CharsetReader = decodeCharset
	at := func(err error) error {
		line, column := d.InputPos()
		if limited.N <= 0 {
			err = fmt.Errorf("document is larger than %d MiB", maxBytes>>20)
		}
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			err = errors.New(syntax.Msg) // its line is said already
		}
		return fmt.Errorf("reading %s: line %d, column %d: %w", format, line, column, err)
	}
	var root *Element
	var stack []*Element
	for {
		line, column := d.InputPos()
		token, err := d.Token()
		if err == io.EOF {
			if limited.N <= 0 {
				return nil, at(err)
			}
			break
		}
		if err != nil {
			return nil, at(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, at(errors.New("document type declarations are refused"))
		case xml.StartElement:
			e := &Element{Name: t.Name, Attrs: append([]xml.Attr(nil), t.Attr...), Line: line, Column: column, format: format}
			switch {
			case len(stack) == maxDepth:
				return nil, at(fmt.Errorf("elements nest deeper than %d", maxDepth))
			case len(stack) > 0:
				parent := stack[len(stack)-1]
				parent.Children = append(parent.Children, e)
			case root != nil:
				return nil, at(fmt.Errorf("second root element <%s>", t.Name.Local))
			default:
				root = e
			}
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text.Write(t)
			}
		}
	}
	if root == nil {
		return nil, at(errors.New("no XML element in the document"))
	}
	return root, nil
}

func decodeCharset(label string, r io.Reader) (io.Reader, error) {
	enc, err := ianaindex.IANA.Encoding(label)
	if err != nil || enc == nil {
		return nil, fmt.Errorf("encoding %q is not known", label)
	}
	return enc.NewDecoder().Reader(r), nil
}
