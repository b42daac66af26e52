package studio_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is wrong with a scenario is said in the language of the page: in the form while it
// is put together, and on the page of a run that could not begin.
func TestFaultsInBothLanguages(t *testing.T) {
	_, address := serving(t)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar}
	read := func(reply *http.Response, err error) string {
		require.NoError(t, err)
		defer reply.Body.Close()
		body, err := io.ReadAll(reply.Body)
		require.NoError(t, err)
		return html.UnescapeString(string(body))
	}
	for _, c := range []struct{ query, ru, en string }{
		{"lever=pool:ghost%2B1", "применение меры «pool:ghost+1»: указана группа исполнителей «ghost»; подходит одно из: «", `applying the lever "pool:ghost+1": found the pool "ghost", wanted one of "`},
		{"lever=branch:answered%3D2", "чтение меры «branch:answered=2»: указана доля «2», нужно число от 0 до 1", `reading the lever "branch:answered=2": found the share "2", wanted a number from 0 to 1`},
		{"lever=pool:lawyers%2B1&n=1", "прогоны: указано 1, нужно от 2 до ", "replications: found 1, wanted 2 to "},
		{"lever=pool:lawyers%2B1&n=many", "прогоны: указано «many», нужно целое число", `n: found "many", wanted a whole number`},
	} {
		for lang, want := range map[string]string{"ru": c.ru, "en": c.en} {
			require.Contains(t, read(client.Get(address+"/studio/municipality/compose?"+c.query+"&lang="+lang)), want)
		}
	}
	for lang, want := range map[string]string{
		"ru": "Не удалось: проверка модели перед расчётом: процесс «redistribution»: ни одно дело не выйдет из цикла «",
		"en": `Failed: checking the model before the simulation: process "redistribution": no case gets out of the loop of "`,
	} {
		reply, err := client.PostForm(address+"/studio/municipality/run?lang="+lang, url.Values{"lever": {"branch:answered=0"}, "n": {"2"}, "days": {"30"}, "before": {"7"}})
		require.NoError(t, err)
		at := reply.Request.URL
		at.RawQuery = "lang=" + lang
		body := read(reply, nil)
		for n := 0; n < 100 && !strings.Contains(body, want); n++ {
			time.Sleep(100 * time.Millisecond)
			body = read(client.Get(at.String()))
		}
		require.Contains(t, body, want)
	}
}
