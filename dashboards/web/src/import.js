// A file that is dropped or chosen is sent with progress, and can be stopped on its way. Without this
// script the form sends it all the same.
export function mountDrop(form) {
  const part = (name) => form.querySelector(`[data-part=${name}]`);
  const input = form.querySelector('input[type=file]'), drop = part('drop'), sending = part('sending'), bar = part('bar'), fault = part('fault'), text = part('text');
  const say = text.textContent;
  for (const kind of ['dragenter', 'dragover']) drop.addEventListener(kind, (e) => { e.preventDefault(); drop.dataset.over = 'yes'; });
  for (const kind of ['dragleave', 'drop']) drop.addEventListener(kind, () => { delete drop.dataset.over; });
  drop.addEventListener('drop', (e) => {
    e.preventDefault();
    if (!e.dataTransfer.files.length) return;
    input.files = e.dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener('submit', (e) => {
    if (!input.files.length) return;
    e.preventDefault();
    const request = new XMLHttpRequest();
    const button = form.querySelector('button.primary');
    const end = (words) => { sending.hidden = true; button.disabled = false; fault.hidden = !words; fault.textContent = words; };
    request.open('POST', location.href);
    request.responseType = 'document';
    request.upload.addEventListener('progress', (p) => {
      if (!p.lengthComputable) return;
      bar.value = p.loaded / p.total;
      const percent = Math.floor((20 * p.loaded) / p.total) * 5 + ' %';
      if (!text.textContent.endsWith(percent)) text.textContent = say + ': ' + percent;
    });
    request.addEventListener('load', () => {
      if (request.status < 400) { location.assign(request.responseURL); return; }
      end(request.response?.querySelector('main section')?.textContent.trim().split('\n')[0] || form.dataset.failed);
    });
    request.addEventListener('error', () => end(form.dataset.failed));
    request.addEventListener('abort', () => end(form.dataset.stopped));
    part('stop').onclick = () => request.abort();
    sending.hidden = false;
    fault.hidden = true;
    button.disabled = true;
    request.send(new FormData(form));
  });
  form.dataset.ready = 'yes';
}

// mountImporting leads on when an import ended otherwise than well: to its mapping, or to the beginning.
export function mountImporting(host) {
  host.addEventListener('jobend', (e) => {
    if (e.detail.state === 'failed') location.reload();
    if (e.detail.state === 'cancelled') location.replace(host.dataset.stoppedAt);
  });
}
