/** The code under fuzzing as JavaScript, which the fuzzer can instrument; packages find one another in a folder of their own. */
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** Builds into an empty folder and gives the path of the fuzzer's entry. */
export function buildCode(folder: string): string {
  const compiler = path.join(root, 'node_modules/.bin/tsc');
  execFileSync(compiler, ['-p', 'tsconfig.fuzz.json', '--outDir', folder], { cwd: root, stdio: 'inherit' });
  const scope = path.join(folder, 'node_modules/@ad-protocols');
  mkdirSync(scope, { recursive: true });
  for (const file of globSync('protocols/*/package.json', { cwd: root })) {
    const own = path.join(folder, path.dirname(file));
    mkdirSync(own, { recursive: true });
    writeFileSync(path.join(own, 'package.json'), JSON.stringify({ type: 'module', exports: './src/index.js' }));
    symlinkSync(own, path.join(scope, path.basename(own)));
  }
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  return path.join(folder, 'fuzz/jazzer-entry.js');
}
