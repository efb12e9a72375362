import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { protocols } from '../layers.ts';

const root = path.resolve(import.meta.dirname, '../..');
const names = globSync(`${protocols}/*/package.json`, { cwd: root })
  .filter((file) => (JSON.parse(readFileSync(path.join(root, file), 'utf8')) as { private?: boolean }).private !== true)
  .map((file) => path.basename(path.dirname(file)))
  .sort();

/** The words of the product, which a package for everybody does not know. */
const productWords = /causeway|managed domain|change feed|sealed credential|\btenant/i;

/** The TypeScript examples of a README. */
function examplesOf(readme: string): string[] {
  return [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
}

function run(program: string, args: string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

describe('the protocol packages stand by themselves', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'packages-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  before(() => {
    run(process.execPath, [path.join(root, 'tools/build-packages.ts')], root);
    const built = names.map((name) => path.join(root, 'build/packages', name));
    run('npm', ['pack', '--loglevel=error', '--pack-destination', folder, ...built], folder);
    const tarballs = globSync('*.tgz', { cwd: folder }).map((file) => `./${file}`);
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    run(
      'npm',
      ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs],
      folder,
    );
    symlinkSync(path.join(root, 'node_modules/@types'), path.join(folder, 'node_modules/@types'));
  });

  for (const name of names) {
    test(`${name} can be imported from where nothing else of this repository is`, () => {
      const program = `process.stdout.write(String(Object.keys(await import('@ad-protocols/${name}')).length))`;
      const exported = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
      assert.ok(Number(exported) > 0);
    });

    test(`${name} has a README with an example, a changelog and no word of the product`, () => {
      for (const file of globSync(`${protocols}/${name}/{*.md,package.json,src/**/*.ts}`, { cwd: root })) {
        const text = readFileSync(path.join(root, file), 'utf8');
        assert.doesNotMatch(text, productWords, file);
      }
      const own = path.join(root, protocols, name);
      assert.match(readFileSync(path.join(own, 'CHANGELOG.md'), 'utf8'), /^## \d+\.\d+\.\d+/m);
      assert.ok(examplesOf(readFileSync(path.join(own, 'README.md'), 'utf8')).length > 0);
    });
  }

  test('every example of a README compiles against the packages as they are published', () => {
    const files = names.flatMap((name) =>
      examplesOf(readFileSync(path.join(root, protocols, name, 'README.md'), 'utf8')).map((code, index) => {
        const file = `${name}-${index + 1}.ts`;
        writeFileSync(path.join(folder, file), code);
        return file;
      }),
    );
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', 'node', '--target', 'es2024'];
    const modules = ['--module', 'nodenext', '--lib', 'es2024,esnext.disposable'];
    execFileSync(path.join(root, 'node_modules/.bin/tsc'), [...options, ...modules, ...files], {
      cwd: folder,
      stdio: 'pipe',
    });
  });
});
