package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/uprava/uprava/dashboards/api"
)

// REST and the pages on one handler.
func Example() {
	s, err := api.New(api.Config{Backend: &backend{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "a page") })
	for _, path := range []string{"/", "/api/v1/logs/nosuch/overview"} {
		w := httptest.NewRecorder()
		s.Handler(pages).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 a page
	// 404 {"code":5,"message":"mining \"nosuch\": no log of that name","details":[]}
}
