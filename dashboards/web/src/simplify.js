import { integer } from './data.js';

// visible returns the most frequent share (0…100 %) of the paths, and beside them, for every activity,
// its most frequent way in and way out, so that the map never falls apart.
export function visible(graph, percent) {
  const keep = new Set();
  const best = (key) => {
    const top = new Map();
    graph.edges.forEach((e, i) => { const k = e[key]; if (!top.has(k) || graph.edges[top.get(k)].count < e.count) top.set(k, i); });
    for (const i of top.values()) keep.add(i);
  };
  best('s');
  best('t');
  const order = graph.edges.map((_, i) => i).sort((a, b) => graph.edges[b].count - graph.edges[a].count || a - b);
  for (const i of order.slice(0, Math.ceil((order.length * percent) / 100))) keep.add(i);
  return graph.edges.filter((_, i) => keep.has(i));
}

// hidden says in words what the map leaves out.
export function hidden(graph, edges) {
  const sum = (list) => list.reduce((n, e) => n + e.count, 0);
  const gone = graph.edges.length - edges.length;
  if (gone === 0) return graph.words.hidesNothing;
  const share = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent', maximumFractionDigits: 1 }).format(1 - sum(edges) / sum(graph.edges));
  const values = [integer.format(gone), integer.format(graph.edges.length), share];
  return graph.words.hides.replace(/%s/g, () => values.shift());
}
