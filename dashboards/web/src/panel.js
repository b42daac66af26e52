// The properties that a step or flow is simulated with, beside the diagram of bpmn-js.
import { drawDensity } from './density.js';

const units = [['seconds', 1], ['minutes', 60], ['hours', 3600], ['days', 86400]];
const parameters = { fixed: ['Value'], exponential: ['Mean', 'Min', 'Max'], uniform: ['Min', 'Max'], normal: ['Mean', 'SD', 'Min', 'Max'], lognormal: ['Mean', 'SD', 'Min', 'Max'], gamma: ['Mean', 'SD', 'Min', 'Max'], triangular: ['Min', 'Mode', 'Max'] };
const timed = (e) => /Task$|IntermediateCatchEvent$|:SubProcess$|CallActivity$|IntermediateThrowEvent$/.test(e.type);

function element(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) {
    if (k in e && k !== 'list') e[k] = v; else e.setAttribute(k, v);
  }
  e.append(...children);
  return e;
}

const label = (text, input) => element('label', {}, text + ' ', input);

function unitOf(seconds) {
  let best = units[0];
  for (const u of units) if (seconds >= u[1]) best = u;
  return best;
}

export function mountPanel(host, modeler, drawing) {
  const words = drawing.words, panel = host.querySelector('[data-part=panel]'), form = host.querySelector('[data-part=save]'), faults = host.querySelector('[data-part=faults]');
  const registry = modeler.get('elementRegistry');
  let revision = drawing.base;

  // One law of durations with its picture.
  function lawFields(title, law, bins, observed, changed, optional) {
    const box = element('fieldset', {}, element('legend', { textContent: title }));
    const choice = element('select', { 'aria-label': title + ': ' + words.law });
    if (optional) choice.append(element('option', { value: '', textContent: words.none }));
    for (const name of Object.keys(parameters)) choice.append(element('option', { value: name, textContent: words['law.' + name] }));
    if (law.Law === 'empirical') choice.append(element('option', { value: 'empirical', textContent: words['law.empirical'] }));
    choice.value = law.Law ?? '';
    const fields = element('div', { className: 'law' });
    const picture = element('div');
    const paint = () => {
      picture.replaceChildren();
      if (law.Law) picture.append(drawDensity(law, bins, words.density));
    };
    const rebuild = () => {
      fields.replaceChildren();
      if (law.Law === 'empirical') fields.append(element('p', { className: 'sub', textContent: `${words.sample} ${observed ?? 0}` }));
      for (const key of parameters[law.Law] ?? []) {
        const seconds = law[key] ?? 0, unit = unitOf(seconds || law.Mean || 60);
        const amount = element('input', { type: 'number', min: '0', step: 'any', value: String(+(seconds / unit[1]).toPrecision(4)), 'aria-label': `${title}: ${words[key.toLowerCase()]}` });
        const select = element('select', { 'aria-label': `${title}: ${words[key.toLowerCase()]}` });
        for (const [name] of units) select.append(element('option', { value: name, textContent: words[name], selected: name === unit[0] }));
        const read = () => {
          law[key] = Number(amount.value) * units.find((u) => u[0] === select.value)[1];
          paint();
          changed();
        };
        amount.addEventListener('input', read);
        select.addEventListener('change', read);
        fields.append(element('div', { className: 'amount' }, element('span', { textContent: words[key.toLowerCase()] }), amount, select));
      }
      paint();
    };
    choice.addEventListener('change', () => {
      const mean = law.Mean || law.Value || (law.Min + law.Max) / 2 || 600;
      for (const key of ['Value', 'Mean', 'SD', 'Mode', 'Min', 'Max']) law[key] = 0;
      law.Law = choice.value;
      Object.assign(law, { fixed: { Value: mean }, exponential: { Mean: mean }, uniform: { Max: 2 * mean }, triangular: { Mode: mean, Max: 2 * mean } }[law.Law] ?? (law.Law ? { Mean: mean, SD: mean / 2 } : {}));
      law.Scale = 0;
      rebuild();
      changed();
    });
    rebuild();
    box.append(label(words.law, choice), picture, fields);
    return box;
  }

  function showStep(e) {
    const id = e.id, step = (drawing.steps[id] ??= { time: { Law: 'fixed', Value: 600 }, delay: { Law: '' }, pools: [], calendar: '' });
    step.pools ??= [];
    const changed = () => { host.dataset.changed = 'yes'; };
    panel.append(lawFields(words.time, step.time, drawing.bins[id], drawing.samples[id], changed, false));
    if (drawing.least[id]) panel.append(element('p', { className: 'sub', textContent: `${words.least}: ${drawing.least[id]}` }));
    const who = element('fieldset', {}, element('legend', { textContent: words.pools }));
    for (const p of drawing.pools) {
      const box = element('input', { type: 'checkbox', value: p.Value, checked: step.pools.includes(p.Value) });
      box.addEventListener('change', () => {
        step.pools = [...who.querySelectorAll('input:checked')].map((x) => x.value);
        note();
        changed();
      });
      who.append(element('label', { className: 'check' }, box, ' ' + p.Text));
    }
    const nobody = element('p', { className: 'sub' });
    const calendar = element('select', {}, element('option', { value: '', textContent: words.always }));
    for (const c of drawing.calendars) calendar.append(element('option', { value: c.Value, textContent: c.Text }));
    calendar.value = step.calendar ?? '';
    calendar.addEventListener('change', () => { step.calendar = calendar.value; changed(); });
    const calendarLabel = label(words.calendar, calendar);
    const note = () => { nobody.textContent = step.pools.length ? '' : words.nobody; calendarLabel.hidden = step.pools.length > 0; };
    note();
    panel.append(who, nobody, calendarLabel, lawFields(words.delay, step.delay, null, 0, changed, true));
  }

  // How each flow out of one gateway is chosen: by a share, which must be 100 % together,
  // or by a rule. The one flow beside rules that has neither takes all other cases.
  function showShares(gateway) {
    const out = (gateway.outgoing ?? []).filter((f) => f.type === 'bpmn:SequenceFlow');
    if (out.length < 2 || !/Exclusive|Inclusive/.test(gateway.type)) return false;
    const box = element('fieldset', {}, element('legend', { textContent: words.shares }));
    const sum = element('p', { className: 'sub' });
    const ruled = (f) => drawing.rules[f.id] !== undefined;
    const total = () => {
      const shares = out.filter((f) => !ruled(f));
      const x = shares.reduce((s, f) => s + (drawing.shares[f.id] ?? 0), 0);
      sum.textContent = shares.length ? `${words.sum} ${+(100 * x).toFixed(2)} %` : '';
    };
    const rows = () => {
      box.querySelectorAll('.flow').forEach((x) => x.remove());
      const alone = out.some(ruled) && out.filter((f) => !ruled(f)).length === 1;
      for (const f of out) {
        const to = f.businessObject.name || drawing.labels[f.id] || f.target?.businessObject?.name || drawing.labels[f.target?.id] || f.target?.id || f.id;
        const row = element('div', { className: 'flow', role: 'group', 'aria-label': to }, element('strong', { textContent: to }));
        const choice = element('select', {}, element('option', { value: 'share', textContent: words['by-share'] }), element('option', { value: 'rule', textContent: words['by-rule'] }));
        choice.value = ruled(f) ? 'rule' : 'share';
        choice.addEventListener('change', () => {
          if (choice.value === 'rule') { drawing.rules[f.id] = drawing.examples?.[0] ?? ''; delete drawing.shares[f.id]; }
          else { delete drawing.rules[f.id]; drawing.shares[f.id] = 0; }
          host.dataset.changed = 'yes';
          rows();
          box.querySelector(`[data-flow="${CSS.escape(f.id)}"]`)?.focus();
        });
        row.append(label(words.by, choice));
        if (ruled(f)) {
          const input = element('textarea', { rows: 3, value: drawing.rules[f.id], spellcheck: false, required: true, 'data-flow': f.id, 'aria-describedby': 'rule-hint' });
          const read = () => { drawing.rules[f.id] = input.value; input.removeAttribute('aria-invalid'); host.dataset.changed = 'yes'; };
          input.addEventListener('input', read);
          row.append(label(words['rule-text'], input));
          if (drawing.examples?.length) {
            const insert = element('select', {}, element('option', { value: '', textContent: '—' }));
            for (const text of drawing.examples) insert.append(element('option', { value: text, textContent: text.replace(/^\[\[\{attribute: |\}\]\]$/g, '') }));
            insert.addEventListener('change', () => { if (insert.value) { input.value = insert.value; read(); input.focus(); } });
            row.append(label(words.insert, insert));
          }
        } else if (alone) {
          row.append(element('p', { className: 'sub', 'data-flow': f.id, tabIndex: -1, textContent: words.otherwise }));
        } else {
          drawing.shares[f.id] ??= 0;
          const input = element('input', { type: 'number', min: '0', max: '100', step: 'any', value: String(+(100 * drawing.shares[f.id]).toFixed(4)), 'data-flow': f.id });
          input.addEventListener('input', () => { drawing.shares[f.id] = Number(input.value) / 100; host.dataset.changed = 'yes'; input.removeAttribute('aria-invalid'); total(); });
          row.append(label(words.share, input));
        }
        box.append(row);
      }
      sum.hidden = alone;
      box.append(sum);
      if (out.some(ruled)) box.append(element('p', { id: 'rule-hint', className: 'sub', textContent: drawing.hint }));
      else box.querySelector('#rule-hint')?.remove();
      total();
    };
    rows();
    panel.append(box);
    return true;
  }

  function show(e) {
    panel.replaceChildren();
    if (!e || e.type === 'bpmn:Process') {
      panel.append(element('p', { textContent: words.nothing }));
      return;
    }
    if (e.type === 'label') e = e.labelTarget ?? e;
    panel.append(element('h2', { textContent: e.businessObject?.name || drawing.labels[e.id] || e.id }));
    const gateway = e.type === 'bpmn:SequenceFlow' ? e.source : e;
    if (timed(e)) showStep(e);
    else if (!showShares(gateway)) panel.append(element('p', { className: 'sub', textContent: words.nothing }));
    host.dataset.chosen = e.id;
  }
  modeler.get('eventBus').on('selection.changed', ({ newSelection }) => show(newSelection[0]));

  // A fault with a place leads there.
  function go(at) {
    const e = registry.get(at);
    if (!e) return;
    modeler.get('canvas').scrollToElement(e);
    modeler.get('selection').select(e);
    const field = panel.querySelector(`[data-flow="${CSS.escape(at)}"]`) ?? panel.querySelector('input, select');
    field?.setAttribute('aria-invalid', 'true');
    field?.focus();
  }

  function say(title, list = []) {
    faults.replaceChildren();
    if (!title) return;
    const line = ({ text, at }) => {
      const item = element('li', { textContent: text });
      if (at && registry.get(at)) {
        const button = element('button', { type: 'button', textContent: words['go-to'], 'aria-label': `${words['go-to']}: ${text}` });
        button.addEventListener('click', () => go(at));
        item.append(' ', button);
      }
      return item;
    };
    faults.append(element('div', { className: 'notice' }, element('p', {}, element('strong', { textContent: title })), element('ul', {}, ...list.map(line))));
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const fresh = event.submitter?.value === 'new';
    say('');
    const { xml } = await modeler.saveXML({ format: true });
    const steps = {}, shares = {};
    for (const [id, s] of Object.entries(drawing.steps)) if (registry.get(id)) steps[id] = s;
    for (const [id, s] of Object.entries(drawing.shares)) {
      const f = registry.get(id);
      if (f && drawing.rules[id] === undefined && f.source?.outgoing?.length > 1) shares[id] = s;
    }
    const rules = {};
    for (const [id, text] of Object.entries(drawing.rules)) if (registry.get(id)) rules[id] = text.trim() || '[]';
    try {
      const reply = await fetch(drawing.post, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: form.elements.name.value, process: drawing.process, diagram: xml, steps, shares, rules, base: fresh ? '' : revision, into: fresh ? '' : drawing.into }),
      });
      const answer = await reply.json();
      if (answer.location) location.assign(answer.location);
      else say(words.faults, answer.faults);
    } catch {
      say(words['save-failed']);
    }
  });
}
