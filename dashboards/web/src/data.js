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
