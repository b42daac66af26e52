import { mountCharts } from './chart.js';
import { mountMap } from './map.js';
import { mountFragments } from './fragment.js';
import { mountTheme } from './theme.js';

mountTheme();
mountCharts(document);
mountFragments();
for (const host of document.querySelectorAll('[data-map]')) mountMap(host);
