package fit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every assumption that the package can state stands in both languages and
// takes the same values.
func TestEveryAssumptionIsInRussian(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	verb := regexp.MustCompile(`%[-+.0-9]*[a-z%]`)
	used := map[string]bool{}
	for _, name := range files {
		src, err := os.ReadFile(name)
		require.NoError(t, err)
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "assume" {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			require.True(t, ok, "%s: an assumption is a plain sentence", name)
			en, err := strconv.Unquote(lit.Value)
			require.NoError(t, err)
			used[en] = true
			ru, ok := russian[en]
			require.True(t, ok, "not in Russian: %q", en)
			require.Equal(t, verb.FindAllString(en, -1), verb.FindAllString(ru, -1), en)
			return true
		})
	}
	require.Len(t, russian, len(used), "a Russian sentence that nobody says")
}
