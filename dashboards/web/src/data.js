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

// inLanguage adds to an address the language that the page was asked for in its own.
export function inLanguage(href) {
  const asked = new URLSearchParams(location.search).get('lang');
  return asked ? href + (href.includes('?') ? '&' : '?') + 'lang=' + encodeURIComponent(asked) : href;
}
