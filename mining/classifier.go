package mining

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
)

// UnknownClassifierError says that a log has no event classifier of that name.
type UnknownClassifierError struct {
	Log, Name string
	Known     []string
}

func (e *UnknownClassifierError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("log %q has no classifier %q, nor any other", e.Log, e.Name)
	}
	quoted := make([]string, len(e.Known))
	for i, n := range e.Known {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return fmt.Sprintf("log %q has no classifier %q, but %s", e.Log, e.Name, strings.Join(quoted, ", "))
}

// Classifier returns the attribute keys of the event classifier of that name, or
// an *UnknownClassifierError.
func Classifier(l *eventlog.Log, name string) ([]string, error) {
	unknown := &UnknownClassifierError{Log: l.Name(), Name: name}
	for _, c := range l.Meta().Classifiers {
		if c.Scope == "trace" {
			continue
		}
		if c.Name == name {
			return slices.Clone(c.Keys), nil
		}
		unknown.Known = append(unknown.Known, c.Name)
	}
	return nil, unknown
}

// Classified is InMemory with another notion of activity: the values of the keys
// of a classifier, joined (eventlog.Log.Classified). Activity instances are
// paired by concept:name first and classified then, so that a start and its
// completion belong together though the classifier tells them apart; an
// instance made of several events has no lifecycle transition of its own.
func Classified(l *eventlog.Log, keys []string) Source {
	return &memory{log: l, keys: append([]string{}, keys...)}
}
