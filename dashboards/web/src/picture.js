// Pictures of what is drawn, made in the browser: SVG with its looks written into it, and PNG from that.
const looks = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-opacity', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'paint-order', 'dominant-baseline', 'visibility', 'display'];

// keep writes one thing that the reader chose into the address of the page.
export function keep(key, value) {
  const url = new URL(location.href);
  if (value === '' || value == null) url.searchParams.delete(key); else url.searchParams.set(key, value);
  history.replaceState(null, '', url);
}

// svgText writes an SVG element as a file of its own: looks inlined, nothing that runs, the whole drawing.
export function svgText(svg) {
  const copy = svg.cloneNode(true);
  const from = [svg, ...svg.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((e, i) => {
    const style = getComputedStyle(e);
    for (const name of looks) {
      const v = style.getPropertyValue(name);
      if (v) to[i].setAttribute(name, v);
    }
    for (const name of ['class', 'tabindex', 'role', 'style']) to[i].removeAttribute(name);
    for (const name of Object.keys(to[i].dataset ?? {})) delete to[i].dataset[name];
  });
  const group = [...svg.children].find((e) => e.localName === 'g');
  let box = svg.viewBox?.baseVal;
  if (!box || !box.width) {
    box = group ? group.getBBox() : svg.getBBox();
    const first = [...copy.children].find((e) => e.localName === 'g');
    first?.removeAttribute('transform');
    box = { x: box.x - 20, y: box.y - 20, width: box.width + 40, height: box.height + 40 };
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('viewBox', [box.x, box.y, box.width, box.height].map((v) => Math.round(v * 10) / 10).join(' '));
  copy.setAttribute('width', Math.ceil(box.width));
  copy.setAttribute('height', Math.ceil(box.height));
  const back = getComputedStyle(document.body).backgroundColor;
  const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [k, v] of Object.entries({ x: box.x, y: box.y, width: box.width, height: box.height, fill: back })) rect.setAttribute(k, v);
  copy.prepend(rect);
  // What XML cannot hold would make the file unreadable.
  const text = new XMLSerializer().serializeToString(copy).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
  return { text, width: Math.ceil(box.width), height: Math.ceil(box.height) };
}

// pngOf paints an SVG text; large drawings are made smaller so that a browser can hold them.
export async function pngOf({ text, width, height }) {
  const image = new Image();
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text);
  await image.decode();
  const scale = Math.min(2, 8000 / width, 8000 / height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((b) => (b ? resolve(b) : reject(new Error('png'))), 'image/png'));
}

function download(blob, name) {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(blob);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10000);
}

// mountSaves brings the buttons that save a drawing to life.
export function mountSaves(host, svg, failed) {
  for (const button of host.querySelectorAll('[data-save]')) {
    if (button.dataset.mounted) continue;
    button.dataset.mounted = 'yes';
    button.addEventListener('click', async () => {
      const name = document.title.replace(/[^\p{L}\p{N} ._-]+/gu, '').trim().slice(0, 60) || 'uprava';
      try {
        const drawn = svgText(svg());
        const blob = button.dataset.save === 'png' ? await pngOf(drawn) : new Blob([drawn.text], { type: 'image/svg+xml' });
        host.dataset.saved = `${button.dataset.save} ${blob.size}`;
        download(blob, `${name}.${button.dataset.save}`);
      } catch {
        button.title = failed ?? '';
        host.dataset.saved = 'failed';
      }
    });
  }
}
