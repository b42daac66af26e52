package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/measure"
)

// What is wrong with the line of a lever is told in both languages.
func TestLeverFaultsInRussian(t *testing.T) {
	for line, want := range map[string]string{
		"branch:x=2":                "чтение меры «branch:x=2»: указана доля «2», нужно число от 0 до 1",
		"step:x=fast":               "чтение меры «step:x=fast»: указано «fast», нужна длительность, например «45 min», «1.5 h», «2 d» или «30 s»",
		"batch:x=Mon 25":            "чтение меры «batch:x=Mon 25»: указано «25», нужно время суток, например «09:00»",
		"surge:p=someday*2":         "чтение меры «surge:p=someday*2»: указано «someday», нужна дата или две, например «2024-07-01..2024-07-14»",
		"arrivals:p*0":              "чтение меры «arrivals:p*0»: указан множитель «0», нужно число больше 0",
		"pools:x+1":                 "чтение меры «pools:x+1»: указан вид меры «pools»; вероятно, нужно «pool»",
		"{branch: x, share: 0.5}\n": "",
	} {
		_, err := ParseLine(line)
		require.Equal(t, want, measure.FaultIn("ru", err))
		if err != nil {
			require.Equal(t, err.Error(), measure.FaultIn("en", err))
			require.NotEqual(t, err.Error(), want)
		}
	}
}
