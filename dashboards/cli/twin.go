package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/change"
)

func (a *app) twin() *cobra.Command {
	c := &cobra.Command{
		Use:   "twin",
		Short: "The twin as plain text: check, show, compare, merge, ask",
		Long: `A twin is a folder of small text files: units, posts, procedures, processes, systems,
documents, goals, indicators, risks, rules, and how they hang together. TWIN is such a
folder or a pack (municipality); a thing is named by its kind and identifier, such as
system:gis.`,
		Example: `  uprava twin show municipality
  uprava twin impact municipality --remove pool:lawyers`,
	}
	c.AddCommand(a.twinValidate(), a.twinShow(), a.twinPlan(), a.twinDiff(), a.twinMerge(), a.twinImpact(), a.twinPriority(), a.twinLoad(), a.twinDuplicates(), a.twinStreams(), a.twinSigning(), a.twinExport(), a.twinSchema())
	return c
}

func (a *app) twinValidate() *cobra.Command {
	c := &cobra.Command{Use: "validate TWIN", Short: "All faults of a twin, each with its file and line", Args: cobra.ExactArgs(1), Example: `  uprava twin validate our-town/`}
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := townOf(args[0], townSeed)
		if err != nil {
			return err
		}
		if err := m.Validate(); err != nil {
			return desk.InputError{Err: err}
		}
		g := m.Graph()
		edges := 0
		for _, r := range g.Nodes() {
			edges += len(g.Out(r))
		}
		l := a.lang()
		fmt.Fprintln(a.stdout, l.T("twin.sound", l.Int(int64(len(g.Nodes()))), l.Int(int64(edges))))
		if list := m.Unsourced(); len(list) > 0 {
			fmt.Fprintln(a.stdout, l.T("twin.unsourced", l.Int(int64(len(list))), strings.Join(list[:min(5, len(list))], "; ")))
		}
		return nil
	}
	return c
}

func (a *app) twinShow() *cobra.Command {
	c := &cobra.Command{
		Use: "show TWIN [THING]", Short: "What a twin holds, the passport of a process, or one thing with all that hangs together with it", Args: cobra.RangeArgs(1, 2),
		Example: "  uprava twin show municipality\n  uprava twin show municipality process:redistribution",
	}
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := townOf(args[0], townSeed)
		if err != nil {
			return err
		}
		g := m.Graph()
		if len(args) == 1 {
			return a.showKinds(m, g, *asJSON)
		}
		ref, err := refIn(g, args[1])
		if err != nil {
			return err
		}
		return a.showThing(m, g, ref, *asJSON)
	}
	return c
}

// refIn reads the name of a thing of a twin.
func refIn(g *twin.Graph, s string) (twin.Ref, error) {
	ref, err := twin.ParseRef(s)
	if err != nil {
		return ref, usageError{err}
	}
	if !g.Has(ref) {
		return ref, fmt.Errorf("%s: %w in the twin", ref, desk.ErrNotFound)
	}
	return ref, nil
}

func (a *app) showKinds(m *twin.Model, g *twin.Graph, asJSON bool) error {
	counts := map[twin.Kind]int{}
	for _, r := range g.Nodes() {
		counts[r.Kind]++
	}
	if asJSON {
		return writeJSON(a.stdout, struct {
			ID    string            `json:"twin"`
			Name  twin.Text         `json:"name"`
			Kinds map[twin.Kind]int `json:"kinds"`
		}{m.ID, m.Name, counts})
	}
	l := a.lang()
	fmt.Fprintln(a.stdout, m.Name.In(string(l)))
	a.notice(a.stdout, m)
	fmt.Fprintln(a.stdout)
	t := table{head: []string{l.T("twin.kind"), "n"}, right: map[int]bool{1: true}}
	for _, k := range twin.Kinds() {
		if counts[k] > 0 {
			t.add(k.Name().In(string(l))+" ("+string(k)+")", l.Int(int64(counts[k])))
		}
	}
	return t.write(a.stdout)
}

