import { fill, readData } from './data.js';
import { mountSaves } from './picture.js';

// The dotted chart comes drawn; here a row tells which case it is, and a click opens it.
export function mountDotted(host) {
  const data = readData(host.dataset.dotted), svg = host.querySelector('svg'), info = host.querySelector('[data-part=info]');
  const top = 8;
  const at = (ev) => {
    const box = svg.getBoundingClientRect(), y = ((ev.clientY - box.top) / box.height) * svg.viewBox.baseVal.height - top;
    const row = Math.floor((y / data.height) * data.ids.length);
    return data.ids[row] === undefined ? null : row;
  };
  const href = (row) => data.hrefs.replace('CASE', encodeURIComponent(data.ids[row]));
  svg.addEventListener('pointermove', (ev) => { const row = at(ev); if (row !== null) info.textContent = fill(data.words.case, data.ids[row]); });
  svg.addEventListener('click', (ev) => {
    const row = at(ev);
    if (row === null) return;
    const a = document.createElement('a');
    a.href = href(row);
    a.textContent = fill(data.words.open, data.ids[row]);
    info.replaceChildren(a);
  });
  mountSaves(host, () => svg);
  host.dataset.ready = 'yes';
}

export function mountPicture(host) {
  mountSaves(host, () => host.querySelector('svg'));
  host.dataset.ready = 'yes';
}
