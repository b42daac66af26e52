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

// File returns where a thing of the twin stands: where Read found it (true), or the file
// that Write would put it into (false), as for a twin that a program made.
func (m *Model) File(r Ref) (Place, bool) {
	if p, ok := m.places[pathOf(string(r.Kind), r.ID)]; ok {
		return p, true
	}
	folder := map[Kind]string{UnitKind: "units", PoolKind: "pools"}[r.Kind]
	switch f := formOf(r.Kind); {
	case f != nil:
		folder = f.folder
	case r.Kind == ProcessKind:
		return Place{File: "processes/" + fileName(r.ID) + "/process.yaml"}, false
	}
	return Place{File: folder + "/" + fileName(r.ID) + ".yaml"}, false
}

// pathOf joins the names on the way to a part; names never hold a zero byte.
func pathOf(names ...string) string { return strings.Join(names, "\x00") }
