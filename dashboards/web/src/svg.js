const space = 'http://www.w3.org/2000/svg';

export function element(name, attributes, ...children) {
  const e = document.createElementNS(space, name);
  for (const k in attributes) e.setAttribute(k, attributes[k]);
  e.append(...children);
  return e;
}

const pen = document.createElement('canvas').getContext('2d');

// wrap breaks a label at spaces into lines no wider than the given pixels; a word that is wider is cut.
export function wrap(label, width) {
  pen.font = '14px ' + getComputedStyle(document.body).fontFamily;
  const measure = (s) => pen.measureText(s).width;
  const text = [];
  let line = '';
  for (let word of label.split(/\s+/)) {
    while (measure(word) > width && word.length > 1) {
      let n = word.length;
      while (n > 1 && measure(word.slice(0, n) + '…') > width) n--;
      word = word.slice(0, n) + '…';
      if (measure(word) <= width) break;
    }
    const longer = line ? line + ' ' + word : word;
    if (line && measure(longer) > width) { text.push(line); line = word; } else line = longer;
  }
  text.push(line);
  if (text.length > 4) text.splice(4, text.length, '…');
  return { text, width: Math.max(...text.map(measure)) };
}
