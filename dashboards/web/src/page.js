import { mountFragments } from './fragment.js';
import { mountJobs } from './job.js';
import { mountKeys } from './keys.js';
import { keepSent, mountLive } from './live.js';
import { mountScroll } from './scroll.js';
import { mountTheme } from './theme.js';

// What a page shows decides which scripts it loads: a selector, and who brings its elements to life.
const parts = [
  ['[data-chart]', (host) => import('./chart.js').then((m) => m.mountChart(host))],
  ['[data-drop]', (host) => import('./import.js').then((m) => m.mountDrop(host))],
  ['[data-stopped-at]', (host) => import('./import.js').then((m) => m.mountImporting(host))],
  ['[data-bpmn]', (host) => import('./bpmn.js').then((m) => m.mountBPMN(host))],
  ['[data-dotted]', (host) => import('./dotted.js').then((m) => m.mountDotted(host))],
  ['[data-picture]', (host) => import('./dotted.js').then((m) => m.mountPicture(host))],
  ['[data-drawing]', (host) => import('./editor.js').then((m) => m.mountDrawing(host))],
  ['[data-map]', (host) => import('./map.js').then((m) => m.mountMap(host))],
  ['[data-twin-graph]', (host) => import('./twingraph.js').then((m) => m.mountTwinGraph(host))],
];

// mount brings the elements below root to life, each once; also those that came later.
export function mount(root = document) {
  for (const [selector, load] of parts) {
    for (const host of root.querySelectorAll(selector)) {
      if (host.dataset.mounted) continue;
      host.dataset.mounted = 'yes';
      load(host).catch(() => { host.dataset.ready = 'failed'; });
    }
  }
  mountJobs(root);
  mountScroll(root);
}

keepSent();
mountTheme();
mountKeys();
mount();
mountFragments(mount);
mountLive(mount, (root) => mountFragments(mount, root));
