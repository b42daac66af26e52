// Bundles the browser assets of the lockfile into dist/, which the Go binary embeds.
import { build } from 'esbuild';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';

await mkdir('dist', { recursive: true });
for (const f of await readdir('dist')) if (f !== '.gitkeep') await rm('dist/' + f, { recursive: true });
await build({
  entryPoints: ['src/page.js', 'src/page.css', 'src/layout.js'],
  bundle: true, minify: true, splitting: true, format: 'esm', target: 'es2022',
  outdir: 'dist', legalComments: 'linked', chunkNames: 'chunk-[hash]',
});
await cp('src/icon.svg', 'dist/icon.svg');
