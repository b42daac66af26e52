package embedded

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	chproto "github.com/ClickHouse/ch-go/proto"
)

// Error codes of ClickHouse that this side raises itself.
const (
	codeNotImplemented = 48
	codeSyntax         = 62
	codeUnknown        = 1000
)

// exception is an error with the code it has in ClickHouse.
type exception struct {
	code    int
	message string
}

func (e *exception) Error() string { return e.message }

var codePrefix = regexp.MustCompile(`^\s*Code: (\d+)\. `)

// asException keeps the code of an error of the engine, whose text begins with
// "Code: 60. DB::Exception: ", and leaves the text as a server sends it.
func asException(err error) *exception {
	if own := (*exception)(nil); errors.As(err, &own) {
		return own
	}
	s := err.Error()
	if m := codePrefix.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		return &exception{n, s[len(m[0]):]}
	}
	return &exception{codeUnknown, s}
}

var (
	comment = `(?:\s+|--[^\n]*(?:\n|$)|#[! ][^\n]*(?:\n|$)|/\*(?s:.*?)\*/)*`
	name    = "(?:`(?:[^`\\\\]|\\\\.)*`|\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s(`\".;]+)"

	streamed   = regexp.MustCompile(`(?i)^` + comment + `\(*` + comment + `(?:select|with|from|values)\b`)
	described  = regexp.MustCompile(`(?i)^` + comment + `\(*` + comment + `(?:select|with|from|values|show|describe|desc|explain|exists|check)\b`)
	blocksFor  = regexp.MustCompile(`(?is)^(` + comment + `insert\s+into\s+.*?)\s+format\s+native\s*;?\s*$`)
	insertInto = regexp.MustCompile(`(?is)^` + comment + `insert\s+into\s+(?:table\s+)?(` + name + `(?:\.` + name + `)?)\s*(?:\((.*?)\)\s*)?$`)
)

// isStreamed tells a SELECT, which the engine can hand over piece by piece.
func isStreamed(sql string) bool { return streamed.MatchString(sql) }

// isRows tells a statement whose result has columns even if it has no rows.
func isRows(sql string) bool { return described.MatchString(sql) }

// splitInsert takes INSERT INTO … FORMAT Native apart, the form a native client
// sends before its blocks: the statement without FORMAT, and a SELECT with the
// columns it fills.
func splitInsert(sql string) (insert, columns string, ok bool, err error) {
	m := blocksFor.FindStringSubmatch(sql)
	if m == nil {
		return "", "", false, nil
	}
	into := insertInto.FindStringSubmatch(m[1])
	if into == nil {
		return "", "", true, &exception{codeSyntax, "DB::Exception: the embedded engine takes blocks for INSERT INTO [database.]table [(columns)] only"}
	}
	list := strings.TrimSpace(into[2])
	if list == "" {
		list = "*"
	}
	return m[1], "SELECT " + list + " FROM " + into[1], true, nil
}

// quote writes a string literal of ClickHouse.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

func quoteName(s string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`"
}

// parameters turns the parameters of a native client, which sends each value as
// a quoted literal, into the bare text the engine's C interface takes.
func parameters(in []chproto.Parameter) map[string]string {
	out := make(map[string]string, len(in))
	for _, p := range in {
		out[p.Key] = unquote(p.Value)
	}
	return out
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '\'' || s[len(s)-1] != '\'' {
		return s
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if at := strings.IndexByte("btnrf0av", s[i]); at >= 0 {
			b.WriteByte("\b\t\n\r\f\x00\a\v"[at])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
