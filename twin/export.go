package twin

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// Formats are the forms in which a graph can be exported.
var Formats = []string{"json", "graphml", "dot"}

// Export writes the graph as JSON ({"nodes": [{"id","kind","ru","en"}], "edges":
// [{"from","relation","to"}]}), as GraphML (http://graphml.graphdrawing.org), or in the
// DOT language of Graphviz with names in the given language. The same graph gives the
// same bytes.
func (g *Graph) Export(w io.Writer, format, lang string) error {
	b := bufio.NewWriter(w)
	var err error
	switch format {
	case "json":
		err = g.json(b)
	case "graphml":
		err = g.graphML(b)
	case "dot":
		g.dot(b, lang)
	default:
		return fmt.Errorf("format %q: wanted one of %q", format, Formats)
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

func (g *Graph) json(w io.Writer) error {
	type node struct {
		ID   string `json:"id"`
		Kind Kind   `json:"kind"`
		RU   string `json:"ru"`
		EN   string `json:"en"`
	}
	type edge struct {
		From     string   `json:"from"`
		Relation Relation `json:"relation"`
		To       string   `json:"to"`
	}
	out := struct {
		Nodes []node `json:"nodes"`
		Edges []edge `json:"edges"`
	}{[]node{}, []edge{}}
	for _, r := range g.order {
		out.Nodes = append(out.Nodes, node{r.String(), r.Kind, g.nodes[r].RU, g.nodes[r].EN})
		for _, e := range g.out[r] {
			out.Edges = append(out.Edges, edge{r.String(), e.Relation, e.To.String()})
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

func (g *Graph) graphML(w io.Writer) error {
	type data struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	}
	type key struct {
		ID   string `xml:"id,attr"`
		For  string `xml:"for,attr"`
		Name string `xml:"attr.name,attr"`
		Type string `xml:"attr.type,attr"`
	}
	type node struct {
		ID   string `xml:"id,attr"`
		Data []data `xml:"data"`
	}
	type edge struct {
		Source string `xml:"source,attr"`
		Target string `xml:"target,attr"`
		Data   []data `xml:"data"`
	}
	type graph struct {
		Directed string `xml:"edgedefault,attr"`
		Nodes    []node `xml:"node"`
		Edges    []edge `xml:"edge"`
	}
	doc := struct {
		XMLName xml.Name `xml:"http://graphml.graphdrawing.org/xmlns graphml"`
		Keys    []key    `xml:"key"`
		Graph   graph    `xml:"graph"`
	}{Keys: []key{{"kind", "node", "kind", "string"}, {"ru", "node", "name:ru", "string"}, {"en", "node", "name:en", "string"}, {"relation", "edge", "relation", "string"}},
		Graph: graph{Directed: "directed"}}
	for _, r := range g.order {
		doc.Graph.Nodes = append(doc.Graph.Nodes, node{r.String(), []data{{"kind", string(r.Kind)}, {"ru", g.nodes[r].RU}, {"en", g.nodes[r].EN}}})
		for _, e := range g.out[r] {
			doc.Graph.Edges = append(doc.Graph.Edges, edge{r.String(), e.To.String(), []data{{"relation", string(e.Relation)}}})
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (g *Graph) dot(w io.Writer, lang string) {
	fmt.Fprintln(w, "digraph twin {\n  rankdir=LR;\n  node [shape=box];")
	for _, r := range g.order {
		fmt.Fprintf(w, "  %s [label=%s];\n", strconv.Quote(r.String()), strconv.Quote(names[r.Kind].In(lang)+": "+g.nodes[r].In(lang)))
	}
	for _, r := range g.order {
		for _, e := range g.out[r] {
			fmt.Fprintf(w, "  %s -> %s [label=%s];\n", strconv.Quote(r.String()), strconv.Quote(e.To.String()), strconv.Quote(string(e.Relation)))
		}
	}
	fmt.Fprintln(w, "}")
}
