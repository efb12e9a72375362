import type { Guid } from '@ad-protocols/wire';
import type { PasswordScope, PasswordTarget, UserInScope } from '../../../src/passwords/password-scope.ts';
import type { FakeDomain } from './fake-domain.ts';

/** The source anchor that the tests give a user. */
export function anchorOf(guid: Guid): string {
  return Buffer.from(guid.replaceAll('-', ''), 'hex').toString('base64');
}

/** What object synchronization says, as the test wants it: everybody is ready unless it says otherwise. */
export class FakeScope implements PasswordScope {
  ready = true;
  readonly #targets = new Map<Guid, PasswordTarget>();
  readonly #users = new Map<Guid, UserInScope>();
  #listeners = new Set<() => void>();

  add(
    domain: FakeDomain,
    name: string,
    state: Exclude<PasswordTarget['state'], 'SourceConnectorNotPresent'> = 'ready',
  ): Guid {
    const objectGuid = domain.guid(name);
    const dn = domain.dn(name);
    const anchor = anchorOf(objectGuid);
    this.#users.set(objectGuid, { objectGuid, dn });
    const target =
      state === 'notInScope'
        ? ({ state, dn, reason: 'the account is disabled' } as const)
        : state === 'NoTargetConnection'
          ? ({ state, dn } as const)
          : ({ state, anchor, dn } as const);
    this.#targets.set(objectGuid, target);
    for (const listener of this.#listeners) listener();
    return objectGuid;
  }

  drop(guid: Guid): void {
    this.#targets.delete(guid);
    this.#users.delete(guid);
    for (const listener of this.#listeners) listener();
  }

  setReady(ready: boolean): void {
    this.ready = ready;
    for (const listener of this.#listeners) listener();
  }

  isReady(): boolean {
    return this.ready;
  }

  find(_connector: string, objectGuid: Guid): PasswordTarget {
    return this.#targets.get(objectGuid) ?? { state: 'SourceConnectorNotPresent' };
  }

  findUsers(_connector: string, query: { ou: string } | { user: string }): readonly UserInScope[] {
    return [...this.#users.values()].filter(({ dn }) =>
      'ou' in query ? dn.toLowerCase().endsWith(query.ou.toLowerCase()) : dn.startsWith(`CN=${query.user},`),
    );
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
