// Places for the nodes and edges of a map. One layout runs at a time; of those asked for meanwhile only
// the last is begun. A layout that takes longer than the patience is given up.
const patience = 20000;

export class Layouter {
  constructor() { this.id = 0; this.next = null; this.busy = null; }

  // lay resolves with the layout, or with null where a later call took its place.
  lay(dot) {
    return new Promise((resolve, reject) => {
      this.next?.resolve(null);
      this.next = { dot, resolve, reject };
      this.begin();
    });
  }

  begin() {
    if (this.busy || !this.next) return;
    const job = this.next;
    this.next = null;
    this.busy = job;
    if (!this.worker) {
      this.worker = new Worker(new URL('./layout.js', import.meta.url), { type: 'module' });
      this.worker.onmessage = ({ data }) => this.end(data);
      this.worker.onerror = () => this.end({ id: this.id, error: 'worker' });
    }
    job.timer = setTimeout(() => { this.worker.terminate(); this.worker = null; this.end({ id: this.id, error: 'slow' }); }, patience);
    this.worker.postMessage({ id: ++this.id, dot: job.dot });
  }

  end({ id, out, error }) {
    if (!this.busy || id !== this.id) return;
    const job = this.busy;
    this.busy = null;
    clearTimeout(job.timer);
    if (error) job.reject(new Error(error)); else job.resolve(JSON.parse(out));
    this.begin();
  }
}

// dotOf writes a graph for Graphviz: boxes by node, an edge each. Every edge is handed over along the mean
// position in the cases, the rest reversed: cycles broken at random make every map poor.
export function dotOf(graph, boxes, edges, label) {
  const top = Math.max(1, ...edges.map((e) => e.count));
  const used = new Set(edges.flatMap((e) => [e.s, e.t]));
  const shapes = graph.nodes.map((n, i) => (boxes[i] && (used.has(i) || !n.kind) ? `n${i}[width=${(boxes[i].w / 72).toFixed(3)},height=${(boxes[i].h / 72).toFixed(3)}];` : '')).join('');
  const lines = edges.map((e, i) => {
    const [a, b] = back(graph, e) ? [e.t, e.s] : [e.s, e.t];
    return `n${a}->n${b}[id=e${i},label="${'x'.repeat(Math.max(3, label(e).length + 2))}",${back(graph, e) ? 'dir=back,weight=0' : `weight=${1 + Math.round((30 * e.count) / top)}`}];`;
  }).join('');
  const ends = [0, 1].filter((i) => graph.nodes[i]?.kind && used.has(i)).map((i) => `{rank=${i === 0 ? 'source' : 'sink'};n${i}}`).join('');
  const direction = graph.kind === 'people' ? 'LR' : 'TB';
  return `digraph{rankdir=${direction};nodesep=.4;ranksep=.45;${edges.length > 150 ? 'nslimit=2;mclimit=.5;' : ''}node[shape=box,fixedsize=true,label=""];edge[fontsize=11];${shapes}${lines}${ends}}`;
}

function back(graph, e) { return graph.nodes[e.s].pos > graph.nodes[e.t].pos; }

// placesOf reads what Graphviz answered.
export function placesOf(out, graph, boxes, edges) {
  const [, , width, height] = out.bb.split(',').map(Number);
  const flip = (pair) => { const [x, y] = pair.split(',').map(Number); return [x, height - y]; };
  const nodes = {};
  for (const o of out.objects ?? []) if (o.pos) nodes[o.name.slice(1)] = { at: flip(o.pos), ...boxes[o.name.slice(1)] };
  const paths = [];
  for (const e of out.edges ?? []) {
    const i = Number(e.id.slice(1));
    let tip, points = [];
    for (const p of e.pos.split(' ')) {
      if (p.startsWith('e,') || p.startsWith('s,')) tip = flip(p.slice(2));
      else points.push(flip(p));
    }
    if (back(graph, edges[i])) points = points.reverse();
    paths[i] = { points, tip, label: e.lp ? flip(e.lp) : points[Math.floor(points.length / 2)] };
  }
  return { width, height, nodes, paths };
}
