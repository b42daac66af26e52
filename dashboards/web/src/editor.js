import Modeler from 'bpmn-js/lib/Modeler';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import TokenSimulation from 'bpmn-js-token-simulation/lib/viewer';
import { readData } from './data.js';
import { mountPanel } from './panel.js';
import { translations } from './editor-words.js';

// bpmn-js speaks English unless it is told the words.
const words = {
  translate: ['value', (text, replacements) => (translations[text] ?? text).replace(/{([^}]+)}/g, (_, key) => replacements?.[key] ?? '{' + key + '}')],
};

// Only these pages need the styles of bpmn-js.
function styles() {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = document.documentElement.dataset.root + 'assets/editor.css';
  document.head.append(link);
  return new Promise((done) => { link.onload = link.onerror = done; });
}

// fit shows all of the diagram; what would be too small to read is begun at its left end.
function fit(stage, edits) {
  stage.zoom('fit-viewport', 'auto');
  const { inner, outer } = stage.viewbox(), k = Math.max(stage.zoom(), 0.6), left = edits ? 120 : 30;
  if (stage.zoom() >= k && !edits) return;
  stage.viewbox({ x: inner.x - left / k, y: inner.y + inner.height / 2 - outer.height / k / 2, width: outer.width / k, height: outer.height / k });
}

export async function mountDrawing(host) {
  const drawing = readData('drawing');
  const part = (name) => host.querySelector(`[data-part=${name}]`);
  const canvas = part('canvas'), wait = part('wait');
  try {
    const edits = host.dataset.drawing === 'edit';
    const viewer = edits
      ? new Modeler({ container: canvas, additionalModules: [words] })
      : new NavigatedViewer({ container: canvas, additionalModules: [words, TokenSimulation] });
    await styles();
    await viewer.importXML(drawing.xml);
    wait.remove();
    const stage = viewer.get('canvas');
    fit(stage, edits);
    new ResizeObserver(() => { stage.resized(); }).observe(canvas);
    if (edits) mountPanel(host, viewer, drawing);
    else viewer.get('toggleMode').toggleMode(true);
    host.dataset.ready = 'yes';
  } catch (e) {
    wait.textContent = `${drawing.words.failed} ${e.message}`;
    host.dataset.ready = 'failed';
  }
}
