import { fill, integer, percent, readData, seconds } from './data.js';
import { Layouter, dotOf, placesOf } from './layouter.js';
import { boxOf, render, valueOf } from './mapdraw.js';
import { PanZoom } from './panzoom.js';
import { keep, mountSaves } from './picture.js';
import { hides, paths, shown } from './shown.js';
import { onTheme } from './theme.js';

// A map of activities, of people, or of differences: laid out in a worker, drawn as our own SVG.
export function mountMap(host) {
  const graph = readData(host.dataset.map);
  const { words } = graph;
  const part = (name) => host.querySelector(`[data-part=${name}]`);
  const canvas = part('canvas'), note = part('note');
  const sliders = { activities: part('activities'), paths: part('paths') }, view = part('view');
  const layouter = new Layouter();
  const boxes = graph.nodes.map(boxOf);
  const pan = new PanZoom(canvas);
  part('fit')?.addEventListener('click', () => pan.all());
  part('in')?.addEventListener('click', () => pan.zoom(1.25));
  part('out')?.addEventListener('click', () => pan.zoom(0.8));
  const map = { host, graph, pan, part, drawn: null };

  const say = (kind, i) => (kind === 'node' ? sayNode(graph, i) : sayEdge(graph, i));
  const choose = (kind, i) => { part('info').textContent = say(kind, i); part('links')?.replaceChildren(...links(graph, kind, i)); };
  const look = () => shown(graph, Number(sliders.activities?.value ?? graph.nodes.length), Number(sliders.paths?.value ?? 100));
  const tell = (now) => {
    if (note) note.textContent = hides(graph, now);
    for (const name of ['activities', 'paths']) {
      const out = part(name + '-shown'), s = sliders[name];
      if (out && s) out.textContent = name === 'paths' ? paths(graph, now) : integer.format(Number(s.value));
    }
  };
  let last = null, moved = false;
  const draw = async () => {
    const now = look(), v = view?.value ?? graph.view;
    last = now;
    tell(now);
    fade(canvas, now); // at once; the layout follows
    const edges = [...now.edges].sort((a, b) => a - b).map((i) => [i, graph.edges[i]]);
    const listed = edges.map(([, e]) => e);
    const kept = graph.nodes.map((_, i) => (now.nodes.has(i) ? boxes[i] : null));
    try {
      const out = await layouter.lay(dotOf(graph, kept, listed, (e) => valueOf(graph, v, e)));
      if (!out) return;
      const places = placesOf(out, graph, boxes, listed);
      if (!pan.svg.isConnected) canvas.replaceChildren(pan.svg);
      pan.begin = places.nodes[0]?.at;
      pan.show(render(graph, v, edges, places, say, choose), places.width, places.height, moved);
      map.drawn = { now, places, edges };
      moved = true;
      host.dataset.ready = 'yes';
      host.dispatchEvent(new CustomEvent('mapdrawn', { detail: map }));
    } catch (e) {
      canvas.textContent = e.message === 'slow' ? words.slow : words.failed;
      host.dataset.ready = 'failed';
    }
  };
  for (const [name, s] of Object.entries(sliders)) {
    s?.addEventListener('input', draw);
    s?.addEventListener('change', () => keep(name, s.value));
  }
  view?.addEventListener('change', () => { keep('show', view.value); draw(); });
  onTheme(host, () => { if (last) draw(); });
  mountSaves(host, () => pan.svg, words['export.failed']);
  if (part('replay') && graph.tokens) import('./replay.js').then((m) => m.mountReplay(map));
  draw();
}

// fade hides at once what the next drawing will lack.
function fade(canvas, now) {
  for (const g of canvas.querySelectorAll('[data-edge]')) g.classList.toggle('gone', !now.edges.has(Number(g.dataset.edge)));
  for (const g of canvas.querySelectorAll('[data-node]')) g.classList.toggle('gone', !now.nodes.has(Number(g.dataset.node)));
}

function sayNode(graph, i) {
  const n = graph.nodes[i], { words } = graph;
  if (n.kind) return fill(words[n.kind === 'start' ? 'say.start' : 'say.end'], integer.format(n.cases));
  if (graph.kind === 'people') return fill(words['say.people'], n.name, integer.format(n.count));
  let text = fill(words['say.activity'], n.name, integer.format(n.count), integer.format(n.cases), percent(n.cases / graph.total.cases));
  if (n.diff) text = fill(words['say.diff'], n.name, n.diff.say);
  else if (n.work != null) text += ' ' + fill(words['say.work'], seconds(n.work, words), integer.format(n.workN));
  return text;
}

function sayEdge(graph, i) {
  const e = graph.edges[i], { words } = graph;
  const from = graph.nodes[e.s].name, to = graph.nodes[e.t].name;
  if (graph.kind === 'people') return fill(words['say.people-edge'], from, to, integer.format(e.count), integer.format(e.cases));
  if (e.diff) return fill(words['say.diff'], `${from} → ${to}`, e.diff.say);
  let text = fill(words['say.path'], from, to, integer.format(e.count), integer.format(e.cases), percent(e.cases / graph.total.cases));
  if (e.mean != null) text += ' ' + fill(words['say.time'], seconds(e.mean, words), seconds(e.median, words), seconds(e.mean * e.count, words));
  return text;
}

// quote writes a name as a filter reads it.
const quote = (s) => '"' + s.replace(/[\\"]/g, '\\$&') + '"';

function links(graph, kind, i) {
  const { words } = graph;
  if (!graph.cases) return [];
  const name = (k) => quote(graph.nodes[k].log ?? graph.nodes[k].name);
  const link = (text, step, here) => {
    const a = document.createElement('a');
    const url = new URL(here ? location.href : graph.cases, location.href);
    url.searchParams.set('f', graph.f ? `${graph.f}; ${step}` : step);
    if (here) url.searchParams.delete('activities');
    a.href = url.href;
    a.textContent = text;
    return a;
  };
  let step;
  if (kind === 'node') {
    if (graph.nodes[i].kind) return [];
    step = `has(${name(i)})`;
  } else {
    const e = graph.edges[i];
    step = graph.nodes[e.s].kind ? `starts(${name(e.t)})` : graph.nodes[e.t].kind ? `ends(${name(e.s)})` : `path(${name(e.s)}, ${name(e.t)})`;
  }
  const list = [link(words['link.cases'], step), link(words['link.only'], step, true), link(words['link.without'], 'not ' + step, true)];
  if (kind === 'edge' && graph.edges[i].mean != null) list.push(link(words['link.slow'], `gap(${name(graph.edges[i].s)}, ${name(graph.edges[i].t)}) > p85`));
  return list;
}
