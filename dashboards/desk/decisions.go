package desk

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/kept"
)

// Verdict on a pair of procedures that may be one.
type Verdict string

// The verdicts; Undecided takes back another.
const (
	MergeBoth    Verdict = "merge"
	NotDuplicate Verdict = "different"
	Undecided    Verdict = "open"
)

// Decision is what somebody decided on a pair of procedures.
type Decision struct {
	A       string    `json:"a"` // identifiers of the procedures, A before B
	B       string    `json:"b"`
	Verdict Verdict   `json:"verdict"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`

	Revision kept.Revision `json:"-"`
}

// PairID names a pair of procedures, whichever comes first.
func PairID(a, b string) string { return min(a, b) + "~" + max(a, b) }

// decisionsOf is where the decisions on a twin are kept.
func (d *Desk) decisionsOf(twin string) kept.Folder {
	return kept.Open(filepath.Join(d.dir, "decisions", strings.ReplaceAll(url.PathEscape(twin), ".", "%2E")))
}

// Decisions returns what was decided on the pairs of a twin, by PairID.
func (d *Desk) Decisions(twin string) (map[string]Decision, error) {
	folder := d.decisionsOf(twin)
	list, err := folder.List()
	if err != nil {
		return nil, err
	}
	out := map[string]Decision{}
	for _, e := range list {
		var x Decision
		if x.Revision, err = folder.Read(e.ID, &x); err != nil {
			if errors.Is(err, kept.ErrNotFound) { // taken away meanwhile
				continue
			}
			return nil, err
		}
		out[e.ID] = x
	}
	return out, nil
}

// longestReason bounds what is written, in bytes.
const longestReason = 4000

// Decide keeps a decision on a pair of a twin, where it is still at x.Revision ("" for the
// first one); else the error is a *kept.ConflictError.
func (d *Desk) Decide(twin string, x Decision) error {
	x.A, x.B = min(x.A, x.B), max(x.A, x.B)
	x.Reason = strings.TrimSpace(x.Reason)
	switch {
	case x.Verdict != MergeBoth && x.Verdict != NotDuplicate && x.Verdict != Undecided:
		return InputError{fmt.Errorf("verdict %q: wanted %s, %s or %s", x.Verdict, MergeBoth, NotDuplicate, Undecided)}
	case x.Verdict != Undecided && x.Reason == "":
		return InputError{fmt.Errorf("deciding on %s and %s: a reason is wanted, so that whoever asks later understands", x.A, x.B)}
	case len(x.Reason) > longestReason:
		return InputError{fmt.Errorf("deciding on %s and %s: the reason has %d bytes, wanted %d at most", x.A, x.B, len(x.Reason), longestReason)}
	}
	_, err := d.decisionsOf(twin).Write(PairID(x.A, x.B), x, x.Revision)
	return err
}
