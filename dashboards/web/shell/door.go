package shell

import (
	"context"

	"github.com/uprava/uprava/dashboards/terms"
)

// The three readers: each has a door on the start page.
const (
	Owner = "owner" // of a process
	Team  = "team"  // of a transformation
	Head  = "head"  // of the administration, and deputies
)

// Doors are the readers in the order of the start page.
var Doors = []string{Owner, Team, Head}

// Line is one thing that waits behind a door.
type Line struct {
	Text, Href string // Href from the start page
	Note       string // what it rests on: n, when
	Urgent     bool   // comes before those that are not
}

// Waiting says what waits for a reader, in the order in which it is to be shown, a few
// lines at most; none where nothing waits.
type Waiting func(ctx context.Context, lang terms.Lang) ([]Line, error)

// Door adds to what waits behind the door of one of the readers. The start page
// fetches it apart, so that it may take its time.
func (s *Site) Door(reader string, w Waiting) { s.doors[reader] = append(s.doors[reader], w) }

// Behind returns what was added to a door.
func (s *Site) Behind(reader string) []Waiting { return s.doors[reader] }

// SectionPath returns the address, from the start page, of a section that some area
// added, and whether there is one.
func (s *Site) SectionPath(key string) (string, bool) {
	for _, e := range s.sections {
		if e.key == key {
			return e.path, true
		}
	}
	return "", false
}

// TabPath returns the address, below /logs/LOG, of a tab that some area added, and
// whether there is one.
func (s *Site) TabPath(key string) (string, bool) {
	for _, e := range s.tabs {
		if e.key == key {
			return e.path, true
		}
	}
	return "", false
}
