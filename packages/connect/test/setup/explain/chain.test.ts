import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { passwordLogStatuses, type CsObject, type MvObject, type PasswordLogEntry } from '@causeway/control';
import type { UserExplanation } from '@causeway/contract';
import { chainOf, type ChainFacts } from '../../../src/setup/explain/chain.ts';
import { passwordStatuses } from '../../../src/setup/explain/password-status.ts';
import type { SourceUser } from '../../../src/setup/explain/source-user.ts';

const at = '2026-01-02T03:04:05.000Z';
const id = '00000000-0000-0000-0000-000000000001';
const anchor = 'AAAAAAAAAAAAAAAAAAAAAQ==';

const source: SourceUser = {
  connector: 'corp.contoso.com',
  host: 'dc1.corp.contoso.com',
  dn: 'CN=Alice,DC=corp,DC=contoso,DC=com',
  anchor,
  objectClass: 'user',
  enabled: true,
  mustChange: false,
  passwordSetAt: at,
};
const cs: CsObject = {
  objectId: id,
  connectorName: 'corp.contoso.com',
  distinguishedName: source.dn,
  anchorValue: anchor,
  objectType: 'user',
  isConnector: true,
  hasSyncError: false,
  hasExportError: false,
  error: null,
  connectedMVObjectId: id,
  attributes: {},
  pendingExport: null,
  lineage: [],
};
const mv: MvObject = { objectId: id, objectType: 'person', attributes: {}, lineage: [] };
const sent: PasswordLogEntry = { at, status: 'Success', changedAt: at, detail: null };
const agent = {
  connectorSpace: cs,
  metaverse: mv,
  tenantConnectorSpace: { ...cs, connectorName: 'contoso - AAD' },
  lastResult: sent,
};
const directory: UserExplanation = {
  anchor,
  objectId: id,
  source: 'corp.contoso.com',
  user: { accountName: 'alice', userPrincipalName: 'alice@contoso.com', accountEnabled: true },
  sequence: 5,
  status: 'applied',
  reason: 'The newest credential is in the managed domain.',
  stages: { userAcceptedAt: at, deletedAt: null, passwordChangedAt: at, credentialAcceptedAt: at, outcomeAt: at },
  credential: { version: { changedAt: at, version: 2, originatingUsn: '1' } as never, keyId: '0000000000000000' },
  outcome: { sequence: 5, status: 'applied', version: null, reason: null },
};
const facts: ChainFacts = { user: 'alice', source, agent, directory };
const waiting: UserExplanation = {
  ...directory,
  status: 'waitingForCredential',
  reason: 'No credential has arrived.',
  credential: null,
  stages: { ...directory.stages, credentialAcceptedAt: null },
  outcome: null,
};
const down = { problem: 'the agent does not run', nextStep: 'start it' };

