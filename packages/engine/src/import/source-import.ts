import { CHUNK_OBJECTS, yieldTurn, type EngineContext, type RunReport } from '../context.ts';
import type { SourceConnector, SourcePage, SourcePartition, SourceSession } from '../ports.ts';
import type { PartitionRow } from '../store/connectors.ts';
import { SourceChangeWriter } from './source-change.ts';

/** Types that rules are asked for; containers are imported with their names alone. */
const ruledTypes = ['user', 'inetOrgPerson', 'group', 'foreignSecurityPrincipal'] as const;

/**
 * Imports a forest into its connector space: what has changed since the cursor of each domain, or everything.
 *
 * The cursor of a domain moves in the transaction that keeps the last of what it stands for; a full import that is broken
 * off begins again, and only one that has come to its end makes objects disappear that it has not seen.
 */
export async function importSource(
  context: EngineContext,
  source: SourceConnector,
  options: { readonly full: boolean; readonly report: RunReport },
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  const connector = store.connectors.find(source.name);
  if (connector === undefined) return;
  const attributes = Object.fromEntries(
    ruledTypes.map((type) => [type, context.rules.sourceAttributes(source.name, type)]),
  );
  for (const partition of source.partitions) {
    await importPartition(context, { source, partition, attributes, ...options, connector: connector.id }, signal);
  }
  // Of partitions that the configuration names no longer, everything stays as it is.
  if (options.full) store.connectors.requireFullImport(connector.id, false);
}

interface PartitionImport {
  readonly source: SourceConnector;
  readonly partition: SourcePartition;
  readonly connector: number;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly full: boolean;
  readonly report: RunReport;
}

async function importPartition(context: EngineContext, work: PartitionImport, signal: AbortSignal): Promise<void> {
  const { store } = context;
  const { connectors } = store;
  const session = await work.partition.open(work.attributes, signal);
  try {
    const row = connectors.ensurePartition(work.connector, work.partition.name);
    connectors.describe(row.id, session.domain);
    const attributes = JSON.stringify(work.attributes);
    const isUsable = row.attributes === attributes && !isTooOld(row, context.clock.now());
    const cursor = work.full || !isUsable ? undefined : (row.cursor ?? undefined);
    const { isFull, pages } = await session.read(cursor, signal);
    if (isFull) connectors.beginFullImport(row.id, attributes);
    const present = connectors.partition(row.id) ?? row;
    const writer = new SourceChangeWriter(context, {
      connector: work.connector,
      partition: present,
      report: work.report,
    });
    const state = { done: 0, incomplete: [] as string[] };
    for await (const page of pages) {
      await keepPage(context, { page, session, writer, partition: present, work, state }, signal);
    }
    if (isFull) await dropUnseen(context, { partition: present, writer }, signal);
    connectors.noteImport(row.id, new Date(context.clock.now()).toISOString());
  } finally {
    await session.close();
  }
}

/** After so long without an import, a DC may have forgotten what was deleted. */
const LONGEST_GAP_MS = 7 * 24 * 3_600_000;

function isTooOld({ imported_at: at }: PartitionRow, now: number): boolean {
  return at !== null && now - Date.parse(at) > LONGEST_GAP_MS;
}

/** Keeps one page. What came without being known is read as a whole once the source can be asked again: with the cursor. */
async function keepPage(
  { store, events }: EngineContext,
  part: {
    readonly page: SourcePage;
    readonly session: SourceSession;
    readonly writer: SourceChangeWriter;
    readonly partition: PartitionRow;
    readonly work: PartitionImport;
    readonly state: { done: number; incomplete: string[] };
  },
  signal: AbortSignal,
): Promise<void> {
  const { page, session, writer, partition, work, state } = part;
  for (let start = 0; start < page.changes.length; start += CHUNK_OBJECTS) {
    const chunk = page.changes.slice(start, start + CHUNK_OBJECTS);
    store.transaction(() => {
      for (const change of chunk) if (!writer.keep(change)) state.incomplete.push(change.guid);
    });
    state.done += chunk.length;
    const runProfile = work.full ? 'Full Import' : 'Delta Import';
    events.progress({ connector: work.source.name, runProfile, done: state.done, total: page.total });
    await yieldTurn(signal);
  }
  if (page.cursor === undefined) return;
  const incomplete = state.incomplete.splice(0);
  for (let start = 0; start < incomplete.length; start += CHUNK_OBJECTS) {
    const whole = await session.readWhole(incomplete.slice(start, start + CHUNK_OBJECTS), signal);
    store.transaction(() => {
      for (const change of whole) writer.keep(change);
    });
  }
  store.connectors.moveCursor(partition.id, page.cursor);
}

/** Objects that a full import has not seen are gone: deleted, or moved out of what the account may see. */
async function dropUnseen(
  { store }: EngineContext,
  { partition, writer }: { partition: PartitionRow; writer: SourceChangeWriter },
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
  store.connectors.endFullImport(partition.id);
}
