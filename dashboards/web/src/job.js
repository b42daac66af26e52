import { inLanguage } from './data.js';

// The progress of a long work: the server says how far it is; the reader may stop it. When it is done,
// the page that shows the result opens.
export function mountJobs(root = document) {
  for (const host of root.querySelectorAll('[data-job]:not([data-watched])')) watch(host);
}

function watch(host) {
  host.dataset.watched = 'yes';
  const part = (name) => host.querySelector(`[data-part=${name}]`);
  const text = part('text'), bar = part('bar'), stop = part('cancel');
  const source = new EventSource(inLanguage(host.dataset.job));
  source.addEventListener('progress', (e) => {
    const status = JSON.parse(e.data);
    text.textContent = status.text;
    if (status.share >= 0) bar.value = status.share; else bar.removeAttribute('value');
    host.dataset.state = status.state;
    if (['done', 'failed', 'cancelled'].includes(status.state)) {
      source.close();
      bar.hidden = true;
      if (stop) stop.hidden = true;
      host.dispatchEvent(new CustomEvent('jobend', { bubbles: true, detail: status }));
      if (status.state === 'done' && host.dataset.done) location.replace(host.dataset.done);
    }
  });
  source.addEventListener('error', () => {
    const gone = source.readyState === EventSource.CLOSED; // the server is back and knows nothing of it
    text.textContent = gone ? host.dataset.gone : host.dataset.lost;
    if (gone) { host.dataset.state = 'gone'; bar.hidden = true; if (stop) stop.hidden = true; }
  });
  stop?.addEventListener('click', () => { stop.disabled = true; fetch(host.dataset.cancel, { method: 'POST' }); });
}
