package simulator

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
)

// told are the functions of an English and a Russian format over the same
// arguments, with the position of the English one.
var told = map[string]bool{"fault": true, "fail": true, "Faultf": true, "placeOf": true, "part": true}

// Both sentences of a fault take all its arguments, and the Russian one is Russian.
func TestFaultsAreToldInBothLanguages(t *testing.T) {
	calls := 0
	for _, dir := range []string{".", "experiment", "../twin/scenario"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			require.NoError(t, err)
			set := gotoken.NewFileSet()
			f, err := parser.ParseFile(set, name, source, 0)
			require.NoError(t, err)
			ast.Inspect(f, func(n ast.Node) bool {
				c, ok := n.(*ast.CallExpr)
				if !ok || len(c.Args) < 2 || c.Ellipsis.IsValid() || !told[called(c)] {
					return true
				}
				en, isEN := text(c.Args[0])
				ru, isRU := text(c.Args[1])
				if !isEN || !isRU {
					return true
				}
				calls++
				at := set.Position(c.Pos()).String() + ": " + en
				require.Equal(t, len(c.Args)-2, strings.Count(en, "%"), at)
				require.Equal(t, len(c.Args)-2, strings.Count(ru, "%"), at)
				require.NotContains(t, ru, "%q", at)
				require.NotContains(t, ru, "%w", at)
				require.True(t, cyrillic(ru) || strings.Trim(ru, "%s: «»") == "", at)
				return true
			})
		}
	}
	require.Greater(t, calls, 150)
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func text(e ast.Expr) (string, bool) {
	x, ok := e.(*ast.BasicLit)
	if !ok || x.Kind != gotoken.STRING {
		return "", false
	}
	s, err := strconv.Unquote(x.Value)
	return s, err == nil
}

func cyrillic(s string) bool {
	return strings.ContainsAny(s, "абвгдежзийклмнопрстуфхцчшщъыьэюя")
}

// A model's faults in Russian name the place and what is wanted.
func TestFaultInRussian(t *testing.T) {
	s := newSketch(expo(10)).node("s", bpmn.StartEvent).task("A", exactly(1), "ghost").node("x", bpmn.ExclusiveGateway).
		node("e", bpmn.EndEvent).node("loop", bpmn.ExclusiveGateway).node("loop2", bpmn.ExclusiveGateway).
		flow("s", "A", "x", "e").flow("x", "loop", "loop2", "loop")
	s.p.Branches = map[string]float64{"x-e": 0.3, "x-loop": 0.3}
	s.pool("R", 1, "")
	s.m.Pools[0].Queue = "lifo"
	_, err := Compile(s.m, "ru")
	require.Error(t, err)
	require.Equal(t, err.Error(), measure.FaultIn("en", err))
	lines := strings.Split(measure.FaultIn("ru", err), "\n")
	require.Equal(t, "проверка модели перед расчётом: группа исполнителей «R»: порядок очереди «lifo», нужен один из «fifo», «earliest-due», «shortest», «priority»", lines[0])
	require.Subset(t, lines, []string{
		"процесс «p»: шаг «A»: группы исполнителей «ghost» в модели нет",
		"процесс «p»: исключающая развилка «x»: сумма вероятностей переходов 0,6, нужна 1",
		"процесс «p»: ни одно дело не выйдет из цикла «loop», «loop2»",
	})
}
