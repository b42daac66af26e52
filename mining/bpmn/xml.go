package bpmn

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/ianaindex"
)

// Limits on what Read takes: far beyond any model drawn by people or miners.
const (
	maxBytes = 64 << 20
	maxDepth = 200
)

// The namespaces of BPMN 2.0.
const (
	nsModel   = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	nsDiagram = "http://www.omg.org/spec/BPMN/20100524/DI"
	nsDC      = "http://www.omg.org/spec/DD/20100524/DC"
	nsDI      = "http://www.omg.org/spec/DD/20100524/DI"
	nsXSI     = "http://www.w3.org/2001/XMLSchema-instance"
)

// element is one XML element with its place in the document.
type element struct {
	name         xml.Name
	attrs        []xml.Attr
	children     []*element
	text         strings.Builder
	line, column int
}

func (e *element) attr(local string) string {
	for _, a := range e.attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// is reports whether e is the element local of a namespace.
func (e *element) is(space, local string) bool {
	return e.name.Space == space && e.name.Local == local
}

func (e *element) faultf(format string, args ...any) error {
	return fmt.Errorf("reading BPMN: line %d, column %d: %w", e.line, e.column, fmt.Errorf(format, args...))
}

// parse reads a whole document into elements. It refuses document type
// declarations (so that no entity is ever declared or expanded), nesting beyond
// maxDepth and documents beyond maxBytes.
func parse(r io.Reader) (*element, error) {
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
		return fmt.Errorf("reading BPMN: line %d, column %d: %w", line, column, err)
	}
	var root *element
	var stack []*element
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
			e := &element{name: t.Name, attrs: append([]xml.Attr(nil), t.Attr...), line: line, column: column}
			switch {
			case len(stack) == maxDepth:
				return nil, at(fmt.Errorf("elements nest deeper than %d", maxDepth))
			case len(stack) > 0:
				parent := stack[len(stack)-1]
				parent.children = append(parent.children, e)
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
