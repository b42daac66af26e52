package measure

import (
	"fmt"
	"reflect"
	"strings"
)

// Fault is an error that is told in both languages of the interface, as a Doubt is.
// What it wraps is what the %w of its English sentence wrap.
type Fault struct {
	Doubt
	wraps error
}

// Unwrap returns what carries the wrapped errors; its text is the English sentence.
func (f *Fault) Unwrap() error { return f.wraps }

// Faultf returns a fault of two formats over the same arguments: the English as
// fmt.Errorf reads it, the Russian with %s in place of %q and %w. An argument with
// a method In(lang string) string, and an error, is told in the language of the
// sentence; in Russian a list of words stands as «a», «b», and numbers have a decimal
// comma.
func Faultf(en, ru string, args ...any) *Fault {
	wraps := fmt.Errorf(en, args...)
	told := make([]any, len(args))
	for i, a := range args {
		told[i] = inRussian(a)
	}
	return &Fault{Doubt{EN: wraps.Error(), RU: fmt.Sprintf(ru, told...)}, wraps}
}

func inRussian(a any) any {
	switch x := a.(type) {
	case interface{ In(lang string) string }:
		return x.In("ru")
	case error:
		return FaultIn("ru", x)
	case float64:
		return comma(x)
	}
	v := reflect.ValueOf(a)
	if k := v.Kind(); (k != reflect.Slice && k != reflect.Array) || v.Type().Elem().Kind() != reflect.String {
		return a
	}
	words := make([]string, v.Len())
	for i := range words {
		words[i] = "«" + v.Index(i).String() + "»"
	}
	return strings.Join(words, ", ")
}

// comma is a number that is written with a decimal comma.
type comma float64

func (x comma) Format(s fmt.State, verb rune) {
	text := fmt.Sprintf(fmt.FormatString(s, verb), float64(x))
	_, _ = s.Write([]byte(strings.Replace(text, ".", ",", 1)))
}

// FaultIn returns the text of an error in the language "ru" or "en". In English it
// is that of Error. In Russian each fault among the errors that it wraps or joins is
// told in Russian, in the place where its English text stands; all else stays as it
// is. "" for no error.
func FaultIn(lang string, err error) string {
	if err == nil {
		return ""
	}
	if lang != "ru" {
		return err.Error()
	}
	if x, ok := err.(interface{ In(lang string) string }); ok {
		return x.In(lang)
	}
	var inner []error
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		inner = []error{x.Unwrap()}
	case interface{ Unwrap() []error }:
		inner = x.Unwrap()
	}
	rest := err.Error()
	var out strings.Builder
	for _, e := range inner {
		if e == nil {
			continue
		}
		text := e.Error()
		if before, after, ok := strings.Cut(rest, text); ok && text != "" {
			out.WriteString(before + FaultIn(lang, e))
			rest = after
		}
	}
	return out.String() + rest
}
