import { CHUNK_OBJECTS, yieldTurn, type EngineContext, type RunReport } from '../context.ts';
import type { SourceConnector, SourcePage, SourcePartition, SourceSession } from '../ports.ts';
import type { PartitionRow } from '../store/connectors.ts';
import { SourceChangeWriter } from './source-change.ts';

/** Types that rules are asked for; containers are imported with their names alone. */
const ruledTypes = ['user', 'inetOrgPerson', 'group', 'foreignSecurityPrincipal'] as const;

export interface ImportOptions {
  readonly full: boolean;
  readonly report: RunReport;
  /** Number of the run. */
  readonly run: number;
}

/**
 * Imports a forest into its connector space: what has changed since the cursor of each domain, or everything. A domain that
 * cannot be read does not hold up the others; the first failure is thrown at the end.
 *
 * A cursor moves once everything is kept that it stands for; a full import that is broken off begins again, and only one
 * that has come to its end makes objects disappear that it has not seen.
 */
export async function importSource(
  context: EngineContext,
  source: SourceConnector,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  const connector = store.connectors.find(source.name);
  if (connector === undefined) return;
  const attributes = Object.fromEntries(
    ruledTypes.map((type) => [type, context.rules.sourceAttributes(source.name, type)]),
  );
  const failures: unknown[] = [];
  for (const partition of source.partitions) {
    const work = { source, partition, attributes, ...options, connector: connector.id };
    try {
      await importPartition(context, work, signal);
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  if (options.full) store.connectors.requireFullImport(connector.id, false);
}

interface PartitionImport extends ImportOptions {
  readonly source: SourceConnector;
  readonly partition: SourcePartition;
  readonly connector: number;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

async function importPartition(context: EngineContext, work: PartitionImport, signal: AbortSignal): Promise<void> {
  const { connectors } = context.store;
  const session = await work.partition.open(work.attributes, signal);
  try {
    const row = connectors.ensurePartition(work.connector, work.partition.name);
    connectors.describe(row.id, session.domain);
    const attributes = JSON.stringify(work.attributes);
    const isUsable = row.attributes === attributes && !isTooOld(row, context.clock.now());
    const cursor = work.full || !isUsable ? undefined : (row.cursor ?? undefined);
    const isSure = await read(context, { session, work, row, attributes, cursor }, signal);
    if (!isSure) await read(context, { session, work, row, attributes, cursor: undefined }, signal);
    connectors.noteImport(row.id, new Date(context.clock.now()).toISOString(), work.run);
  } finally {
    await session.close();
  }
}

/** After so long without an import, a DC may have forgotten what was deleted. */
const LONGEST_GAP_MS = 7 * 24 * 3_600_000;

function isTooOld({ imported_at: at }: PartitionRow, now: number): boolean {
  return at !== null && now - Date.parse(at) > LONGEST_GAP_MS;
}

/** Reads a domain from a cursor, or from the beginning; false when everything has to be read again. */
async function read(
  context: EngineContext,
  domain: {
    readonly session: SourceSession;
    readonly work: PartitionImport;
    readonly row: PartitionRow;
    readonly attributes: string;
    readonly cursor: string | undefined;
  },
  signal: AbortSignal,
): Promise<boolean> {
  const { session, work, row } = domain;
  const { connectors } = context.store;
  const { isFull, pages } = await session.read(domain.cursor, signal);
  if (isFull) connectors.beginFullImport(row.id, domain.attributes);
  const partition = connectors.partition(row.id) ?? row;
  const { connector, run, report } = work;
  const writer = new SourceChangeWriter(context, { connector, partition, run, report, isFull });
  const incomplete: string[] = [];
  let done = 0;
  let cursor: string | undefined;
  for await (const page of pages) {
    done = await keepPage(context, { page, writer, work, done, isFull, incomplete }, signal);
    if (page.cursor === undefined) continue;
    await completeObjects(context, { guids: incomplete.splice(0), session, writer }, signal);
    cursor = page.cursor;
    if (!isFull && !writer.isUnsure) connectors.moveCursor(row.id, cursor);
  }
  if (isFull) await endFullImport(context, { partition, writer, cursor }, signal);
  return !writer.isUnsure;
}

async function keepPage(
  { store, events }: EngineContext,
  part: {
    readonly page: SourcePage;
    readonly writer: SourceChangeWriter;
    readonly work: PartitionImport;
    readonly done: number;
    readonly isFull: boolean;
    /** Objects of which only changes have come; more are added. */
    readonly incomplete: string[];
  },
  signal: AbortSignal,
): Promise<number> {
  const { page, writer, work } = part;
  let { done } = part;
  for (let start = 0; start < page.changes.length; start += CHUNK_OBJECTS) {
    const chunk = page.changes.slice(start, start + CHUNK_OBJECTS);
    store.transaction(() => {
      for (const change of chunk) if (!writer.keep(change)) part.incomplete.push(change.guid);
    });
    done += chunk.length;
    const runProfile = part.isFull ? 'Full Import' : 'Delta Import';
    events.progress({ connector: work.source.name, runProfile, done, total: page.total });
    await yieldTurn(signal);
  }
  return done;
}

/** Reads objects as a whole, of which only changes have come; those that are gone meanwhile stay unknown. */
async function completeObjects(
  { store }: EngineContext,
  { guids, session, writer }: { guids: readonly string[]; session: SourceSession; writer: SourceChangeWriter },
  signal: AbortSignal,
): Promise<void> {
  for (let start = 0; start < guids.length; start += CHUNK_OBJECTS) {
    const whole = await session.readWhole(guids.slice(start, start + CHUNK_OBJECTS), signal);
    store.transaction(() => {
      for (const change of whole) writer.keep(change);
    });
  }
}

/** Objects that a full import has not seen are gone: deleted, or moved out of what the account may see. */
async function endFullImport(
  { store }: EngineContext,
  { partition, writer, cursor }: { partition: PartitionRow; writer: SourceChangeWriter; cursor: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const rows = store.cs.unseen(partition.id, partition.generation, CHUNK_OBJECTS);
    if (rows.length === 0) break;
    store.transaction(() => {
      for (const row of rows) writer.remove(row);
    });
    await yieldTurn(signal);
  }
  store.transaction(() => {
    store.connectors.endFullImport(partition.id);
    if (cursor !== undefined) store.connectors.moveCursor(partition.id, cursor);
  });
}
