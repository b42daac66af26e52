package architecture

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/twin"
)

func TestSigns(t *testing.T) {
	for step, want := range map[string]bool{"Решение подписано": true, "План УТВЕРЖДЁН": true, "Ответ согласован": true, "Публикация одобрена": true, "Document signed": true, "Approved by the head": true,
		"Сигнал проверен": false, "Signal verified": false, "Значительное изменение": false, "Письмо отправлено": false, "": false} {
		require.Equal(t, want, Signs(step), step)
	}
	require.True(t, Leads(twin.Text{RU: "Начальник, Отдел кадров"}))
	require.False(t, Leads(twin.Text{RU: "Заместитель начальника отдела"}))
	require.False(t, Leads(twin.Text{}))
}

func TestSigners(t *testing.T) {
	m := hall()
	m.Elements = append(m.Elements, &twin.Element{Kind: twin.Post, ID: "chief", Name: twin.Text{RU: "Начальник отдела"}, Edges: []twin.Edge{link(twin.BelongsTo, twin.UnitKind, "u")}})
	for _, x := range []struct {
		id, unit, steps string
		volume          float64
	}{{"a", "u", "Собрано; Подписано; Утверждено", 100}, {"b", "v", "Подписано", 7}} {
		p := procedureOf(x.id, x.volume, 1, link(twin.BelongsTo, twin.UnitKind, x.unit))
		p.Properties = map[string]string{"steps": x.steps}
		m.Elements = append(m.Elements, p)
	}
	unknown := thing(twin.Procedure, "c", link(twin.BelongsTo, twin.UnitKind, "v"))
	unknown.Properties = map[string]string{"steps": "Подписано"}
	m.Elements = append(m.Elements, unknown)
	list := Signers(m, []Step{{"p", "Решение подписано", "head", 50, 5}, {"p", "Заявление принято", "clerks", 900, 90}, {"q", "Ответ подписан", "head", 40, 2}, {"q", "Подписано само", "", 10, 0}})
	require.Len(t, list, 3)
	require.Equal(t, twin.Ref{Kind: twin.Post, ID: "chief"}, list[0].By, "200 a year: two steps of a hundred each")
	require.EqualValues(t, 200, list[0].Yearly)
	require.Equal(t, 1, list[0].Procedures)
	require.Equal(t, twin.Ref{Kind: twin.PoolKind, ID: "head"}, list[1].By)
	require.EqualValues(t, 90, list[1].Yearly)
	require.EqualValues(t, 7, list[1].Hours)
	require.Equal(t, 2, list[1].Processes)
	require.Equal(t, 1, list[1].People)
	require.Equal(t, twin.Ref{Kind: twin.UnitKind, ID: "v"}, list[2].By, "without a head it is the unit")
	require.Equal(t, 1, list[2].Unknown)
	require.True(t, math.IsNaN(float64(list[2].Signs[1].Yearly)) || math.IsNaN(float64(list[2].Signs[0].Yearly)))
}

func TestNear(t *testing.T) {
	g := hall().Graph()
	at := map[string]int{}
	for _, n := range g.Near(twin.Ref{Kind: twin.System, ID: "gis"}, 2, func(r twin.Ref) bool { return r.ID == "rare" }) {
		at[n.On.ID] = n.Distance
	}
	require.Equal(t, map[string]int{"gis": 0, "ready": 1, "gis-edms": 1, "act": 2, "one": 2, "edms": 2}, at)
}
