// The data of a page stands in script elements of type application/json: it is read, never run.
export function readData(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

export const lang = document.documentElement.lang;
export const integer = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });

const css = getComputedStyle(document.documentElement);
export function cssVariable(name) {
  return css.getPropertyValue('--' + name).trim();
}

const shares = new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 1 });
export function percent(x) { return Number.isFinite(x) ? shares.format(x) : '—'; }

// fill puts values into the %s of a text, in their order.
export function fill(text, ...values) { return text.replace(/%s/g, () => values.shift()); }

// seconds writes a wall-clock duration in the largest unit in which it is at least 2, with three figures.
export function seconds(s, words) {
  if (s == null || !Number.isFinite(s)) return '—';
  const a = Math.abs(s);
  const [unit, per] = a >= 172800 ? ['days', 86400] : a >= 7200 ? ['hours', 3600] : a >= 120 ? ['minutes', 60] : ['seconds', 1];
  const x = s / per, digits = Math.abs(x) < 10 ? 2 : Math.abs(x) < 100 ? 1 : 0;
  return new Intl.NumberFormat(lang, { maximumFractionDigits: digits }).format(x) + '\u00a0' + words['unit.' + unit];
}

// inLanguage adds to an address the language that the page was asked for in its own.
export function inLanguage(href) {
  const asked = new URLSearchParams(location.search).get('lang');
  return asked ? href + (href.includes('?') ? '&' : '?') + 'lang=' + encodeURIComponent(asked) : href;
}
