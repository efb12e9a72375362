import type { User } from '@causeway/model';
import type { Transaction } from 'kysely';
import { primaryAddressOf, type KnownObject } from '../rules/user-match.ts';
import { foldName, formatUser } from './object-text.ts';
import type { ObjectsRow, Schema } from './schema.ts';
import { assignSequences, chunk, type LockedTenant } from './stream.ts';

const objectColumns = [
  'anchor',
  'previous_anchor',
  'type',
  'object_id',
  'object',
  'object_accepted_at',
  'source',
  'cloud_only',
  'administrator',
  'deleted_at',
  'account_name',
  'user_principal_name',
  'primary_address',
  'member_count',
  'member_digest',
] as const satisfies readonly (keyof ObjectsRow)[];

/** The columns of a row that make the object; those of its credential are written by themselves. */
export type ObjectRow = Pick<ObjectsRow, (typeof objectColumns)[number]>;

/** The object of a row, as the rules see it; undefined while only a credential has arrived. */
export function toKnown(row: ObjectRow | undefined): KnownObject | undefined {
  if (row === undefined || row.type === null) return undefined;
  return {
    anchor: row.anchor,
    type: row.type,
    cloudOnly: row.cloud_only === 1,
    administrator: row.administrator === 1,
    deleted: row.deleted_at !== null,
  };
}

/** The columns that a user's attributes make, of one that is not deleted. */
export function userColumns(user: User) {
  const address = primaryAddressOf(user);
  return {
    type: 'user',
    object: formatUser(user),
    deleted_at: null,
    account_name: foldName(user.accountName),
    user_principal_name: foldName(user.userPrincipalName),
    primary_address: address === undefined ? null : foldName(address),
    member_count: 0,
    member_digest: null,
  } as const;
}

/** What is looked up before a batch: objects by anchor, and users that are not deleted by name and address. */
export interface SoughtObjects {
  readonly anchors: Iterable<string>;
  readonly names: Iterable<string>;
  readonly addresses: Iterable<string>;
}

/**
 * The objects that a batch is about, or whose names it may clash with: as they are, and, after {@link put}, as they
 * become. So an entry of a batch sees what the entries before it did.
 */
export class ObjectRows {
  readonly #byAnchor = new Map<string, ObjectRow>();
  readonly #byName = new Map<string, Set<ObjectRow>>();
  readonly #byAddress = new Map<string, Set<ObjectRow>>();
  readonly #changed = new Set<string>();

  static async load(transaction: Transaction<Schema>, tenant: string, sought: SoughtObjects): Promise<ObjectRows> {
    const rows = new ObjectRows();
    const load = async (column: 'anchor' | 'user_principal_name' | 'primary_address', values: Iterable<string>) => {
      for (const some of chunk([...new Set(values)])) {
        const found = await transaction
          .selectFrom('objects')
          .select(objectColumns)
          .where('tenant', '=', tenant)
          .where(column, 'in', some)
          .execute();
        for (const row of found) rows.#set(row);
      }
    };
    await load('anchor', sought.anchors);
    await load('user_principal_name', Array.from(sought.names, foldName));
    await load('primary_address', Array.from(sought.addresses, foldName));
    return rows;
  }

  get(anchor: string): ObjectRow | undefined {
    return this.#byAnchor.get(anchor);
  }

  /** Users that are not deleted, other than the one with this anchor, with a user principal name. */
  named(name: string, except: string): ObjectRow[] {
    return othersOf(this.#byName, name, except);
  }

  /** Users that are not deleted, other than the one with this anchor, with a primary address. */
  addressed(address: string, except: string): ObjectRow[] {
    return othersOf(this.#byAddress, address, except);
  }

  /** Replaces the row with the same anchor, to be stored. */
  put(row: ObjectRow): void {
    this.#set(row);
    this.#changed.add(row.anchor);
  }

  /** Forgets a row whose object has another anchor now. */
  forget(anchor: string): void {
    const row = this.#byAnchor.get(anchor);
    if (row !== undefined) this.#unlist(row);
    this.#byAnchor.delete(anchor);
    this.#changed.delete(anchor);
  }

  /** Stores what was put, each object once and with the next sequence. */
  async save(transaction: Transaction<Schema>, tenant: LockedTenant, at: string): Promise<void> {
    const changed = [...this.#changed].flatMap((anchor) => this.#byAnchor.get(anchor) ?? []);
    const rows = await assignSequences(transaction, tenant, { at, rows: changed });
    for (const some of chunk(rows)) {
      await transaction
        .insertInto('objects')
        .values(
          some.map(({ sequence, ...row }) => ({
            ...row,
            tenant: tenant.id,
            sequence: row.type === 'user' ? sequence : null,
            object_sequence: sequence,
          })),
        )
        .onConflict((conflict) =>
          conflict.columns(['tenant', 'anchor']).doUpdateSet((eb) => ({
            sequence: eb.ref('excluded.sequence'),
            object_sequence: eb.ref('excluded.object_sequence'),
            ...Object.fromEntries(
              objectColumns.filter((column) => column !== 'anchor').map((name) => [name, eb.ref(`excluded.${name}`)]),
            ),
          })),
        )
        .execute();
    }
  }

  #set(row: ObjectRow): void {
    const before = this.#byAnchor.get(row.anchor);
    if (before !== undefined) this.#unlist(before);
    this.#byAnchor.set(row.anchor, row);
    if (row.type !== 'user' || row.deleted_at !== null) return;
    list(this.#byName, row.user_principal_name, row);
    list(this.#byAddress, row.primary_address, row);
  }

  #unlist(row: ObjectRow): void {
    this.#byName.get(row.user_principal_name ?? '')?.delete(row);
    this.#byAddress.get(row.primary_address ?? '')?.delete(row);
  }
}

function list(index: Map<string, Set<ObjectRow>>, key: string | null, row: ObjectRow): void {
  if (key === null) return;
  const rows = index.get(key) ?? new Set();
  index.set(key, rows.add(row));
}

function othersOf(index: ReadonlyMap<string, Set<ObjectRow>>, key: string, except: string): ObjectRow[] {
  return [...(index.get(foldName(key)) ?? [])].filter(({ anchor }) => anchor !== except);
}
