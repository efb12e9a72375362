import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { EventRecord, EventTail } from '@causeway/event-log';
import { systemClock } from '@causeway/model';
import { configOption, jsonOption } from './options.ts';

/** How often a log that is followed is looked at. */
const POLL_MS = 200;
const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Ids from the first to the last; one id is both. */
interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** `causeway events`: what an agent on this host has told, and what it is telling. */
export function eventsCommand() {
  return new Command('events')
    .description("show the event log of this host's connect")
    .option('--id <id...>', 'only these ids: 656, or a range such as 650-668', collectIds)
    .option('--since <time>', 'not before: 30m, 1h or 2d ago, or an ISO 8601 time', parseTime)
    .option('--until <time>', 'not after: as --since', parseTime)
    .addOption(
      new Option('--level <level...>', 'only these levels').choices(['information', 'warning', 'error'] as const),
    )
    .option('--connector <name>', 'only of this connector (case counts)')
    .option('--user <text>', 'only with this text in the message: an anchor, or a part of a DN')
    .option('--limit <count>', 'only the newest so many', parseCount)
    .option('--follow', 'go on with new events until interrupted')
    .addOption(jsonOption())
    .addOption(configOption('/etc/causeway/connect.yaml'))
    .action(async (options, command) => {
      const [{ EventTail, eventIds, eventLevels }, { loadConfig }, { z }, { interruptSignal }] = await Promise.all([
        import('@causeway/event-log'),
        import('../config.ts'),
        import('zod'),
        import('../interrupt.ts'),
      ]);
      const ids = options.id?.flatMap(({ first, last }) => {
        const known = eventIds.filter((id) => id >= first && id <= last);
        if (known.length > 0) return known;
        const name = first === last ? `${first}` : `${first}-${last}`;
        return command.error(`error: option '--id' argument '${name}' is no event of Causeway: see docs/events.md`);
      });
      const { stateDir } = loadConfig(options.config, z.looseObject({ stateDir: z.string().min(1) }));
      const query = {
        ids,
        levels: options.level?.flatMap((name) => eventLevels.filter((level) => level.toLowerCase() === name)),
        connector: options.connector,
        text: options.user,
        since: options.since,
        until: options.until,
      };
      const tail = new EventTail(join(stateDir, 'events.sqlite'), query, options.limit);
      try {
        const follow = options.follow === true ? interruptSignal() : undefined;
        await print(tail, options.json === true ? formatJson : formatText, follow);
      } finally {
        tail.close();
      }
    });
}

/** Adds `656` or `650-668` to what `--id` has given before. */
export function collectIds(text: string, before: IdRange[] = []): IdRange[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first > last) throw new InvalidArgumentError('Takes an id such as 656, or a range 650-668.');
  return [...before, { first, last }];
}

/** A time in milliseconds since 1970: so long before now, or an ISO 8601 date or time, local unless it names its zone. */
export function parseTime(text: string, _before?: unknown, now = systemClock.now()): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (unitMs[unit] ?? 0);
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?$/.test(text);
  const time = Date.parse(isDate ? `${text}T00:00` : text);
  if ((isDate || isTime) && !Number.isNaN(time)) return time;
  throw new InvalidArgumentError('Takes 30s, 30m, 1h, 2d or 1w ago, or an ISO 8601 time such as 2026-11-27T09:00.');
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Takes a number of events, 1 or more.');
  return Number(text);
}

/** One line, or one more for each further line of the message; the time is local, with its distance from UTC. */
export function formatText(event: EventRecord): string {
  const columns = [formatLocalTime(event.time), event.level.padEnd('Information'.length), String(event.id).padStart(4)];
  const start = `${columns.join('  ')}  `;
  // A terminal obeys control characters, and a distinguished name may hold some.
  const lines = event.message.split('\n').map((line) => line.replaceAll(/\p{Cc}/gu, '\uFFFD'));
  return `${start}${lines.join(`\n${' '.repeat(start.length)}`)}`;
}

/** One line of JSON; the time is UTC. */
export function formatJson(event: EventRecord): string {
  return JSON.stringify({ ...event, time: new Date(event.time).toISOString() });
}

function formatLocalTime(time: number): string {
  const minutes = -new Date(time).getTimezoneOffset();
  const local = new Date(time + minutes * 60_000).toISOString().slice(0, -1);
  const distance = new Date(Math.abs(minutes) * 60_000)
    .toISOString()
    .slice('1970-01-01T'.length, '1970-01-01T00:00'.length);
  return `${local}${minutes < 0 ? '-' : '+'}${distance}`;
}

/** Prints events as they are read until there are no more, or, when they are followed, until the signal. */
async function print(
  tail: EventTail,
  format: (event: EventRecord) => string,
  follow: AbortSignal | undefined,
): Promise<void> {
  // Whoever reads, `head` for example, has had enough.
  const unread = new AbortController();
  process.stdout.on('error', () => unread.abort());
  const end = AbortSignal.any([unread.signal, ...(follow === undefined ? [] : [follow])]);
  while (!end.aborted) {
    const events = tail.next();
    const text = events.map((event) => `${format(event)}\n`).join('');
    if (!process.stdout.write(text)) await once(process.stdout, 'drain', { signal: end }).catch(() => undefined);
    if (events.length > 0) continue;
    if (follow === undefined) return;
    await sleep(POLL_MS, undefined, { signal: end }).catch(() => undefined);
  }
}
