package webtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// axe is the text of axe-core, which stands in the lockfile for the tests alone and
// is never part of the bundle.
var axe = sync.OnceValues(func() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	b, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "node_modules", "axe-core", "axe.min.js"))
	return string(b), err
})

// fault is one rule that a page breaks.
type fault struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		Target         []any
		FailureSummary string
	}
}

// Axe fails the test where the page, as it is now, breaks a rule of axe-core: WCAG
// 2.2 level A and AA and the rules of good practice. Without axe-core the test goes on without
// it, or fails when CI=true, with the sentence that says how to get it. Rules named in but are
// left out, each for a reason that the caller writes beside it.
func (b *Browser) Axe(but ...string) {
	b.t.Helper()
	script, err := axe()
	if err != nil {
		how := "no axe-core beside the pages: run `make assets` (" + err.Error() + ")"
		if os.Getenv("CI") == "true" {
			b.t.Fatal(how)
		}
		b.t.Log(how)
		return
	}
	rules := map[string]any{}
	for _, id := range but {
		rules[id] = map[string]bool{"enabled": false}
	}
	options, err := json.Marshal(map[string]any{
		"runOnly": []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"},
		"rules":   rules, "resultTypes": []string{"violations"},
	})
	require.NoError(b.t, err)
	b.Do(chromedp.Evaluate[chromedp.Void](script))
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("axe.run(document, "+string(options)+").then((r) => JSON.stringify(r.violations))", chromedp.EvalAwaitPromise))
	require.NoError(b.t, err)
	var faults []fault
	require.NoError(b.t, json.Unmarshal([]byte(text), &faults))
	require.Empty(b.t, describe(faults), "rules of axe that %s breaks", b.String("location.href"))
}

func describe(faults []fault) string {
	var s strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&s, "%s (%s): %s\n", f.ID, f.Impact, f.Help)
		for i, n := range f.Nodes {
			if i == 5 {
				fmt.Fprintf(&s, "  … and %d more\n", len(f.Nodes)-i)
				break
			}
			fmt.Fprintf(&s, "  %v\n    %s\n    %s\n", n.Target, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", " "))
		}
	}
	return s.String()
}
