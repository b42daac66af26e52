import { fill, integer, percent } from './data.js';

// shown returns what a map shows of its graph: the most frequent activities, so many of the most frequent
// paths between them in percent, and beside those, for every activity, its most frequent way in and way
// out, so that the map never falls apart.
export function shown(graph, activities, paths) {
  const order = graph.nodes.map((_, i) => i).filter((i) => !graph.nodes[i].kind).sort((a, b) => graph.nodes[b].count - graph.nodes[a].count || a - b);
  const nodes = new Set(order.slice(0, activities));
  graph.nodes.forEach((n, i) => { if (n.kind) nodes.add(i); });
  const possible = graph.edges.map((_, i) => i).filter((i) => nodes.has(graph.edges[i].s) && nodes.has(graph.edges[i].t));
  possible.sort((a, b) => graph.edges[b].count - graph.edges[a].count || a - b);
  const edges = new Set(possible.slice(0, Math.ceil((possible.length * paths) / 100)));
  const into = new Set(), out = new Set();
  for (const i of possible) {
    const e = graph.edges[i];
    if (e.s !== e.t && !into.has(e.t)) { into.add(e.t); edges.add(i); }
    if (e.s !== e.t && !out.has(e.s)) { out.add(e.s); edges.add(i); }
  }
  return { nodes, edges, possible: possible.filter((i) => !graph.nodes[graph.edges[i].s].kind && !graph.nodes[graph.edges[i].t].kind).length };
}

// paths says how many of the paths between the activities shown are shown.
export function paths(graph, now) {
  const seen = [...now.edges].filter((i) => !graph.nodes[graph.edges[i].s].kind && !graph.nodes[graph.edges[i].t].kind).length;
  return fill(graph.words['paths-of'], integer.format(seen), integer.format(now.possible));
}

// hides says in words what a map leaves out: activities, paths and why, and the cases that are not seen whole.
export function hides(graph, now) {
  const { total, words } = graph;
  const inner = [...now.nodes].filter((i) => !graph.nodes[i].kind);
  const goneActivities = total.activities - inner.length;
  const seen = [...now.edges].map((i) => graph.edges[i]).filter((e) => !graph.nodes[e.s].kind && !graph.nodes[e.t].kind);
  const gonePaths = total.edges - seen.length;
  const said = [];
  if (goneActivities > 0) {
    const events = inner.reduce((n, i) => n + graph.nodes[i].count, 0);
    said.push(fill(words['hides-activities'], integer.format(goneActivities), integer.format(total.activities), percent(1 - events / total.events)));
  }
  if (gonePaths > 0) {
    const sum = (list) => list.reduce((n, e) => n + e.count, 0);
    said.push(fill(words['hides-paths'], integer.format(gonePaths), integer.format(total.edges), percent(1 - sum(seen) / total.steps)));
    const apart = total.edges - now.possible, rare = now.possible - seen.length;
    if (apart > 0) said.push(fill(words['hides-paths-apart'], integer.format(apart)));
    if (rare > 0) said.push(fill(words['hides-paths-rare'], integer.format(rare)));
  }
  if (graph.ways && said.length > 0) {
    let whole = 0, all = total.rest;
    for (const [[n], nodes, edges] of graph.ways) {
      all += n;
      if (nodes.every((i) => now.nodes.has(i)) && edges.every((i) => now.edges.has(i))) whole += n;
    }
    if (all > 0) said.push(fill(words[total.rest > 0 ? 'hides-cases-at-least' : 'hides-cases'], percent(whole / all)));
  }
  return said.length ? said.join(' ') : words['hides-nothing'];
}
