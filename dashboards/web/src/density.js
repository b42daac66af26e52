// A small picture of a law of durations: how often which time occurs.
const samples = 60;

// density returns the law's density at x, up to a factor that is the same for all x.
function density(d, x) {
  const { Mean: mean, SD: sd, Min: min, Max: max, Mode: mode } = d;
  if (x < (min || 0) || (max > 0 && x > max)) return 0;
  switch (d.Law) {
    case 'exponential': return mean > 0 ? Math.exp(-x / mean) : 0;
    case 'uniform': return 1;
    case 'normal': return sd > 0 ? Math.exp(-((x - mean) ** 2) / (2 * sd * sd)) : 0;
    case 'lognormal': {
      if (x <= 0 || !(mean > 0) || !(sd > 0)) return 0;
      const s2 = Math.log(1 + (sd / mean) ** 2), m = Math.log(mean) - s2 / 2;
      return Math.exp(-((Math.log(x) - m) ** 2) / (2 * s2)) / x;
    }
    case 'gamma': {
      if (x <= 0 || !(mean > 0) || !(sd > 0)) return 0;
      const k = (mean / sd) ** 2, theta = (sd * sd) / mean;
      return Math.exp((k - 1) * Math.log(x / mean) - (x - mean) / theta);
    }
    case 'triangular': return x <= mode ? (mode > min ? (x - min) / (mode - min) : 1) : max > mode ? (max - x) / (max - mode) : 1;
  }
  return 0;
}

// heights returns what is drawn, from 0 to 1, and the greatest time shown.
function heights(d, bins) {
  if (d.Law === 'empirical') return { values: (bins ?? []).slice(), top: 0 };
  if (d.Law === 'fixed') return { values: Array.from({ length: 25 }, (_, i) => (i === 12 ? 1 : 0)), top: 2 * d.Value };
  const top = d.Max > 0 ? d.Max : d.Law === 'exponential' ? 4 * d.Mean : d.Mean + 3.5 * (d.SD || d.Mean / 4);
  const values = Array.from({ length: samples }, (_, i) => density(d, ((i + 0.5) / samples) * top));
  return { values, top };
}

const ns = 'http://www.w3.org/2000/svg';

// drawDensity returns the picture as an SVG element.
export function drawDensity(d, bins, label) {
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 200 50');
  svg.setAttribute('class', 'density');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const { values, top } = heights({ Mean: 0, SD: 0, Min: 0, Max: 0, Mode: 0, Value: 0, ...d }, bins);
  const high = Math.max(...values, 0);
  if (!(high > 0)) return svg;
  const w = 200 / values.length;
  for (const [i, v] of values.entries()) {
    const h = Math.max(v > 0 ? 0.5 : 0, (44 * v) / high);
    const bar = document.createElementNS(ns, 'rect');
    for (const [k, x] of Object.entries({ x: i * w, y: 46 - h, width: Math.max(0.6, w - 0.4), height: h })) bar.setAttribute(k, x.toFixed(2));
    svg.append(bar);
  }
  if (top > 0 && d.Mean > 0 && d.Mean < top) {
    const line = document.createElementNS(ns, 'line');
    const x = ((d.Mean / top) * 200).toFixed(1);
    for (const [k, v] of Object.entries({ x1: x, x2: x, y1: 0, y2: 46 })) line.setAttribute(k, v);
    svg.append(line);
  }
  return svg;
}
