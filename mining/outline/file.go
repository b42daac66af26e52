package outline

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/performance"
)

// magic begins every file, with the version of its form.
const magic = "uprava outline 4\n"

// ErrOther says that a file is of another state of the log, or no whole file.
var ErrOther = errors.New("the outline is of another state")

// header stands before the columns.
type header struct {
	Of         string                 `json:"of"`
	Cases      int                    `json:"cases"`
	Text       int                    `json:"text"` // bytes of the identifiers
	Lead       performance.LeadConfig `json:"lead"`
	DueFrom    string                 `json:"due_from"`
	Ends       []string               `json:"ends"`
	Activities []string               `json:"activities"`
	Left       performance.Left       `json:"left"`
	Pairing    eventlog.Pairing       `json:"pairing"`
	Startless  int                    `json:"startless"`
}

var table = crc32.MakeTable(crc32.Castagnoli)

// Write returns the outline as bytes; of names the state of the log it is of. Some
// 70 bytes a case beside its identifier.
func (o *Outline) Write(of string) ([]byte, error) {
	text := strings.Join(o.IDs, "")
	head, err := json.Marshal(header{of, len(o.IDs), len(text), o.Lead, o.DueFrom, o.Ends, o.Activities, o.Left, o.Pairing, o.Startless})
	if err != nil {
		return nil, fmt.Errorf("writing an outline: %w", err)
	}
	b := make([]byte, 0, len(magic)+len(head)+len(text)+78*len(o.IDs)+8)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(head)))
	b = append(b, head...)
	for _, id := range o.IDs {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(id)))
	}
	b = append(b, text...)
	for _, column := range o.times() {
		for _, t := range *column {
			b = binary.LittleEndian.AppendUint64(b, uint64(t))
		}
	}
	for _, column := range o.numbers() {
		for _, x := range *column {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
	}
	for _, a := range o.At {
		b = binary.LittleEndian.AppendUint32(b, uint32(a))
	}
	for _, n := range o.Rows {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	for _, over := range o.Over {
		one := byte(0)
		if over {
			one = 1
		}
		b = append(b, one)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, table)), nil
}

func (o *Outline) times() []*[]eventlog.Time {
	return []*[]eventlog.Time{&o.First, &o.Last, &o.From, &o.To, &o.Due}
}

func (o *Outline) numbers() []*[]float64 {
	return []*[]float64{&o.Length, &o.Work, &o.Touched}
}

// perCase is what a case takes in a file beside its identifier.
const perCase = 4 + 8*8 + 2*4 + 1

// Read reads what Write wrote; ErrOther where it is of another state, or damaged.
func Read(b []byte, of string) (*Outline, error) {
	at := len(magic) + 4
	if len(b) < at+4 || string(b[:len(magic)]) != magic || crc32.Checksum(b[:len(b)-4], table) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, fmt.Errorf("reading an outline of %d bytes: it is not whole: %w", len(b), ErrOther)
	}
	b = b[:len(b)-4]
	size := int(binary.LittleEndian.Uint32(b[len(magic):]))
	var h header
	if size > len(b)-at || json.Unmarshal(b[at:at+size], &h) != nil || h.Of != of {
		return nil, ErrOther
	}
	at += size
	n := h.Cases
	if n < 0 || h.Text < 0 || n > len(b) || len(b)-at != n*perCase+h.Text {
		return nil, ErrOther
	}
	o := &Outline{IDs: make([]string, n), At: make([]eventlog.Code, n), Rows: make([]uint32, n), Lead: h.Lead, DueFrom: h.DueFrom, Ends: h.Ends, Over: make([]bool, n), Activities: h.Activities, Left: h.Left, Pairing: h.Pairing, Startless: h.Startless}
	ids, from := string(b[at+4*n:at+4*n+h.Text]), 0
	for i := range o.IDs {
		k := int(binary.LittleEndian.Uint32(b[at+4*i:]))
		if from+k > len(ids) {
			return nil, ErrOther
		}
		o.IDs[i] = ids[from : from+k]
		from += k
	}
	at += 4*n + h.Text
	for _, column := range o.times() {
		*column = make([]eventlog.Time, n)
		for i := range *column {
			(*column)[i] = eventlog.Time(binary.LittleEndian.Uint64(b[at+8*i:]))
		}
		at += 8 * n
	}
	for _, column := range o.numbers() {
		*column = make([]float64, n)
		for i := range *column {
			(*column)[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[at+8*i:]))
		}
		at += 8 * n
	}
	for i := range n {
		o.At[i] = eventlog.Code(binary.LittleEndian.Uint32(b[at+4*i:]))
		o.Rows[i] = binary.LittleEndian.Uint32(b[at+4*n+4*i:])
		o.Over[i] = b[at+8*n+i] != 0
		if int(o.At[i]) >= len(o.Activities) {
			return nil, ErrOther
		}
	}
	return o, nil
}
