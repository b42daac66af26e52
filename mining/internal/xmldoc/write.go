package xmldoc

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
)

// NewWriter returns a writer of an XML document in UTF-8 and writes its header.
func NewWriter(w io.Writer) *Writer {
	x := &Writer{w: bufio.NewWriter(w)}
	x.raw(xml.Header)
	return x
}

// Flush ends the document. It returns the first fault, under the name of the
// format. Characters that XML cannot hold have been replaced by U+FFFD.
func (x *Writer) Flush(format string) error {
	if x.err == nil {
		x.err = x.w.Flush()
	}
	if x.err != nil {
		return fmt.Errorf("writing %s: %w", format, x.err)
	}
	return nil
}

// Writer writes indented XML; the first fault stays and is returned by Flush.
type Writer struct {
	w     *bufio.Writer
	depth int
	err   error
}

func (x *Writer) raw(s string) {
	if _, err := x.w.WriteString(s); err != nil && x.err == nil {
		x.err = err
	}
}

func (x *Writer) escaped(s string) {
	if err := xml.EscapeText(x.w, []byte(s)); err != nil && x.err == nil {
		x.err = err
	}
}

// Fault records an error that the caller found.
func (x *Writer) Fault(err error) {
	if x.err == nil {
		x.err = err
	}
}

// tag writes "<name attr="value"…" with indentation; attributes come as pairs,
// and those without a value are left out.
func (x *Writer) tag(name string, attrs []string) {
	for range x.depth {
		x.raw("  ")
	}
	x.raw("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] == "" {
			continue
		}
		x.raw(" " + attrs[i] + `="`)
		x.escaped(attrs[i+1])
		x.raw(`"`)
	}
}

// Open writes a start tag on a line of its own. Attributes come as pairs of name
// and value; those without a value are left out.
func (x *Writer) Open(name string, attrs ...string) {
	x.tag(name, attrs)
	x.raw(">\n")
	x.depth++
}

// Close writes the end tag.
func (x *Writer) Close(name string) {
	x.depth--
	for range x.depth {
		x.raw("  ")
	}
	x.raw("</" + name + ">\n")
}

// Empty writes an element without content.
func (x *Writer) Empty(name string, attrs ...string) {
	x.tag(name, attrs)
	x.raw("/>\n")
}

// Text writes an element that holds only text, verbatim.
func (x *Writer) Text(name, text string, attrs ...string) {
	x.tag(name, attrs)
	x.raw(">")
	x.escaped(text)
	x.raw("</" + name + ">\n")
}
