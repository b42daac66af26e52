// "/" leads to the search field from anywhere but another field. Who speaks to the computer, or whose
// key it is already, turns it off on the page of the search.
const key = 'uprava-keys';

export function mountKeys() {
  const on = () => { try { return localStorage.getItem(key) !== 'off'; } catch { return true; } };
  document.addEventListener('keydown', (e) => {
    if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || !on()) return;
    if (e.target.closest?.('input, select, textarea, [contenteditable], [role=application]')) return;
    const field = document.querySelector('main input[type=search]') ?? document.querySelector('.bar input[type=search]');
    if (!field) return;
    e.preventDefault();
    field.focus();
    field.select();
  });
  const choice = document.getElementById('keys');
  if (!choice) return;
  choice.checked = on();
  choice.addEventListener('change', () => { try { localStorage.setItem(key, choice.checked ? 'on' : 'off'); } catch { /* it lasts for this page */ } });
}
