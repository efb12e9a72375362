import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CredentialDecision } from '../../src/passwords/credential-decision.ts';
import { planPage, type PageItem } from '../../src/passwords/page-plan.ts';
import type { QueuedUser } from '../../src/passwords/retry-queue.ts';
import { guidOf } from './support/fake-domain.ts';
import { anchorOf } from './support/fake-scope.ts';

const guid = guidOf('alice');
const dn = 'CN=Alice,OU=Staff,DC=corp,DC=contoso,DC=test';
const changes = { takesTemporary: false, isFullRead: false };
const ready = { state: 'ready', anchor: anchorOf(guid), dn } as const;
const notExported = { state: 'TargetNotExportedToDirectory', anchor: anchorOf(guid), dn } as const;
const notInScope = { state: 'notInScope', dn, reason: 'disabled' } as const;
const retried: QueuedUser = { objectGuid: guid, dn, status: 'TargetNotExportedToDirectory', dormant: false };
const dormant: QueuedUser = { objectGuid: guid, dn, status: 'NoTargetConnection', dormant: true };

function password(version = 1, passwordLastSet = 1n): CredentialDecision {
  return {
    kind: 'password',
    credential: {
      version: { version, changedAt: `2026-11-27T08:00:0${version}Z`, originatingDsa: guidOf('dc') },
      ntHash: new Uint8Array(16),
      supplementalCredentials: undefined,
      passwordLastSet,
    },
  };
}

function item(target: PageItem['target'], queued?: QueuedUser, decision = password()): PageItem {
  return { objectGuid: guid, dn, decision, target, queued };
}

interface Row {
  readonly what: string;
  readonly items: PageItem[];
  readonly isFullRead?: boolean;
  /** Versions that go, then what is queued, dequeued and given up, then statuses for the log. */
  readonly plan: [send: number[], queue: string[], dequeued: number, givenUp: number, log: string[]];
}

const rows: Row[] = [
  { what: 'a user who is ready', items: [item(ready)], plan: [[1], [], 0, 0, []] },
  {
    what: 'a user who has waited and is ready now',
    items: [item(ready, retried)],
    plan: [[1], [], 0, 0, ['RetryRequestedByTarget']],
  },
  { what: 'a dormant user who is ready now', items: [item(ready, dormant)], plan: [[1], [], 0, 0, []] },
  {
    what: 'a user who is not exported yet',
    items: [item(notExported)],
    plan: [[], ['retry TargetNotExportedToDirectory'], 0, 0, ['TargetNotExportedToDirectory']],
  },
  {
    what: 'one who waits for that already, and has another password',
    items: [item(notExported, retried)],
    plan: [[], [], 0, 0, ['TargetNotExportedToDirectory']],
  },
  {
    what: 'one who waits for that already, in a full read',
    items: [item(notExported, retried)],
    isFullRead: true,
    plan: [[], [], 0, 0, []],
  },
  {
    what: 'one who has left the scope while waiting',
    items: [item(notInScope, retried)],
    plan: [[], ['dormant NoTargetConnection'], 0, 1, ['NoTargetConnection']],
  },
  {
    what: 'a dormant one who is on the way now',
    items: [item(notExported, dormant)],
    plan: [[], ['retry TargetNotExportedToDirectory'], 0, 0, ['TargetNotExportedToDirectory']],
  },
  {
    what: 'a temporary password of one who has waited',
    items: [item(ready, retried, password(1, 0n))],
    plan: [[], [], 1, 0, ['FilteredByTarget']],
  },
  {
    what: 'a deleted user who was tried again',
    items: [item({ state: 'SourceConnectorNotPresent' }, retried, { kind: 'deleted' })],
    plan: [[], [], 1, 1, []],
  },
  {
    what: 'a deleted user who was dormant',
    items: [item({ state: 'SourceConnectorNotPresent' }, dormant, { kind: 'deleted' })],
    plan: [[], [], 1, 0, []],
  },
  {
    what: 'a deleted user whom nobody waited for',
    items: [item({ state: 'SourceConnectorNotPresent' }, undefined, { kind: 'deleted' })],
    plan: [[], [], 0, 0, []],
  },
  {
    what: 'a user without a password who has waited',
    items: [item(ready, retried, { kind: 'noPassword' })],
    plan: [[], [], 1, 0, []],
  },
  {
    what: 'a user who comes twice: the later password',
    items: [item(ready, undefined, password(1)), item(ready, undefined, password(2))],
    plan: [[2], [], 0, 0, []],
  },
  {
    what: 'a user who comes twice and is deleted then',
    items: [item(ready), item(ready, undefined, { kind: 'deleted' })],
    plan: [[], [], 0, 0, []],
  },
];

describe('what is to be done about a page', () => {
  for (const { what, items, isFullRead = false, plan } of rows) {
    it(what, () => {
      const { send, queue, dequeue, givenUp, log } = planPage(items, { ...changes, isFullRead });
      assert.deepEqual(
        [
          send.map(({ credential }) => credential.version.version),
          queue.map((user) => `${user.dormant ? 'dormant' : 'retry'} ${user.status}`),
          dequeue.length,
          givenUp.length,
          log.map(({ status }) => status),
        ],
        plan,
      );
    });
  }

  it('counts users whom object synchronization knows, and no others', () => {
    const stranger = { ...item({ state: 'SourceConnectorNotPresent' }), objectGuid: guidOf('stranger') };
    assert.equal(planPage([item(ready), stranger], changes).users, 1);
  });
});