describe('the chain of a user', () => {
  it('is usable when the newest credential is in the managed domain, with the time of each stage', () => {
    const chain = chainOf(facts);
    assert.deepEqual(
      [chain.user, chain.anchor, chain.usable, chain.nextStep],
      ['alice@contoso.com', anchor, true, null],
    );
    assert.equal(chain.reason, directory.reason);
    assert.deepEqual(
      chain.stages.map(({ stage, ok, at: time }) => [stage, ok, time]),
      [
        ['domain controller', true, at],
        ['connector space', true, null],
        ['metaverse', true, null],
        ['tenant connector space', true, null],
        ['password hash sync', true, at],
        ['directory', true, at],
        ['managed domain', true, at],
      ],
    );
  });

  const table: readonly (readonly [string, Partial<ChainFacts>, string, RegExp])[] = [
    ['is found nowhere', { source: undefined, directory: undefined }, 'domain controller', /has a user alice/],
    ['is disabled', { source: { ...source, enabled: false }, directory: waiting }, 'domain controller', /is disabled/],
    [
      'has a temporary password',
      { source: { ...source, mustChange: true, passwordSetAt: null }, directory: waiting },
      'domain controller',
      /temporary/,
    ],
    [
      'is an inetOrgPerson',
      { source: { ...source, objectClass: 'inetOrgPerson' }, directory: waiting },
      'domain controller',
      /inetOrgPerson/,
    ],
    [
      'is filtered out',
      {
        agent: { ...agent, connectorSpace: null, metaverse: null, tenantConnectorSpace: null, lastResult: null },
        directory: waiting,
      },
      'connector space',
      /SourceConnectorNotPresent/,
    ],
    [
      'has an error',
      { agent: { ...agent, connectorSpace: { ...cs, error: 'two anchors' } }, directory: waiting },
      'connector space',
      /two anchors/,
    ],
    [
      'is not in the metaverse',
      { agent: { ...agent, metaverse: null, tenantConnectorSpace: null }, directory: waiting },
      'metaverse',
      /NoTargetConnection/,
    ],
    [
      'is filtered by a rule',
      {
        agent: {
          ...agent,
          metaverse: { ...mv, attributes: { cloudFiltered: { values: ['True'], rule: 'own rule', connector: null } } },
        },
        directory: waiting,
      },
      'metaverse',
      /own rule/,
    ],
    [
      'has no tenant object',
      { agent: { ...agent, tenantConnectorSpace: null }, directory: waiting },
      'tenant connector space',
      /NoTargetConnection/,
    ],
    [
      'was not exported',
      {
        agent: { ...agent, tenantConnectorSpace: { ...cs, pendingExport: { operation: 'add', attributes: {} } } },
        directory: waiting,
      },
      'tenant connector space',
      /TargetNotExportedToDirectory/,
    ],
    [
      'has no AES keys',
      { agent: { ...agent, lastResult: { ...sent, status: 'MissingAttribute' } }, directory: waiting },
      'password hash sync',
      /older than|AES/,
    ],
    [
      'has no result of 7 days',
      { agent: { ...agent, lastResult: null }, directory: waiting },
      'password hash sync',
      /7 days/,
    ],
    ['waits at the directory', { directory: waiting }, 'directory', /No credential has arrived/],
    ['is unknown to the directory', { directory: undefined }, 'directory', /tenant has no user/],
    ['cannot be asked for', { directory: { problem: 'refused', nextStep: 'start it' } }, 'directory', /refused/],
    [
      'waits for the domain',
      { directory: { ...directory, status: 'waitingForDomain', reason: 'not reported', outcome: null } },
      'managed domain',
      /not reported/,
    ],
    [
      'is refused',
      {
        directory: {
          ...directory,
          status: 'refused',
          reason: 'name taken',
          outcome: { sequence: 5, status: 'refused', version: null, reason: 'name taken' },
        },
      },
      'managed domain',
      /name taken/,
    ],
  ];
  for (const [what, over, stage, reason] of table) {
    it(`names one reason, that of the stage "${stage}", when the user ${what}`, () => {
      const chain = chainOf({ ...facts, ...over });
      assert.equal(chain.usable, false);
      assert.match(chain.reason, reason);
      assert.equal(chain.stages.find(({ ok }) => !ok)?.stage, stage);
      assert.equal(chain.stages.find(({ ok }) => !ok)?.detail, chain.reason);
    });
  }

  it('does without the agent, and says that it was not asked', () => {
    const chain = chainOf({ ...facts, agent: down, directory: waiting });
    assert.deepEqual(
      chain.stages.map(({ stage }) => stage),
      ['domain controller', 'connector space', 'directory', 'managed domain'],
    );
    assert.match(chain.stages[1]?.detail ?? '', /not asked: the agent does not run/);
    assert.equal(chain.reason, waiting.reason);
    assert.equal(chainOf({ ...facts, agent: down }).usable, true);
  });

  it('does without the domain controller, and for a user of the tenant alone', () => {
    assert.equal(chainOf({ ...facts, source: down }).usable, true);
    const cloud = chainOf({ ...facts, source: undefined, directory: { ...directory, source: null } });
    assert.equal(cloud.usable, true);
    assert.match(cloud.stages[0]?.detail ?? '', /tenant alone/);
  });

  it('is not stopped by a temporary password that has arrived, or by an empty log when the directory has a credential', () => {
    const temporary = chainOf({ ...facts, source: { ...source, mustChange: true } });
    assert.deepEqual([temporary.usable, temporary.stages.every(({ ok }) => ok)], [true, true]);
    assert.equal(
      chainOf({ ...facts, agent: { ...agent, lastResult: null } }).stages.every(({ ok }) => ok),
      true,
    );
  });
});

describe('the chain of a user whose newest password is held up', () => {
  it('is usable with the one from before, and says what holds the newer one up', () => {
    const held = { ...sent, status: 'FilteredByTarget' as const };
    const chain = chainOf({ ...facts, source: { ...source, mustChange: true }, agent: { ...agent, lastResult: held } });
    assert.equal(chain.usable, true);
    assert.match(chain.reason, /^the password from before is in the managed domain.*FilteredByTarget/);
    assert.match(chain.nextStep ?? '', /ForcePasswordChangeOnLogOn/);
  });
});

describe('the statuses of the password log', () => {
  it('all have a meaning, and a next step unless nothing is wrong', () => {
    for (const status of passwordLogStatuses) {
      assert.ok(passwordStatuses[status].meaning.length > 10);
      const wrong = !['Success', 'RetryRequestedByTarget'].includes(status);
      assert.equal(passwordStatuses[status].nextStep !== undefined, wrong, status);
    }
  });
});