func (a *app) showThing(m *twin.Model, g *twin.Graph, ref twin.Ref, asJSON bool) error {
	var element *twin.Element
	for _, e := range m.Elements {
		if e.Ref() == ref {
			element = e
		}
	}
	var about *twin.About
	if ref.Kind == twin.ProcessKind {
		about = &m.Passport(ref.ID).Process.About
	}
	type edge struct {
		Relation twin.Relation `json:"relation"`
		Thing    string        `json:"thing"`
		Name     twin.Text     `json:"name"`
	}
	list := func(edges []twin.Edge) []edge {
		out := []edge{}
		for _, e := range edges {
			out = append(out, edge{e.Relation, e.To.String(), g.Name(e.To)})
		}
		return out
	}
	if asJSON {
		return writeJSON(a.stdout, struct {
			Thing   string        `json:"thing"`
			Name    twin.Text     `json:"name"`
			Element *twin.Element `json:"element,omitempty"`
			About   *twin.About   `json:"about,omitempty"` // of a process
			Out     []edge        `json:"out"`
			In      []edge        `json:"in"`
		}{ref.String(), g.Name(ref), element, about, list(g.Out(ref)), list(g.In(ref))})
	}
	if ref.Kind == twin.ProcessKind {
		a.showPassport(g, m.Passport(ref.ID))
		a.notice(a.stdout, m)
		return nil
	}
	l := a.lang()
	fmt.Fprintf(a.stdout, "%s «%s» (%s)\n", ref.Kind.Name().In(string(l)), plain(g.Name(ref).In(string(l))), ref)
	if element != nil {
		if text := element.Text.In(string(l)); text != "" {
			fmt.Fprintln(a.stdout, plain(text))
		}
		for _, key := range slices.Sorted(maps.Keys(element.Properties)) {
			fmt.Fprintf(a.stdout, "  %s: %s\n", key, plain(element.Properties[key]))
		}
		for _, key := range slices.Sorted(maps.Keys(element.Figures)) {
			fmt.Fprintf(a.stdout, "  %s: %s\n", key, figureText(l, element.Figures[key]))
		}
	}
	fmt.Fprintln(a.stdout)
	t := table{head: []string{l.T("twin.relation"), l.T("twin.thing"), l.T("twin.name")}}
	for _, e := range list(g.Out(ref)) {
		t.add("→ "+l.T("relation."+string(e.Relation)), e.Thing, e.Name.In(string(l)))
	}
	for _, e := range list(g.In(ref)) {
		t.add("← "+l.T("relation."+string(e.Relation)), e.Thing, e.Name.In(string(l)))
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	a.notice(a.stdout, m)
	return nil
}

// notice writes what must be said with every figure of a twin, if anything.
func (a *app) notice(w io.Writer, m *twin.Model) {
	if text := m.Notice.In(string(a.lang())); text != "" {
		fmt.Fprintln(w, text)
	}
}

// figureText is a figure with its interval, n and origin.
func figureText(l terms.Lang, f twin.Figure) string {
	s := l.Float(f.Value, 2)
	if f.Low != nil && f.High != nil {
		s += " (" + l.Float(*f.Low, 2) + " … " + l.Float(*f.High, 2) + ")"
	}
	if f.Unit != "" {
		s += " " + plain(f.Unit)
	}
	return s + "; " + originText(l, f.Provenance)
}

// originText says where a number comes from.
func originText(l terms.Lang, p twin.Provenance) string {
	s := l.T("provenance." + p.Kind)
	if p.Source != "" {
		s += ", " + plain(l.Source(p.Source))
	}
	if p.N > 0 {
		s += ", n = " + l.Int(int64(p.N))
	}
	return s
}

func (a *app) twinDiff() *cobra.Command {
	c := &cobra.Command{
		Use: "diff TWIN TWIN", Short: "What differs between two twins, in words", Args: cobra.ExactArgs(2),
		Long: `Tells what was added, removed and changed, by what the files say and not by their
lines. The first twin is the older one.`,
		Example: `  uprava twin diff as-is/ to-be/`,
	}
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		var sides [2]map[string][]byte
		for i, name := range args {
			m, _, err := desk.ReadModel([]string{name})
			if err != nil {
				return err
			}
			if sides[i], err = twin.Files(m); err != nil {
				return err
			}
		}
		found, err := change.Diff(sides[0], sides[1])
		if err != nil {
			return err
		}
		if *asJSON {
			return writeJSON(a.stdout, struct {
				Changes []change.Change `json:"changes"`
			}{append([]change.Change{}, found...)})
		}
		if len(found) == 0 {
			fmt.Fprintln(a.stdout, a.lang().T("twin.same"))
		}
		for _, x := range found {
			fmt.Fprintln(a.stdout, plain(x.Words(string(a.lang()))))
		}
		return nil
	}
	return c
}

