import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { readData } from './data.js';
import { mountSaves } from './picture.js';

// least is the zoom at which the words of a diagram, of 12 px, can be read.
const least = 11 / 12;

// A BPMN diagram to look at: classes and badges over its nodes, a sentence for what is chosen.
export async function mountBPMN(host) {
  const data = readData(host.dataset.bpmn);
  const part = (name) => host.querySelector(`[data-part=${name}]`);
  const canvas = part('canvas'), info = part('info'), links = part('links');
  canvas.replaceChildren();
  const viewer = new NavigatedViewer({ container: canvas });
  try {
    await viewer.importXML(data.xml);
  } catch {
    canvas.textContent = data.words.failed;
    host.dataset.ready = 'failed';
    return;
  }
  const board = viewer.get('canvas'), overlays = viewer.get('overlays'), registry = viewer.get('elementRegistry');
  // All of the diagram, in a box that is no higher than it needs.
  const fit = () => {
    const { inner, outer } = board.viewbox();
    canvas.style.height = inner.width > 0 ? `min(76vh, ${Math.round(Math.max(220, 60 + inner.height * Math.min(1, outer.width * board.zoom() / inner.width)))}px)` : '';
    board.resized();
    board.zoom('fit-viewport', 'auto');
  };
  for (const [id, n] of Object.entries(data.nodes)) {
    if (!registry.get(id)) continue;
    board.addMarker(id, n.class);
    if (n.badge) {
      const badge = document.createElement('div');
      badge.className = 'badge ' + n.class;
      badge.textContent = n.badge;
      overlays.add(id, { position: { bottom: 8, left: 4 }, html: badge });
    }
  }
  const choose = (id) => {
    const n = data.nodes[id];
    host.querySelectorAll('.chosen').forEach((e) => e.classList.remove('chosen'));
    registry.getGraphics(id)?.classList.add('chosen');
    info.textContent = n ? n.text : data.words['say.none'];
    links.replaceChildren();
    if (n?.href) {
      const a = document.createElement('a');
      a.href = n.href;
      a.textContent = data.words['link.cases'];
      links.append(a);
    }
  };
  viewer.get('eventBus').on('element.click', (ev) => choose(ev.element.id));
  for (const id of Object.keys(data.nodes)) { // with the keyboard too
    const g = registry.getGraphics(id);
    if (!g) continue;
    g.setAttribute('tabindex', '0');
    g.setAttribute('role', 'button');
    g.setAttribute('aria-label', data.nodes[id].text);
    g.addEventListener('keydown', (ev) => { if (ev.key === 'Enter' || ev.key === ' ') { ev.preventDefault(); choose(id); } });
  }
  // Large enough to read: words of 12 px at this zoom are 11 px high. A diagram that is wider begins at
  // its left end and is moved by hand, wheel or arrows.
  const readable = () => {
    fit();
    if (board.zoom() >= least) return;
    const { inner } = board.viewbox();
    canvas.style.height = `min(76vh, ${Math.round(Math.max(220, 60 + inner.height * least))}px)`;
    board.resized();
    const { outer } = board.viewbox(), width = outer.width / least, height = outer.height / least;
    board.viewbox({ x: inner.x - 20, y: inner.height > height ? inner.y - 20 : inner.y + (inner.height - height) / 2, width, height });
  };
  const zoom = (f) => board.zoom(board.zoom() * f);
  part('in').addEventListener('click', () => zoom(1.25));
  part('out').addEventListener('click', () => zoom(0.8));
  part('fit').addEventListener('click', fit);
  part('readable')?.addEventListener('click', readable);
  canvas.addEventListener('keydown', (ev) => {
    if (ev.ctrlKey || ev.metaKey || ev.altKey) return;
    const act = { '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(0.8), 0: fit,
      ArrowLeft: () => board.scroll({ dx: 60, dy: 0 }), ArrowRight: () => board.scroll({ dx: -60, dy: 0 }), ArrowUp: () => board.scroll({ dx: 0, dy: 60 }), ArrowDown: () => board.scroll({ dx: 0, dy: -60 }) }[ev.key];
    if (!act) return;
    ev.preventDefault();
    act();
  });
  readable();
  new ResizeObserver(() => board.resized()).observe(canvas);
  mountSaves(host.closest('section') ?? host, () => canvas.querySelector('svg[data-element-id], .djs-container svg'), data.words.failed);
  host.dataset.ready = 'yes';
}
