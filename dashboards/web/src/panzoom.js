import { element } from './svg.js';

// PanZoom shows one SVG group in a host and lets wheel, pointer, touch and keys move it.
export class PanZoom {
  constructor(host) {
    this.host = host;
    this.svg = element('svg', { role: 'group', 'aria-label': host.getAttribute('aria-label') ?? '' });
    host.replaceChildren(this.svg);
    this.k = 1; this.x = 0; this.y = 0;
    this.fitted = true;
    this.svg.addEventListener('wheel', (ev) => { ev.preventDefault(); this.zoom(Math.exp(-ev.deltaY / 500), ev.clientX, ev.clientY); }, { passive: false });
    this.pointers = new Map();
    this.svg.addEventListener('pointerdown', (ev) => this.pointers.set(ev.pointerId, [ev.clientX, ev.clientY]));
    addEventListener('pointermove', (ev) => this.drag(ev));
    for (const end of ['pointerup', 'pointercancel']) addEventListener(end, (ev) => this.pointers.delete(ev.pointerId));
    host.addEventListener('keydown', (ev) => this.key(ev));
    new ResizeObserver(() => { if (this.fitted) this.fit(); }).observe(host);
  }

  // show puts another drawing in; with still the reader's zoom and place are kept.
  show(group, width, height, still) {
    this.group = group; this.width = width; this.height = height;
    this.svg.replaceChildren(group);
    if (still && !this.fitted) this.apply(); else this.fit();
  }

  // fit shows the whole map where its text stays readable, and otherwise its beginning at a readable size.
  fit() {
    if (!this.group) return;
    const r = this.svg.getBoundingClientRect();
    const whole = Math.min(r.width / (this.width + 40), r.height / (this.height + 40));
    this.k = Math.min(1.1, Math.max(whole, 0.6));
    const begin = this.begin ?? [this.width / 2, 0];
    const wide = this.width * this.k > r.width, high = this.height * this.k > r.height;
    this.x = wide ? Math.min(16, Math.max(r.width - 16 - this.width * this.k, r.width / 2 - begin[0] * this.k)) : (r.width - this.width * this.k) / 2;
    this.y = high ? 16 : Math.max((r.height - this.height * this.k) / 2, 12);
    this.fitted = true;
    this.apply();
  }

  // all shows the whole drawing, however small.
  all() {
    if (!this.group) return;
    const r = this.svg.getBoundingClientRect();
    this.k = Math.min(1.1, r.width / (this.width + 40), r.height / (this.height + 40));
    this.x = (r.width - this.width * this.k) / 2;
    this.y = (r.height - this.height * this.k) / 2;
    this.fitted = false;
    this.apply();
  }

  zoom(factor, clientX, clientY) {
    const r = this.svg.getBoundingClientRect();
    const x = clientX === undefined ? r.width / 2 : clientX - r.left, y = clientY === undefined ? r.height / 2 : clientY - r.top;
    const k = Math.min(6, Math.max(0.05, this.k * factor)), f = k / this.k;
    this.x = x - (x - this.x) * f; this.y = y - (y - this.y) * f; this.k = k;
    this.fitted = false;
    this.apply();
  }

  move(dx, dy) {
    this.x += dx; this.y += dy;
    this.fitted = false;
    this.apply();
  }

  drag(ev) {
    const before = this.pointers.get(ev.pointerId);
    if (!before) return;
    this.pointers.set(ev.pointerId, [ev.clientX, ev.clientY]);
    if (this.pointers.size === 1) { this.move(ev.clientX - before[0], ev.clientY - before[1]); return; }
    const [other] = [...this.pointers].filter(([id]) => id !== ev.pointerId).map(([, p]) => p);
    const span = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
    if (span(before) > 0) this.zoom(span([ev.clientX, ev.clientY]) / span(before), (ev.clientX + other[0]) / 2, (ev.clientY + other[1]) / 2);
  }

  key(ev) {
    const act = { '+': () => this.zoom(1.25), '=': () => this.zoom(1.25), '-': () => this.zoom(0.8), 0: () => this.all(),
      ArrowLeft: () => this.move(60, 0), ArrowRight: () => this.move(-60, 0), ArrowUp: () => this.move(0, 60), ArrowDown: () => this.move(0, -60) }[ev.key];
    if (!act || ev.ctrlKey || ev.metaKey || ev.altKey) return;
    ev.preventDefault();
    act();
  }

  apply() {
    this.group?.setAttribute('transform', `translate(${this.x.toFixed(1)},${this.y.toFixed(1)}) scale(${this.k.toFixed(3)})`);
    this.moved?.();
  }
}