func (a *app) twinMerge() *cobra.Command {
	var out, name string
	c := &cobra.Command{
		Use: "merge BASE OURS THEIRS", Short: "Join two versions that come from the same third one", Args: cobra.ExactArgs(3),
		Long: `Joins two versions of a twin, or of one of its files. What one side changed is taken
from it; what both changed in different ways is a conflict: it is told, the merged file
holds both between the marks of git (a diagram: ours), and the exit code is 1.

Folders are joined into --out. A file is joined into OURS, as git wants it of a merge
driver:

  git config merge.uprava.driver "uprava twin merge %O %A %B --name %P"
  echo "*.yaml merge=uprava" >> .gitattributes
  echo "*.bpmn merge=uprava" >> .gitattributes`,
		Example: `  uprava twin merge base/ ours/ theirs/ --out merged/`,
	}
	c.Flags().StringVarP(&out, "out", "o", "", "folder for the merged twin")
	c.Flags().StringVar(&name, "name", "", "name of the file in the twin, where OURS is a copy of another name")
	c.RunE = func(c *cobra.Command, args []string) error {
		info, err := os.Stat(args[1])
		if err != nil {
			return err
		}
		var conflicts []change.Conflict
		if info.IsDir() {
			if out == "" {
				return usageError{fmt.Errorf("--out is needed to merge folders\nusage: %s", c.UseLine())}
			}
			conflicts, err = mergeFolders(args, out)
		} else {
			if name == "" {
				name = args[1]
			}
			conflicts, err = mergeFile(args, name)
		}
		if err != nil {
			return err
		}
		l := a.lang()
		for _, x := range conflicts {
			fmt.Fprintln(a.stderr, plain(x.Words(string(l))))
		}
		if len(conflicts) > 0 {
			return fmt.Errorf("%s", l.T("twin.conflicts", l.Int(int64(len(conflicts)))))
		}
		return nil
	}
	return c
}

func mergeFile(args []string, name string) ([]change.Conflict, error) {
	var data [3][]byte
	for i, file := range args {
		var err error
		if data[i], err = os.ReadFile(file); err != nil {
			return nil, err
		}
		if i == 0 && len(data[0]) == 0 { // git's base of a file that both added
			data[0] = nil
		}
	}
	merged, conflicts, err := change.MergeFile(name, data[0], data[1], data[2])
	if err != nil {
		return nil, desk.InputError{Err: err}
	}
	return conflicts, os.WriteFile(args[1], merged, 0o644)
}

func mergeFolders(args []string, out string) ([]change.Conflict, error) {
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		return nil, desk.InputError{Err: fmt.Errorf("folder %q is not empty: wanted a new one", out)}
	}
	var sides [3]map[string][]byte
	for i, dir := range args {
		m, _, err := desk.ReadModel([]string{dir})
		if err != nil {
			return nil, err
		}
		if sides[i], err = twin.Files(m); err != nil {
			return nil, err
		}
	}
	merged, conflicts, err := change.Merge(sides[0], sides[1], sides[2])
	if err != nil {
		return nil, desk.InputError{Err: err}
	}
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		target := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(target, merged[name], 0o644); err != nil {
			return nil, err
		}
	}
	if len(conflicts) > 0 {
		return conflicts, nil
	}
	m, _, err := desk.ReadModel([]string{out})
	if err != nil {
		return nil, err
	}
	if err := m.Validate(); err != nil { // each change was sound by itself
		return nil, desk.InputError{Err: fmt.Errorf("the merged twin in %q: %w", out, err)}
	}
	return nil, twin.Write(out, m)
}

func (a *app) twinImpact() *cobra.Command {
	var remove, merge []string
	c := &cobra.Command{
		Use: "impact TWIN --remove THING… | --merge UNIT,UNIT", Short: "What feels the loss of a thing, or the merging of two units", Args: cobra.ExactArgs(1),
		Example: "  uprava twin impact municipality --remove pool:lawyers\n  uprava twin impact municipality --merge unit:land,unit:geodesy",
	}
	c.Flags().StringArrayVar(&remove, "remove", nil, "thing that is gone; may be repeated")
	c.Flags().StringSliceVar(&merge, "merge", nil, "two units: the second goes into the first")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if (len(remove) > 0) == (len(merge) > 0) || len(merge) > 0 && len(merge) != 2 {
			return usageError{fmt.Errorf("give --remove, or --merge with two units\nusage: %s", c.UseLine())}
		}
		m, err := townOf(args[0], townSeed)
		if err != nil {
			return err
		}
		g := m.Graph()
		var refs []twin.Ref
		for _, s := range append(remove, merge...) {
			r, err := refIn(g, s)
			if err != nil {
				return err
			}
			refs = append(refs, r)
		}
		if len(merge) > 0 {
			err = a.printMerger(g, g.Merge(refs[0], refs[1]), *asJSON)
		} else {
			err = a.printImpact(g, g.Impact(refs...), *asJSON)
		}
		if err == nil && !*asJSON {
			a.notice(a.stdout, m)
		}
		return err
	}
	return c
}

