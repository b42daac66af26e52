// The reader's choice of theme is kept in this browser; without one the system's holds.
const key = 'uprava-theme';
const root = document.documentElement;
const systemDark = matchMedia('(prefers-color-scheme: dark)');

export function isDark() {
  return root.dataset.theme ? root.dataset.theme === 'dark' : systemDark.matches;
}

function announce() {
  document.dispatchEvent(new Event('themechange'));
}

// onTheme calls f with each change of theme for as long as host is part of the page, then gone once.
export function onTheme(host, f, gone = () => {}) {
  const change = () => {
    if (host.isConnected) return f();
    document.removeEventListener('themechange', change);
    gone();
  };
  document.addEventListener('themechange', change);
}

export function mountTheme() {
  try {
    const kept = localStorage.getItem(key);
    if (kept) root.dataset.theme = kept;
  } catch { /* storage is forbidden: the choice lasts for this page */ }
  systemDark.addEventListener('change', announce);
  const button = document.getElementById('theme');
  button?.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try { localStorage.setItem(key, root.dataset.theme); } catch { /* as above */ }
    announce();
  });
}
