import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { readData } from './data.js';
import { PanZoom } from './panzoom.js';
import { element as el, wrap } from './svg.js';

// The graph of a twin around one thing: Graphviz lays it out, the SVG is our own. Every thing is a link to
// the graph around it.
export async function mountTwinGraph(host) {
  const graph = readData(host.dataset.twinGraph);
  const part = (name) => host.querySelector(`[data-part=${name}]`);
  const canvas = part('canvas'), info = part('info');
  try {
    const layout = lay(await Graphviz.load(), graph);
    const view = new PanZoom(canvas);
    part('fit').addEventListener('click', () => view.fit());
    part('in').addEventListener('click', () => view.zoom(1.25));
    part('out').addEventListener('click', () => view.zoom(0.8));
    view.show(render(graph, layout, (text) => { info.textContent = text; }), layout.width, layout.height);
    host.dataset.ready = 'yes';
  } catch {
    canvas.textContent = graph.words.failed;
    host.dataset.ready = 'failed';
  }
}

function lay(graphviz, graph) {
  const boxes = graph.nodes.map((n) => {
    const lines = wrap(n.name, 180);
    return { lines: lines.text, w: Math.max(90, lines.width) + 24, h: lines.text.length * 17 + 30 };
  });
  const shapes = boxes.map((b, i) => `n${i}[width=${b.w / 72},height=${b.h / 72}];`).join('');
  const lines = graph.edges.map((e, i) => `n${e.s}->n${e.t}[id=e${i}];`).join('');
  const out = JSON.parse(graphviz.dot(`digraph{rankdir=LR;nodesep=.18;ranksep=.9;node[shape=box,fixedsize=true,label=""];${shapes}${lines}}`, 'json0'));
  const [, , width, height] = out.bb.split(',').map(Number);
  const flip = (pair) => { const [x, y] = pair.split(',').map(Number); return [x, height - y]; };
  const nodes = (out.objects ?? []).map((o) => ({ i: Number(o.name.slice(1)), at: flip(o.pos), ...boxes[o.name.slice(1)] }));
  const paths = (out.edges ?? []).map((e) => {
    let tip, points = [];
    for (const p of e.pos.split(' ')) {
      if (p.startsWith('e,') || p.startsWith('s,')) tip = flip(p.slice(2));
      else points.push(flip(p));
    }
    return { i: Number(e.id.slice(1)), points, tip };
  });
  return { width, height, nodes, paths };
}

const pair = (p) => p[0].toFixed(1) + ',' + p[1].toFixed(1);

function render(graph, layout, tell) {
  const root = el('g', {});
  for (const { i, points, tip } of layout.paths) {
    const e = graph.edges[i];
    const text = `${graph.nodes[e.s].name} — ${e.words} — ${graph.nodes[e.t].name}`;
    let d = 'M' + pair(points[0]);
    for (let k = 1; k + 2 < points.length; k += 3) d += 'C' + pair(points[k]) + ' ' + pair(points[k + 1]) + ' ' + pair(points[k + 2]);
    const g = el('g', { class: e.felt ? 'edge felt' : 'edge' }, el('title', {}, text), el('path', { d, class: 'reach' }), el('path', { d, class: 'line' }));
    if (tip) {
      const [x0, y0] = points[points.length - 1], [x1, y1] = tip, a = Math.atan2(y1 - y0, x1 - x0);
      const wing = (s) => pair([x1 - 9 * Math.cos(a + s), y1 - 9 * Math.sin(a + s)]);
      g.append(el('path', { d: `M${pair(tip)}L${wing(0.42)}L${wing(-0.42)}Z`, class: 'tip' }));
    }
    g.addEventListener('pointerenter', () => tell(text));
    root.append(g);
  }
  for (const { i, at, lines, w, h } of layout.nodes) {
    const n = graph.nodes[i];
    // The name of a thing begins with what is drawn, in its order.
    const head = (n.felt ? `▲ ${n.felt} · ` : '') + n.kind, drawn = lines.join(' ');
    const text = `${head} ${drawn}` + (drawn === n.name ? '' : `: ${n.name}`) + (n.focus ? ` (${graph.words.focus})` : n.felt ? ` (${graph.words.felt} ${n.felt})` : '');
    const classes = ['node', n.sector, n.focus ? 'focus' : '', n.felt ? 'felt' : ''].join(' ').trim();
    const g = el('a', { class: classes, transform: `translate(${at[0]},${at[1]})`, href: n.href, 'aria-label': text });
    g.append(el('rect', { x: -w / 2, y: -h / 2, width: w, height: h, rx: n.sector === 'work' ? 2 : 10 }));
    g.append(el('text', { y: -h / 2 + 15, 'text-anchor': 'middle', class: 'count' }, head), ' ');
    lines.forEach((line, k) => g.append(el('text', { y: -h / 2 + 33 + k * 17, 'text-anchor': 'middle' }, line), ' '));
    g.addEventListener('pointerenter', () => tell(text));
    g.addEventListener('focus', () => tell(text));
    root.append(g);
  }
  return root;
}
