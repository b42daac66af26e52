package twin

import (
	"fmt"
	"strings"
)

// Place is where something stands in a file, lines and columns from 1; Line 0
// means the file as a whole.
type Place struct {
	File         string
	Line, Column int
}

// String returns file, line and column as compilers write them.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Fault is something wrong in a twin: what, and where it stands if the twin was
// read from files.
type Fault struct {
	Place Place
	Err   error
}

// Error returns place and fault.
func (f *Fault) Error() string {
	if f.Place.File == "" {
		return f.Err.Error()
	}
	return f.Place.String() + ": " + f.Err.Error()
}

// Unwrap returns the fault without its place.
func (f *Fault) Unwrap() error { return f.Err }

// place returns where the part with the given path was read, or the nearest
// part above it.
func (m *Model) place(path string) Place {
	for {
		if p, ok := m.places[path]; ok {
			return p
		}
		i := strings.LastIndexByte(path, 0)
		if i < 0 {
			return Place{}
		}
		path = path[:i]
	}
}

// pathOf joins the names on the way to a part; names never hold a zero byte.
func pathOf(names ...string) string { return strings.Join(names, "\x00") }
