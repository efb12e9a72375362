import type { Change } from '@causeway/contract';
import type { CredentialOpener } from '@causeway/seal/open';
import { openCredential } from './credential-door.ts';
import { wipeManagedCredential } from './managed-credential.ts';
import type { ManagedDomain, NameOwner } from './managed-domain.ts';
import type { ManagedUser } from './managed-user.ts';
import { wipeOperations } from './operation.ts';
import type { PlannedChange } from './page-writer.ts';
import { needsCredential, planChange, type Present } from './plan.ts';

/** Credentials that are opened side by side. */
const OPEN_SIDE_BY_SIDE = 64;

/** Looks up what the managed domain has for a page of changes, opens the credentials that are newer, and plans. */
export class PagePlanner {
  readonly #managedDomain: ManagedDomain;
  readonly #opener: CredentialOpener;
  readonly #tenant: string;
  readonly #container: string;

  constructor(parts: { managedDomain: ManagedDomain; opener: CredentialOpener; tenant: string; container: string }) {
    this.#managedDomain = parts.managedDomain;
    this.#opener = parts.opener;
    this.#tenant = parts.tenant;
    this.#container = parts.container;
  }

  /** The plans hold secrets: whoever asked for them writes or wipes them. */
  async plan(changes: readonly Change[]): Promise<PlannedChange[]> {
    const withUser = changes.filter(({ user }) => user !== null);
    const found = await this.#managedDomain.findUsers(
      withUser.flatMap(({ anchor, previousAnchor }) => (previousAnchor === null ? [anchor] : [anchor, previousAnchor])),
    );
    const users = new Map(withUser.map((change) => [change.anchor, usersOf(change, found)]));
    const owners = await this.#findNameOwners(withUser, users);
    const planned: PlannedChange[] = [];
    try {
      for (let start = 0; start < changes.length; start += OPEN_SIDE_BY_SIDE) {
        const some = changes.slice(start, start + OPEN_SIDE_BY_SIDE);
        planned.push(...(await Promise.all(some.map(async (change) => this.#planOne(change, users, owners)))));
      }
      return planned;
    } catch (error) {
      for (const { plan } of planned) wipeOperations(plan.operations);
      throw error;
    }
  }

  async #planOne(
    change: Change,
    users: ReadonlyMap<string, readonly ManagedUser[]>,
    owners: NameOwners,
  ): Promise<PlannedChange> {
    const own = users.get(change.anchor) ?? [];
    const present: Present = { container: this.#container, users: own, nameOwners: owners.othersThan(change, own) };
    const opened = needsCredential(change, own) ? await openCredential(this.#opener, this.#tenant, change) : undefined;
    const plan = planChange(change, present, opened);
    // Nothing to write, a name that is taken for example: then nobody else wipes what was opened.
    if (opened?.state === 'opened' && plan.operations.length === 0) wipeManagedCredential(opened.credential);
    return { change, plan };
  }

  /** Only new and changed names can be taken, so only they are asked for. Who is deleted with this page gives its names free. */
  async #findNameOwners(
    changes: readonly Change[],
    users: ReadonlyMap<string, readonly ManagedUser[]>,
  ): Promise<NameOwners> {
    const names = changes.flatMap(({ anchor, user, deleted }) => {
      const [managed] = users.get(anchor) ?? [];
      if (user === null || deleted) return [];
      const same = managed?.accountName === user.accountName && managed.userPrincipalName === user.userPrincipalName;
      return same ? [] : [user];
    });
    const leaving = new Set(
      changes.flatMap(({ anchor, deleted }) => (deleted ? (users.get(anchor) ?? []) : [])).map(({ guid }) => guid),
    );
    const owners = await this.#managedDomain.findNameOwners(names);
    return new NameOwners(owners.filter(({ guid }) => !leaving.has(guid)));
  }
}

/** The users with the change's anchor or, for one that was matched to a source, with the anchor it had before. */
function usersOf({ anchor, previousAnchor }: Change, found: ReadonlyMap<string, ManagedUser[]>): ManagedUser[] {
  return [...(found.get(anchor) ?? []), ...(found.get(previousAnchor ?? '') ?? [])];
}

/** Who has which name, in the managed domain or earlier in the page. */
class NameOwners {
  readonly #byName = new Map<string, NameOwner>();

  constructor(owners: readonly NameOwner[]) {
    for (const owner of owners) {
      this.#byName.set(`account ${owner.accountName}`, owner);
      if (owner.userPrincipalName !== '') this.#byName.set(`principal ${owner.userPrincipalName}`, owner);
    }
  }

  othersThan({ user }: Change, own: readonly ManagedUser[]): Present['nameOwners'] {
    if (user === null) return [];
    const keys = [
      { key: `account ${user.accountName.toLowerCase()}`, name: user.accountName },
      { key: `principal ${user.userPrincipalName.toLowerCase()}`, name: user.userPrincipalName },
    ];
    return keys.flatMap(({ key, name }) => {
      const owner = this.#byName.get(key);
      return owner === undefined || own.some(({ guid }) => guid === owner.guid) ? [] : [{ dn: owner.dn, name }];
    });
  }
}
