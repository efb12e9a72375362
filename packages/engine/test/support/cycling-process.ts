import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededHistory } from './seeded-history.ts';
import { StoreTenant } from './store-tenant.ts';
import { World } from './world.ts';

/** Steps between two cycles. */
const STEPS = 5;

/**
 * Lets things happen and runs cycles until it is killed, and writes a line at each of its effects. How far its history has come
 * is in a file, for the next one to go on from.
 */
const folder = process.argv[2] ?? '';
const progress = join(folder, 'steps');
let steps = Number(readFileSync(progress, 'utf8'));
const { history, next } = seededHistory(steps);
const tenant = await StoreTenant.open(join(folder, 'directory.sqlite'));
const world = new World(history.forests, tenant.directory, { file: join(folder, 'engine.sqlite') });
for (const forest of history.forests) forest.onEffect = (effect) => process.stdout.write(`${effect}\n`);
world.onProgress = () => process.stdout.write('progress\n');
for (;;) {
  await world.cycle();
  steps += STEPS;
  writeFileSync(`${progress}.new`, String(steps));
  renameSync(`${progress}.new`, progress);
  for (let step = 0; step < STEPS; step += 1) next();
}
