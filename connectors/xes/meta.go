package xes

import (
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
)

// describe takes an extension or classifier from the current tag.
func (s *Source) describe(element string) {
	get := func(name string) string {
		v, _ := s.scan.attr(name)
		return string(v)
	}
	if element == "extension" {
		s.meta.Extensions = append(s.meta.Extensions, eventlog.Extension{Name: get("name"), Prefix: get("prefix"), URI: get("uri")})
		return
	}
	c := eventlog.Classifier{Name: get("name"), Scope: get("scope"), Keys: splitKeys(get("keys"))}
	if c.Scope == "" {
		c.Scope = "event"
	}
	s.meta.Classifiers = append(s.meta.Classifiers, c)
}

// splitKeys cuts the keys of a classifier at blanks; a key that holds blanks
// stands between apostrophes.
func splitKeys(text string) []string {
	var keys []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		var key string
		if rest, quoted := strings.CutPrefix(text, "'"); quoted && strings.Contains(rest, "'") {
			key, text, _ = strings.Cut(rest, "'")
		} else if i := strings.IndexAny(text, " \t\r\n"); i >= 0 {
			key, text = text[:i], text[i:]
		} else {
			key, text = text, ""
		}
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// joinKeys is the inverse of splitKeys.
func joinKeys(keys []string) string {
	quoted := make([]string, len(keys))
	for i, k := range keys {
		if strings.ContainsAny(k, " \t\r\n") {
			k = "'" + k + "'"
		}
		quoted[i] = k
	}
	return strings.Join(quoted, " ")
}

// global reads the attributes that every trace or event has.
func (s *Source) global() error {
	scope, _ := s.scan.attr("scope")
	to := &s.meta.Globals.Event
	if string(scope) == "trace" {
		to = &s.meta.Globals.Trace
	}
	if s.scan.empty {
		return nil
	}
	var err error
	*to, err = s.children(*to, copied{})
	return err
}
