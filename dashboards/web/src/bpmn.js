import Modeler from 'bpmn-js/lib/Modeler';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import TokenSimulation from 'bpmn-js-token-simulation/lib/viewer';
import { readData } from './data.js';
import { mountPanel } from './panel.js';
import { translations } from './bpmn-words.js';

// bpmn-js speaks English unless it is told the words.
const words = {
  translate: ['value', (text, replacements) => (translations[text] ?? text).replace(/{([^}]+)}/g, (_, key) => replacements?.[key] ?? '{' + key + '}')],
};

// Only these pages need the styles of bpmn-js.
function styles() {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = document.documentElement.dataset.root + 'assets/bpmn.css';
  document.head.append(link);
  return new Promise((done) => { link.onload = link.onerror = done; });
}

export async function mountDrawing(host) {
  const drawing = readData(host.dataset.drawing);
  const part = (name) => host.querySelector(`[data-part=${name}]`);
  const canvas = part('canvas'), wait = part('wait');
  try {
    const edits = host.dataset.bpmn === 'edit';
    const viewer = edits
      ? new Modeler({ container: canvas, additionalModules: [words] })
      : new NavigatedViewer({ container: canvas, additionalModules: [words, TokenSimulation] });
    await styles();
    await viewer.importXML(drawing.xml);
    wait.remove();
    const stage = viewer.get('canvas');
    stage.zoom('fit-viewport', 'auto');
    new ResizeObserver(() => { stage.resized(); }).observe(canvas);
    if (edits) mountPanel(host, viewer, drawing);
    else viewer.get('toggleMode').toggleMode(true);
    host.dataset.ready = 'yes';
  } catch (e) {
    wait.textContent = `${drawing.words.failed} ${e.message}`;
    host.dataset.ready = 'failed';
  }
}
