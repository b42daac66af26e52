import { inLanguage } from './data.js';

// A part of the page that takes long to compute comes by itself: the server answers when it is done.
// Called again for a part of the page, what stands there comes anew and stays until then.
export function mountFragments(mount, root = document) {
  for (const host of root.querySelectorAll('[data-fragment]')) load(host, mount);
}

async function load(host, mount) {
  try {
    const reply = await fetch(inLanguage(host.dataset.fragment), { headers: { Accept: 'text/html' } });
    if (reply.status === 401) { location.reload(); return; } // the session is over: the reader must say again who asks
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const whole = host.hasAttribute('data-instead') && reply.ok ? host.parentElement : host; // the rest stands for all that came before
    whole.replaceChildren(...page.body.childNodes);
    mount(whole);
    mountFragments(mount, whole); // a part may have a part that takes longer still
    host.dataset.ready = reply.ok ? 'yes' : 'failed';
  } catch {
    host.textContent = host.dataset.failed;
    host.dataset.ready = 'failed';
  }
  host.removeAttribute('aria-busy');
}
