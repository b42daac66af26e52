import { init, use } from 'echarts/core';
import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';
import { cssVariable, integer, readData } from './data.js';
import { onTheme } from './theme.js';

use([BarChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

// Options arrive as pure data; "var:name" stands for a colour of the style sheet.
function withColours(o) {
  if (typeof o === 'string') return o.startsWith('var:') ? cssVariable(o.slice(4)) : o;
  if (Array.isArray(o)) return o.map(withColours);
  if (o && typeof o === 'object') return Object.fromEntries(Object.entries(o).map(([k, v]) => [k, withColours(v)]));
  return o;
}

function optionsOf(id) {
  const data = readData(id);
  const { edges, bins, ...rest } = data;
  const o = withColours(rest);
  const text = cssVariable('text'), faint = cssVariable('line');
  o.animation = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  o.backgroundColor = 'transparent';
  o.textStyle = { color: text, fontFamily: cssVariable('font') };
  for (const axis of [].concat(o.xAxis ?? [], o.yAxis ?? [])) {
    axis.axisLabel = { ...axis.axisLabel, color: text };
    axis.nameTextStyle = { color: text };
    axis.axisLine = { lineStyle: { color: faint } };
    if (axis.splitLine?.show !== false) axis.splitLine = { lineStyle: { color: faint } };
  }
  if (o.legend) o.legend = [].concat(o.legend).map((l) => ({ ...l, textStyle: { color: text } }));
  // A tooltip of HTML would carry inline styles, which the page's policy forbids.
  o.tooltip = { ...o.tooltip, renderMode: 'richText', confine: true };
  if (edges) {
    const x = [].concat(o.xAxis)[0];
    x.axisLabel = { ...x.axisLabel, hideOverlap: true, formatter: (v) => (Number.isInteger(v) ? edges[v] : '') };
    o.tooltip.formatter = (p) => (p.componentType === 'markLine' ? p.name : `${bins[Math.floor(p.value[0])]}: ${integer.format(p.value[1])}`);
  }
  for (const s of o.series ?? []) {
    if (s.markLine) Object.assign(s.markLine, { symbol: 'none', silent: true, label: { formatter: '{b}', color: text, position: 'end' }, lineStyle: { color: cssVariable('limit'), width: 2, type: 'dashed' } });
  }
  return o;
}

export function mountChart(host) {
  const chart = init(host, null, { renderer: 'canvas' });
  const draw = () => chart.setOption(optionsOf(host.dataset.chart), true);
  draw();
  new ResizeObserver(() => chart.resize()).observe(host);
  onTheme(host, draw, () => chart.dispose());
  host.dataset.ready = 'yes';
}
