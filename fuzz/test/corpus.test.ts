import { test } from 'node:test';
import { readCorpus } from '../corpus.ts';
import { tryOnce } from '../target.ts';
import { targetNamed, targetNames } from '../targets.ts';

for (const name of targetNames) {
  const target = targetNamed(name);

  test(`${name} reads its seeds`, () => {
    for (const seed of target.seeds) target.decode(seed);
  });

  test(`${name} decodes or refuses every input of its corpus`, () => {
    for (const input of readCorpus(name)) tryOnce(target, input);
  });
}
