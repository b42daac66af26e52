import { mountFragments } from './fragment.js';
import { mountJobs } from './job.js';
import { mountScroll } from './scroll.js';
import { mountTheme } from './theme.js';

// What a page shows decides which scripts it loads: a selector, and who brings its elements to life.
const parts = [
  ['[data-chart]', (host) => import('./chart.js').then((m) => m.mountChart(host))],
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

mountTheme();
mount();
mountFragments(mount);
