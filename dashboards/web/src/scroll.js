// A table wider than its place scrolls: then the keyboard must reach it, and it has a name.
const watcher = new ResizeObserver((list) => { for (const e of list) reach(e.target); });

export function mountScroll(root = document) {
  for (const table of root.querySelectorAll('table.stack:not([data-labelled])')) label(table);
  for (const host of root.querySelectorAll('.scroll:not([data-reach])')) {
    host.dataset.reach = '';
    watcher.observe(host);
    reach(host);
  }
}

// On a narrow screen a stacked table shows each row as a card, where each cell says itself what it is.
function label(table) {
  const names = [...table.tHead?.rows[0]?.cells ?? []].map((c) => c.textContent.trim());
  for (const row of table.querySelectorAll('tbody tr')) {
    for (const cell of row.querySelectorAll('td')) cell.dataset.label = names[cell.cellIndex] ?? '';
  }
  table.dataset.labelled = '';
}

function reach(host) {
  if (host.scrollWidth <= host.clientWidth && host.scrollHeight <= host.clientHeight) {
    if (host.dataset.reach === 'yes') for (const a of ['tabindex', 'role', 'aria-label']) host.removeAttribute(a);
    host.dataset.reach = '';
    return;
  }
  if (host.dataset.reach === 'yes' || host.hasAttribute('tabindex')) return;
  host.dataset.reach = 'yes';
  host.tabIndex = 0;
  const about = host.querySelector('caption') ?? host.closest('details')?.querySelector('summary') ?? host.closest('section')?.querySelector('h2, h3') ?? document.querySelector('h1');
  host.setAttribute('role', 'group');
  host.setAttribute('aria-label', about.textContent.trim());
}
