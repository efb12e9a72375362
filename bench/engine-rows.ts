import { CHANGED_USERS, steps, type Compared, type EngineFigures, type Step } from './engine.ts';
import type { Row } from './table.ts';

const OBJECTS_PER_SECOND_MIN = 1000;
const UNCHANGED_MAX_S = 2;
const CHANGED_MAX_S = 10;
const PEAK_MAX_MIB = 400;
/** "Linear": in the largest domain an object costs at most this much more than in the smallest. */
const GROWTH_MAX = 1.5;

const stepNames: Readonly<Record<Step, string>> = {
  import: 'importing the forest',
  synchronize: 'synchronizing',
  export: 'exporting',
  confirm: 'importing what confirms it',
};

/** Rows for domains of several sizes, from the smallest to the largest. */
export function describeEngine(all: readonly EngineFigures[]): Row[] {
  const largest = all.at(-1);
  return [
    ...all.flatMap((figures) => describeFirst(figures, figures === largest)),
    ...all.flatMap(describeDeltas),
    ...describeGrowth(all),
    ...describePeaks(all),
  ];
}

/** The target is for the largest domain: in a small one the start of the process is most of it. */
function describeFirst({ users, groups, objects, first, ...figures }: EngineFigures, hasTarget: boolean): Row[] {
  const yardstick = `ldapsearch of the same: ${formatSeconds(first.ldapsearch)}`;
  const rate = objects / first.causeway;
  return [
    {
      measure: `first object synchronization of ${users} users and ${groups} groups`,
      causeway: `${Math.round(rate)} objects/s`,
      yardstick: `ldapsearch reads them: ${Math.round(objects / first.ldapsearch)} objects/s`,
      ratio: first.ldapsearch / first.causeway,
      ...(hasTarget && {
        target: { text: `at least ${OBJECTS_PER_SECOND_MIN}/s`, reached: rate >= OBJECTS_PER_SECOND_MIN },
      }),
    },
    ...steps.map((step) => ({
      measure: `of that, ${stepNames[step]}`,
      causeway: formatSeconds(figures.steps[step]),
      yardstick,
      ratio: figures.steps[step] / first.ldapsearch,
    })),
  ];
}

function describeDeltas({ users, unchanged, changed }: EngineFigures): Row[] {
  const row = (what: string, { causeway, ldapsearch }: Compared, max: number): Row => ({
    measure: `delta cycle, ${users} users, ${what}`,
    causeway: formatSeconds(causeway),
    yardstick: `ldapsearch uSNChanged>=N: ${formatSeconds(ldapsearch)}`,
    ratio: causeway / ldapsearch,
    target: { text: `below ${max} s`, reached: causeway < max },
  });
  return [
    row('nothing changed', unchanged, UNCHANGED_MAX_S),
    row(`${Math.min(CHANGED_USERS, users)} changed`, changed, CHANGED_MAX_S),
  ];
}

/** What an object costs in each domain but the smallest, compared with that one. */
function describeGrowth(all: readonly EngineFigures[]): Row[] {
  const [smallest, ...others] = all;
  if (smallest === undefined) return [];
  return others.map((figures) => {
    const growth = cost(figures, 'cycle') / cost(smallest, 'cycle');
    const yardstick = cost(figures, 'ldapsearch') / cost(smallest, 'ldapsearch');
    return {
      measure: `cost of an object, ${figures.users} users against ${smallest.users}`,
      causeway: `${growth.toFixed(2)} times: ${Math.round(cost(figures, 'cycle'))} µs`,
      yardstick: `ldapsearch: ${yardstick.toFixed(2)} times`,
      ratio: growth / yardstick,
      target: { text: `linear: at most ${GROWTH_MAX} times`, reached: growth <= GROWTH_MAX },
    };
  });
}

/** Microseconds, without the start of the process. */
function cost({ first, objects }: EngineFigures, of: 'cycle' | 'ldapsearch'): number {
  return (first[of] / objects) * 1e6;
}

function describePeaks(all: readonly EngineFigures[]): Row[] {
  const smallest = all[0];
  if (smallest === undefined) return [];
  return all.flatMap(({ users, peak }) =>
    (['objects', 'passwords'] as const).map((what) => ({
      measure: `peak memory of connect, ${users} users, ${what}`,
      causeway: formatMiB(peak[what]),
      yardstick: `${smallest.users} users: ${formatMiB(smallest.peak[what])}`,
      ratio: peak[what] / smallest.peak[what],
      target: { text: `below ${PEAK_MAX_MIB} MiB`, reached: peak[what] < PEAK_MAX_MIB },
    })),
  );
}

function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}

function formatMiB(mebibytes: number): string {
  return `${Math.round(mebibytes)} MiB`;
}
