package search

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/twin"
)

func things() []Thing {
	return []Thing{
		{Kind: "process", Name: twin.Text{RU: "Выдача разрешения на строительство", EN: "Building permit"}, In: twin.Text{RU: "Управление архитектуры", EN: "Architecture office"}, Path: []string{"p", "1"}},
		{Kind: "process", Name: twin.Text{RU: "Перераспределение земельных участков", EN: "Redistribution of land plots"}, Path: []string{"p", "2"}},
		{Kind: "unit", Name: twin.Text{RU: "Управление земельных отношений", EN: "Land office"}, Path: []string{"u", "1"}},
		{Kind: "kpi", Name: twin.Text{RU: "Доля разрешений в срок", EN: "Share of permits in time"}, Path: []string{"k", "1"}},
		{Kind: "log", Name: twin.Text{RU: "receipt", EN: "receipt"}, ID: "receipt", Path: []string{"logs", "receipt"}},
		{Kind: "kpi", Name: twin.Text{RU: "Среднее время: Контроль состояния дорог", EN: "Mean lead time: Control of road condition"}, Path: []string{"k", "2"}},
		{Kind: "procedure", Name: twin.Text{RU: "Приём отчёта через CMЭВ", EN: "Taking a report"}, Path: []string{"d", "1"}},
	}
}

func found(x *Index, question string) []string {
	var out []string
	hits, _ := x.Find(question)
	for _, h := range hits {
		out = append(out, h.Path[0]+h.Path[1])
	}
	return out
}

func TestFind(t *testing.T) {
	x := New(things())
	for question, want := range map[string][]string{
		"разрешение":               {"p1", "k1"},
		"РАЗРЕШЕНИЙ строительства": {"p1"}, // other cases of the nouns
		"выдачи":                   {"p1"},
		"земельный":                {"u1", "p2"},
		"земельному участку":       {"p2"},
		"перерасп":                 {"p2"}, // a beginning
		"permit":                   {"p1", "k1"},
		"permits time":             {"k1"},
		"архитектура":              {"p1"},       // by where it belongs
		"отчета":                   {"d1"},       // ё as е
		"смэв":                     {"d1"},       // Latin letters that look Cyrillic
		"земл":                     {"u1", "p2"}, // a vowel that comes and goes
		"земля":                    {"u1", "p2"},
		"землю участок":            {"p2"},
		"зем":                      {"u1", "p2"},
		"впп":                      {"k2"}, // the lead time, as GLOSSARY.md has it
		"ВПП дорог":                {"k2"},
		"LT":                       {"k2"},
		"грбс":                     nil,
		"SMEV":                     {"d1"},
		"СМЭВ":                     {"d1"},
		"receipt":                  {"logsreceipt"},
		"rec":                      {"logsreceipt"},
		"zzz":                      nil,
		"":                         nil,
		"   ":                      nil,
		"\x00<script>":             nil,
	} {
		require.Equal(t, want, found(x, question), "%q", question)
	}
	hits, all := x.Find("разрешение zzz")
	require.False(t, all, "not all words are found together")
	require.NotEmpty(t, hits)
}

// Words that are in no thing are taken for those like them.
func TestMistypedWords(t *testing.T) {
	x := New(things())
	for question, want := range map[string][]string{
		"пререраспределение":   {"p2"}, // a letter exchanged
		"перераспредление":     {"p2"}, // one left out
		"перераспределлениие":  {"p2"}, // two too many
		"перераспределенеи":    {"p2"},
		"зимельных":            {"u1", "p2"},
		"redistributon":        {"p2"},
		"hfphtitybt":           {"p1", "k1"}, // «разрешение» on a Latin keyboard
		"зукьше":               {"p1", "k1"}, // permit on a Russian one
		"разрещение на строит": {"p1"},
		"доля":                 {"k1"},
		"дом":                  nil, // too short to be mistaken
		"управдом":             nil,
	} {
		require.Equal(t, want, found(x, question), "%q", question)
	}
	hits, _ := x.Find("зимельных")
	require.True(t, hits[0].Like)
	hits, _ = x.Find("земельных")
	require.False(t, hits[0].Like)
}

func TestTheWholeNameComesFirst(t *testing.T) {
	var many []Thing
	for i := range 50 {
		many = append(many, Thing{Name: twin.Text{RU: fmt.Sprintf("Земельный участок номер %d в границах города", i)}, Path: []string{"a", fmt.Sprint(i)}})
	}
	many = append(many, Thing{Name: twin.Text{RU: "Земельный участок"}, Path: []string{"whole", ""}})
	require.Equal(t, "whole", found(New(many), "земельный участок")[0])
}

func FuzzFind(f *testing.F) {
	x := New(things())
	f.Add("выдача разрешений")
	f.Fuzz(func(t *testing.T, q string) {
		hits, _ := x.Find(q)
		for i, h := range hits {
			require.GreaterOrEqual(t, h.Score, 0.0)
			require.True(t, i == 0 || hits[i-1].Score >= h.Score)
		}
	})
}

// BenchmarkFind asks among as many things as a large town has.
func BenchmarkFind(b *testing.B) {
	var many []Thing
	for i := range 20000 {
		many = append(many, Thing{Name: twin.Text{RU: fmt.Sprintf("Процедура %d: подготовка проекта решения о предоставлении участка", i), EN: fmt.Sprintf("Procedure %d", i)}})
	}
	x := New(many)
	for b.Loop() {
		x.Find("решений участк")
	}
}
