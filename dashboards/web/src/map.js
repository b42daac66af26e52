import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { integer, readData } from './data.js';
import { PanZoom } from './panzoom.js';
import { hidden, visible } from './simplify.js';
import { element as el, wrap } from './svg.js';

// The process map: Graphviz lays it out, the SVG is our own.
export async function mountMap(host) {
  const graph = readData(host.dataset.map);
  const words = graph.words;
  const part = (name) => host.querySelector(`[data-part=${name}]`);
  const canvas = part('canvas'), info = part('info'), slider = part('paths'), note = part('note');
  let graphviz;
  try {
    graphviz = await Graphviz.load();
  } catch {
    canvas.textContent = words.failed;
    host.dataset.ready = 'failed';
    return;
  }
  const view = new PanZoom(canvas);
  part('fit').addEventListener('click', () => view.fit());
  part('in').addEventListener('click', () => view.zoom(1.25));
  part('out').addEventListener('click', () => view.zoom(0.8));

  const draw = () => {
    const edges = visible(graph, Number(slider.value));
    try {
      const layout = lay(graphviz, graph, edges);
      view.show(render(graph, edges, layout, (text) => { info.textContent = text; }), layout.width, layout.height);
    } catch {
      canvas.textContent = words.failed;
      host.dataset.ready = 'failed';
      return;
    }
    note.textContent = hidden(graph, edges);
    host.dataset.ready = 'yes';
  };
  slider.addEventListener('input', draw);
  document.addEventListener('themechange', draw);
  draw();
}

function size(node) {
  if (node.kind) return { lines: [], w: 36, h: 36 };
  const lines = wrap(node.name, 170);
  return { lines: lines.text, w: Math.max(70, lines.width) + 26, h: lines.text.length * 17 + 30 };
}

// lay asks dot for places. Every edge is handed over along the mean position in the cases, the rest
// reversed: cycles broken at random make every map poor.
function lay(graphviz, graph, edges) {
  const boxes = graph.nodes.map(size);
  const used = new Set(edges.flatMap((e) => [e.s, e.t]));
  const top = Math.max(...edges.map((e) => e.count));
  const shapes = graph.nodes.map((n, i) => (used.has(i) ? `n${i}[width=${boxes[i].w / 72},height=${boxes[i].h / 72}];` : '')).join('');
  const lines = edges.map((e, i) => {
    const back = graph.nodes[e.s].pos > graph.nodes[e.t].pos;
    const [a, b] = back ? [e.t, e.s] : [e.s, e.t];
    return `n${a}->n${b}[id=e${i},label="   ${integer.format(e.count)} ",${back ? 'dir=back,weight=0' : `weight=${1 + Math.round((30 * e.count) / top)}`}];`;
  }).join('');
  const dot = `digraph{rankdir=TB;nodesep=.4;ranksep=.45;node[shape=box,fixedsize=true,label=""];edge[fontsize=11];${shapes}${lines}{rank=source;n0}{rank=sink;n1}}`;
  const out = JSON.parse(graphviz.dot(dot, 'json0'));
  const [, , width, height] = out.bb.split(',').map(Number);
  const flip = (pair) => { const [x, y] = pair.split(',').map(Number); return [x, height - y]; };
  const nodes = {};
  for (const o of out.objects ?? []) if (o.pos) nodes[o.name.slice(1)] = { at: flip(o.pos), ...boxes[o.name.slice(1)] };
  const paths = [];
  for (const e of out.edges ?? []) {
    const i = Number(e.id.slice(1));
    const back = graph.nodes[edges[i].s].pos > graph.nodes[edges[i].t].pos;
    let tip, points = [];
    for (const p of e.pos.split(' ')) {
      if (p.startsWith('e,') || p.startsWith('s,')) tip = flip(p.slice(2));
      else points.push(flip(p));
    }
    if (back) points = points.reverse();
    paths[i] = { points, tip, label: e.lp ? flip(e.lp) : points[Math.floor(points.length / 2)] };
  }
  return { width, height, nodes, paths };
}