func (a *app) printImpact(g *twin.Graph, effects []twin.Effect, asJSON bool) error {
	type effect struct {
		Thing    string    `json:"thing"`
		Name     twin.Text `json:"name"`
		Distance int       `json:"distance"`
		Way      string    `json:"way"`
	}
	l := a.lang()
	out := []effect{}
	for _, e := range effects {
		var way []string
		for _, s := range e.Path {
			arrow := "→ "
			if s.Back {
				arrow = "← "
			}
			way = append(way, arrow+l.T("relation."+string(s.Relation))+" "+s.To.String())
		}
		out = append(out, effect{e.On.String(), g.Name(e.On), e.Distance, strings.Join(way, " ")})
	}
	if asJSON {
		return writeJSON(a.stdout, struct {
			Effects []effect `json:"effects"`
		}{out})
	}
	if len(out) == 0 {
		fmt.Fprintln(a.stdout, l.T("twin.no-impact"))
		return nil
	}
	t := table{head: []string{l.T("twin.distance"), l.T("twin.thing"), l.T("twin.name"), l.T("twin.way")}, right: map[int]bool{0: true}}
	for _, e := range out {
		t.add(l.Int(int64(e.Distance)), e.Thing, e.Name.In(string(l)), e.Way)
	}
	return t.write(a.stdout)
}

func (a *app) printMerger(g *twin.Graph, m twin.Merger, asJSON bool) error {
	refs := func(list []twin.Ref) []string {
		out := []string{}
		for _, r := range list {
			out = append(out, r.String())
		}
		return out
	}
	twins := [][2]string{}
	for _, p := range m.Twins {
		twins = append(twins, [2]string{p[0].String(), p[1].String()})
	}
	if asJSON {
		return writeJSON(a.stdout, struct {
			Into  string      `json:"into"`
			From  string      `json:"from"`
			Moves []string    `json:"moves"`
			Both  []string    `json:"both"`
			Twins [][2]string `json:"same_posts"`
		}{m.Into.String(), m.From.String(), refs(m.Moves), refs(m.Both), twins})
	}
	l := a.lang()
	section := func(title string, list []twin.Ref) {
		fmt.Fprintln(a.stdout, l.T(title, l.Int(int64(len(list)))))
		for _, r := range list {
			fmt.Fprintf(a.stdout, "  %s  %s\n", r, plain(g.Name(r).In(string(l))))
		}
	}
	section("twin.moves", m.Moves)
	section("twin.both", m.Both)
	fmt.Fprintln(a.stdout, l.T("twin.same-posts", l.Int(int64(len(m.Twins)))))
	for _, p := range m.Twins {
		fmt.Fprintf(a.stdout, "  %s, %s  %s\n", p[0], p[1], plain(g.Name(p[0]).In(string(l))))
	}
	return nil
}

func (a *app) twinExport() *cobra.Command {
	var format, out string
	c := &cobra.Command{Use: "export TWIN", Short: "The things of a twin and how they hang together, for other programs", Args: cobra.ExactArgs(1), Example: `  uprava twin export municipality --format graphml --out town.graphml`}
	c.Flags().StringVar(&format, "format", "json", "json, graphml or dot")
	c.Flags().StringVarP(&out, "out", "o", "", "file (default: standard output)")
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := townOf(args[0], townSeed)
		if err != nil {
			return err
		}
		var w io.Writer = a.stdout
		if out != "" {
			f, err := os.Create(out)
			if err != nil {
				return err
			}
			defer f.Close()
			w = f
		}
		if err := m.Graph().Export(w, format, string(a.lang())); err != nil {
			return usageError{err}
		}
		return nil
	}
	return c
}

func (a *app) twinSchema() *cobra.Command {
	c := &cobra.Command{Use: "schema KIND", Short: "JSON Schema of the files of one kind of thing", Args: cobra.ExactArgs(1),
		Long: `Prints the JSON Schema of the files of a kind (unit, pool, process, procedure, …), of a
"calendar", or of the file "twin" itself, for editors and checkers of YAML.`,
		Example: `  uprava twin schema process`}
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := twin.Schema(twin.Kind(args[0]))
		if err != nil {
			return usageError{err}
		}
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(s)
	}
	return c
}
