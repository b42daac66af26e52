package report

import (
	"time"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// Document is a report in one language.
type Document struct {
	Lang         terms.Lang
	Organisation string
	Title        string
	Subject      string // whom or what it is about: a process, an owner
	To           string // for whom
	Period       Period // zero where the report is of no period
	AsOf         time.Time
	Notice       string // such as that the data are a demonstration; "" for none
	Sections     []Section
	Orders       *Orders // «Проект поручений»; nil for none
	Signatory    Signatory
	Performer    Performer
	Program      string // and its version
	Inputs       string // hash of all that the report was made from
}

// Section is a part with a heading.
type Section struct {
	Heading string
	Brief   string // what it says, for a table of contents
	NewPage bool
	Compact bool // in letters as small as need be on paper, so that it fits on one page
	// Together: on paper it stands on one page where it can, if need be with lower
	// pictures, beside others that do.
	Together bool
	Blocks   []Block
}

// Block is a Paragraph, a List, a Table or a Figure.
type Block interface{ block() }

// Weight is how loud a paragraph is.
type Weight uint8

// The weights.
const (
	Plain Weight = iota
	Key          // what to take away
	Quiet        // an explanation
	Sub          // a heading inside of a section
)

// Paragraph is text.
type Paragraph struct {
	Text   string
	Weight Weight
	Notes  []Footnote
}

// List is paragraphs that stand beside each other.
type List struct{ Items []Paragraph }

// Figure is a picture with its title and what it shows in words.
type Figure struct {
	Title       string
	Description string
	Chart       Chart
	Notes       []Footnote
}

func (Paragraph) block() {}
func (List) block()      {}
func (*Table) block()    {}
func (Figure) block()    {}

// Footnote is what a figure rests on.
type Footnote struct {
	Text       string // what it is; "" for nothing more than the figures below
	N          int    // how many it rests on; 0 for not said
	Of         string // key of the word that goes with N; "" for cases
	Unit       measure.Unit
	Low, High  float64 // interval; both NaN, or 0, for none
	Confidence float64 // of the interval; 0 for 95 %
	Warnings   []string
}

// Orders are the drafts of instructions that close a report.
type Orders struct {
	Title string
	Rows  []Order
}

// Order is one instruction: what is to be done, by whom, by when, and why.
type Order struct {
	What, Who string
	By        time.Time // zero for not set
	Why       string
}

// Signatory signs the report; what is not known is left to be written by hand.
type Signatory struct{ Post, Name string }

// Performer made the report, GOST R 7.0.97-2016 names the person and the telephone.
type Performer struct{ Name, Phone string }
