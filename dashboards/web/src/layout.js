import { Graphviz } from '@hpcc-js/wasm-graphviz';

// A worker: Graphviz lays maps out here, so that the page answers meanwhile.
const ready = Graphviz.load();

onmessage = async ({ data: { id, dot } }) => {
  try {
    const graphviz = await ready;
    postMessage({ id, out: graphviz.dot(dot, 'json0') });
  } catch (e) {
    postMessage({ id, error: String(e) });
  }
};
