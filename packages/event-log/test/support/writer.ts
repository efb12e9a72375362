// Writes event 668 with an ascending count to the log in argv[2], argv[3] times or for ever, and prints `begun` once some are stored.
import { setImmediate as turn } from 'node:timers/promises';
import { EventLog } from '../../src/index.ts';

const [file = '', times = 'Infinity'] = process.argv.slice(2);
const log = EventLog.open({
  file,
  clock: { now: () => Date.now() },
  limits: { maxAgeDays: 30, maxMiB: 64 },
  onProblem: ({ message }) => process.stdout.write(`problem: ${message}\n`),
});
for (let count = 1; count <= Number(times); count += 1) {
  log.write(668, { connector: `writer-${process.pid}`, count });
  if (count % 5 === 0) await turn();
  if (count === 50) process.stdout.write('begun\n');
}
await log.close();
