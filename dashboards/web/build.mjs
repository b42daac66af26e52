// Bundles the browser assets of the lockfile into dist/, which the Go binary embeds.
import { build } from 'esbuild';
import { cp, mkdir, readFile, readdir, rm } from 'node:fs/promises';

// Icons of bpmn-js carry style attributes, which the policy of the pages forbids: the same
// is said by attributes of SVG.
const icons = {
  name: 'icons-without-style',
  setup(b) {
    b.onLoad({ filter: /bpmn-js\/lib\/features\/.*Icons\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/ style="([^"]*)"/g, (_, rules) =>
        rules.split(';').filter((r) => r.trim()).map((r) => r.split(':')).map(([k, v]) => ` ${k.trim()}="${v.trim()}"`).join('')),
      loader: 'js',
    }));
  },
};

await mkdir('dist', { recursive: true });
for (const f of await readdir('dist')) if (f !== '.gitkeep') await rm('dist/' + f, { recursive: true });
await build({
  entryPoints: ['src/page.js', 'src/page.css', 'src/layout.js', 'src/editor.css'],
  bundle: true, minify: true, splitting: true, format: 'esm', target: 'es2022',
  outdir: 'dist', legalComments: 'linked', chunkNames: 'chunk-[hash]', assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file' }, alias: { domify: './src/domify.js' }, plugins: [icons],
});
await cp('src/icon.svg', 'dist/icon.svg');
