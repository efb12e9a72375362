/**
 * `npm run build`: the protocol packages as they are published, in `build/packages`: JavaScript with declarations, ready for
 * `npm publish build/packages/NAME`. Node runs TypeScript in this repository, but not inside `node_modules`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'build/packages');

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly [field: string]: unknown;
}

rmSync(target, { recursive: true, force: true });
const { status } = spawnSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.publish.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);

const engines = (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest)['engines'];
for (const file of globSync('protocols/*/package.json', { cwd: root }).sort()) {
  const source = path.join(root, path.dirname(file));
  const folder = path.join(target, path.basename(source));
  const manifest = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest;
  if (manifest.private === true) {
    rmSync(folder, { recursive: true, force: true });
    continue;
  }
  const exports = { types: './src/index.d.ts', default: './src/index.js' };
  const published = { ...manifest, exports, engines, publishConfig: { access: 'public' } };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  for (const text of ['README.md', 'CHANGELOG.md']) cpSync(path.join(source, text), path.join(folder, text));
  cpSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  process.stdout.write(`${manifest.name} → ${path.relative(root, folder)}\n`);
}
