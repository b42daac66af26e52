package cli

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPassportAndPlan(t *testing.T) {
	out, errs, code := run("twin", "show", "municipality", "process:redistribution", "--lang", "ru")
	require.Equal(t, exitOK, code, errs)
	for _, want := range []string{
		"Паспорт процесса «Соглашение о перераспределении земель»", "Вид процесса: основной", "Начальное событие: Заявление поступило", "Начальник отдела земельных отношений (post:land-head)",
		"Срок: 30 календарных дней", "Земельный кодекс (regulation:land-code)", "(power:land-disposal)", "(document:job-land-head)", "(kpi:lead-redistribution)", "(risk:one-lawyer)", "(measure:land-portal)",
	} {
		require.Contains(t, out, want)
	}
	out, errs, code = run("twin", "show", "expertise", "process:expertise", "--lang", "en")
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "Deputy head for the expertise (post:deputy-head)")
	require.Contains(t, out, "Limit: 42 working days")

	out, errs, code = run("twin", "plan", "municipality", "--process", "redistribution", "--lang", "en")
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "Interagency requests answered in time")
	require.Contains(t, out, "-4\u00a0days")
	require.NotContains(t, out, "Answer templates")
	out, _, code = run("twin", "plan", "municipality", "--json")
	require.Equal(t, exitOK, code)
	var plan struct {
		Measures []struct {
			Measure string
			Owners  []string
			Effect  struct{ Value float64 } `json:"planned_effect"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &plan))
	require.Len(t, plan.Measures, 33)
	for _, m := range plan.Measures {
		require.NotEmpty(t, m.Owners, m.Measure)
		require.Negative(t, m.Effect.Value, m.Measure)
	}
	_, errs, code = run("twin", "plan", "municipality", "--process", "nothing")
	require.Equal(t, exitNotFound, code)
	require.Contains(t, errs, `process "nothing"`)
}

// A pack is looked at with its town.
func TestTwinOfAPackHasItsTown(t *testing.T) {
	out, errs, code := run("twin", "show", "municipality", "--json")
	require.Equal(t, exitOK, code, errs)
	var show struct{ Kinds map[string]int }
	require.NoError(t, json.Unmarshal([]byte(out), &show))
	require.Equal(t, 1600, show.Kinds["post"])
	require.Equal(t, 1200, show.Kinds["procedure"])
}

func TestAttributionOfThePlan(t *testing.T) {
	dir := landOffice(t)
	_, errs, code := run("attribute", dir, "--plan", "nothing")
	require.Equal(t, exitNotFound, code, errs)
	_, errs, code = run("attribute", dir, "--plan", "redistribution")
	require.Equal(t, exitBadInput, code)
	require.Contains(t, errs, "no measure of the action plan")
	out, errs, code := run("attribute", "expertise", "--plan", "expertise", "--figure", "in_time_share", "--replications", "2", "--lang", "en")
	require.Equal(t, exitOK, code, errs)
	for _, id := range []string{"pre-check", "cross-training", "remark-deadline", "december"} {
		require.Contains(t, out, id)
	}
}
