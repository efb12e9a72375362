import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readImportGraph, reachableFrom, type Import } from '../import-graph.ts';
import { layers, protocols, unreachable } from '../layers.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** What is wrong with one import; undefined when it keeps the rules. */
function fault({ file, specifier, target }: Import, folder: string): string | undefined {
  if (target === undefined) return undefined;
  if (specifier.startsWith('.')) {
    return target.startsWith(`${folder}/`) ? undefined : `${file} reaches into ${target} by path`;
  }
  if (folder.startsWith(`${protocols}/`) && !specifier.startsWith('@ad-protocols/')) {
    return `${file} imports ${specifier}: protocol packages know nothing of the product`;
  }
  const name = specifier.replace(/^@(causeway|ad-protocols)\//, '');
  return layers[folder]?.includes(name) === true ? undefined : `${file} must not import ${specifier}`;
}

describe('imports point one way', () => {
  const graph = readImportGraph(Object.keys(layers));

  test('every workspace has its place in the order', () => {
    const folders = globSync('{protocols,packages,apps}/*/package.json', { cwd: root }).map((file) =>
      path.dirname(file),
    );
    assert.deepEqual([...folders, 'lab'].sort(), Object.keys(layers).sort());
  });

  for (const folder of Object.keys(layers)) {
    test(`${folder} imports only what lies below it`, () => {
      const own = graph.filter(({ file }) => file.startsWith(`${folder}/`));
      assert.ok(own.length > 0, `${folder} has source files with imports`);
      assert.deepEqual(
        own.map((entry) => fault(entry, folder)).filter((text) => text !== undefined),
        [],
      );
    });
  }

  for (const { from, target, reason } of unreachable) {
    test(`${from} never reaches ${target}: ${reason}`, () => {
      assert.ok(existsSync(path.join(root, target)), `${target} exists`);
      const found = [...reachableFrom(graph, from)].filter((file) => file === target || file.startsWith(`${target}/`));
      assert.deepEqual(found, []);
    });
  }

  test('a forbidden import would be found', () => {
    const planted: Import = {
      file: 'packages/directory/src/planted.ts',
      specifier: '@causeway/seal/open',
      target: 'packages/seal/src/open.ts',
    };
    assert.match(fault(planted, 'packages/directory') ?? '', /must not import/);
    const reached = reachableFrom([...graph, planted], 'packages/directory');
    assert.ok(reached.has('packages/seal/src/open.ts'));
    const product: Import = { ...planted, file: 'protocols/rpc/src/planted.ts', specifier: '@causeway/model' };
    assert.match(fault(product, 'protocols/rpc') ?? '', /know nothing of the product/);
  });
});