// curve ends where the arrow's tip begins, so that a thick line does not swallow it.
function curve({ points }) {
  const at = (p) => p[0].toFixed(1) + ',' + p[1].toFixed(1);
  let d = 'M' + at(points[0]);
  for (let k = 1; k + 2 < points.length; k += 3) d += 'C' + at(points[k]) + ' ' + at(points[k + 1]) + ' ' + at(points[k + 2]);
  return d;
}

// The name of a node or a path is its aria-label, which holds the label uncut and what is drawn, in its order.
function render(graph, edges, layout, tell) {
  const words = graph.words;
  const root = el('g', {});
  const most = Math.max(...edges.map((e) => e.count));
  const longest = Math.max(...graph.edges.map((e) => e.mean ?? 0), 1);
  const busiest = Math.max(...graph.nodes.map((n) => n.count));
  const choose = (target, text) => {
    const act = () => { root.querySelector('.chosen')?.classList.remove('chosen'); target.classList.add('chosen'); tell(text); };
    target.addEventListener('click', act);
    target.addEventListener('keydown', (ev) => { if (ev.key === 'Enter' || ev.key === ' ') { ev.preventDefault(); act(); } });
  };
  edges.forEach((e, i) => {
    const p = layout.paths[i];
    if (!p) return;
    const from = graph.nodes[e.s].name, to = graph.nodes[e.t].name;
    const level = e.mean == null ? 0 : 1 + Math.min(3, Math.floor(4 * Math.sqrt(e.mean / longest)));
    const text = `${from} → ${to}: ${e.times}` + (e.mean == null ? '' : `; ${words.mean} — ${e.meanText}`);
    const width = 1.2 + 6 * Math.sqrt(e.count / most);
    const g = el('g', { class: `edge heat${level}`, tabindex: 0, role: 'button', 'aria-label': text });
    const d = curve(p);
    g.append(el('path', { d, class: 'reach' }), el('path', { d, class: 'line', 'stroke-width': width.toFixed(1) }));
    if (p.tip) {
      const [x0, y0] = p.points[p.points.length - 1], [x1, y1] = p.tip;
      const a = Math.atan2(y1 - y0, x1 - x0), r = 9 + width;
      const wing = (s) => [x1 - r * Math.cos(a + s), y1 - r * Math.sin(a + s)].map((v) => v.toFixed(1)).join(',');
      g.append(el('path', { d: `M${x1.toFixed(1)},${y1.toFixed(1)}L${wing(0.42)}L${wing(-0.42)}Z`, class: 'tip' }));
    }
    g.append(el('text', { x: p.label[0], y: p.label[1] + 4, 'text-anchor': 'middle' }, integer.format(e.count)));
    choose(g, text);
    root.append(g);
  });
  for (const [i, { at, lines, w, h }] of Object.entries(layout.nodes)) {
    const n = graph.nodes[i];
    const text = n.kind ? `${n.name}: ${n.cases}` : `${n.name}: ${n.times}`;
    const level = Math.min(4, Math.floor(5 * Math.sqrt(n.count / busiest)));
    const g = el('g', { class: n.kind ? `node ${n.kind}` : `node busy${level}`, transform: `translate(${at[0]},${at[1]})`, tabindex: 0, role: 'button', 'aria-label': text });
    if (n.kind) {
      g.append(el('circle', { r: 16 }), el('path', { d: n.kind === 'start' ? 'M-5-8L9 0L-5 8z' : 'M-6-6h12v12h-12z', class: 'sign' }));
    } else {
      g.append(el('rect', { x: -w / 2, y: -h / 2, width: w, height: h, rx: 6 }));
      lines.forEach((line, k) => g.append(el('text', { y: -h / 2 + 19 + k * 17, 'text-anchor': 'middle' }, line), ' '));
      g.append(el('text', { y: h / 2 - 8, 'text-anchor': 'middle', class: 'count' }, integer.format(n.count)));
    }
    choose(g, text);
    root.append(g);
  }
  return root;
}
