package xes

import (
	"strconv"
	"strings"
	"unsafe"

	"github.com/uprava/uprava/mining/eventlog"
)

// keeper makes strings of pieces of the document.
type keeper interface{ keep(b []byte) string }

// arena is a keeper whose strings hold until it is cut to [:0] and used again.
// It grows by copying, and what it handed out before stays with the old bytes.
type arena []byte

func (a *arena) keep(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	n := len(*a)
	*a = append(*a, b...)
	return unsafe.String(&(*a)[n], len(b))
}

// copied is a keeper whose strings hold for good.
type copied struct{}

func (copied) keep(b []byte) string { return string(b) }

// attributeKind returns the kind that the name of an element stands for.
func attributeKind(name []byte) (eventlog.Kind, bool) {
	switch string(local(name)) {
	case "string":
		return eventlog.KindString, true
	case "date":
		return eventlog.KindTime, true
	case "int":
		return eventlog.KindInt, true
	case "float":
		return eventlog.KindFloat, true
	case "boolean":
		return eventlog.KindBool, true
	case "id":
		return eventlog.KindID, true
	case "list":
		return eventlog.KindList, true
	case "container":
		return eventlog.KindContainer, true
	}
	return 0, false
}

// attribute appends the attribute whose start tag is the current token, with
// all that it holds. What is no attribute is passed over, with a warning.
func (s *Source) attribute(to []eventlog.Attribute, k keeper) ([]eventlog.Attribute, error) {
	kind, known := attributeKind(s.scan.name)
	if !known {
		s.doubt.add(doubtElement, s.scan.placeOf(s.scan.token).line, "<%s>", s.scan.name)
		return to, s.skip()
	}
	key, value := s.scan.value(s.scan.key), s.scan.value(s.scan.val)
	if len(key) == 0 {
		s.doubt.add(doubtKey, s.scan.placeOf(s.scan.token).line, "<%s>", s.scan.name)
		return to, s.skip()
	}
	a := eventlog.Attribute{Key: k.keep(key)}
	a.Value = s.valueOf(kind, k.keep(value), a.Key)
	if s.scan.empty {
		return append(to, a), nil
	}
	var err error
	a.Children, err = s.children(nil, k)
	return append(to, a), err
}

// children appends the attributes up to the end tag of the open element. The
// element <values> of a list stands for what it holds.
func (s *Source) children(to []eventlog.Attribute, k keeper) ([]eventlog.Attribute, error) {
	for {
		kind, err := s.scan.next()
		switch {
		case err != nil:
			return to, err
		case kind == tokenText:
			continue
		case kind == tokenEnd:
			return to, nil
		}
		if string(local(s.scan.name)) == "values" {
			if !s.scan.empty {
				to, err = s.children(to, k)
			}
		} else {
			to, err = s.attribute(to, k)
		}
		if err != nil {
			return to, err
		}
		if a, ok := k.(*arena); ok && len(*a) > maxHeld || len(to) > maxHeld/64 {
			return to, s.scan.fail(s.scan.token, "more than %d MiB of nested attributes", maxHeld>>20)
		}
	}
}

// skip passes over the element whose start tag is the current token.
func (s *Source) skip() error {
	if s.scan.empty {
		return nil
	}
	for depth := len(s.scan.depths); len(s.scan.depths) >= depth; {
		if _, err := s.scan.next(); err != nil {
			return err
		}
	}
	return nil
}

// valueOf reads a value of a kind; one that does not fit is kept as text. The
// time of an event is judged by its caller, so it raises no doubt here.
func (s *Source) valueOf(kind eventlog.Kind, text, key string) eventlog.Value {
	switch kind {
	case eventlog.KindString:
		return eventlog.Text(text)
	case eventlog.KindTime:
		at, zoned, err := eventlog.ParseStamp(strings.TrimSpace(text))
		if err == nil {
			if !zoned {
				s.doubt.add(doubtZone, s.scan.placeOf(s.scan.token).line, "%q", text)
			}
			return eventlog.TimeValue(at)
		}
		if key == keyTime {
			return eventlog.Text(text)
		}
	case eventlog.KindInt:
		if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
			return eventlog.Int(n)
		}
	case eventlog.KindFloat:
		if f, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
			return eventlog.Float(f)
		}
	case eventlog.KindBool:
		switch {
		case text == "1" || strings.EqualFold(strings.TrimSpace(text), "true"):
			return eventlog.Bool(true)
		case text == "0" || strings.EqualFold(strings.TrimSpace(text), "false"):
			return eventlog.Bool(false)
		}
	case eventlog.KindID:
		return eventlog.ID(text)
	default:
		return eventlog.Group(kind)
	}
	s.doubt.add(doubtValue, s.scan.placeOf(s.scan.token).line, "<%s key=%q value=%q>", kind, key, cut(text, 80))
	return eventlog.Text(text)
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
