// A table wider than its place scrolls: then the keyboard must reach it, and it has a name.
const watcher = new ResizeObserver((list) => { for (const e of list) reach(e.target); });

export function mountScroll(root = document) {
  for (const host of root.querySelectorAll('.scroll:not([data-reach])')) {
    host.dataset.reach = '';
    watcher.observe(host);
    reach(host);
  }
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
