import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideDelivery, decideQueueStep, type DeliveryDecision } from '../../src/passwords/delivery-decision.ts';
import type { PasswordTarget } from '../../src/passwords/password-scope.ts';

const anchor = 'dPIcugoqSuG2pc15jsgcmA==';
const dn = 'CN=Alice,OU=Staff,DC=corp,DC=contoso,DC=test';
const targets: Readonly<Record<PasswordTarget['state'], PasswordTarget>> = {
  ready: { state: 'ready', anchor, dn },
  notInScope: { state: 'notInScope', dn, reason: 'the account is disabled' },
  SourceConnectorNotPresent: { state: 'SourceConnectorNotPresent' },
  NoTargetConnection: { state: 'NoTargetConnection', dn },
  TargetNotExportedToDirectory: { state: 'TargetNotExportedToDirectory', anchor, dn },
};

function summary(decision: DeliveryDecision): string {
  if (decision.kind !== 'wait') return decision.kind;
  return `${decision.dormant ? 'dormant' : 'retry'} ${decision.status}`;
}

describe('whether a password goes to the tenant', () => {
  const lasting = { isTemporary: false, takesTemporary: false, isFullRead: false };
  const rows: [PasswordTarget['state'], Partial<typeof lasting>, string][] = [
    ['ready', {}, 'send'],
    ['ready', { isTemporary: true }, 'filtered'],
    ['ready', { isTemporary: true, takesTemporary: true }, 'send'],
    ['ready', { takesTemporary: true }, 'send'],
    ['notInScope', {}, 'dormant NoTargetConnection'],
    ['notInScope', { isFullRead: true }, 'dormant NoTargetConnection'],
    ['notInScope', { isTemporary: true }, 'dormant NoTargetConnection'],
    ['SourceConnectorNotPresent', {}, 'retry SourceConnectorNotPresent'],
    ['SourceConnectorNotPresent', { isFullRead: true }, 'dormant SourceConnectorNotPresent'],
    ['NoTargetConnection', {}, 'retry NoTargetConnection'],
    ['NoTargetConnection', { isFullRead: true }, 'retry NoTargetConnection'],
    ['TargetNotExportedToDirectory', {}, 'retry TargetNotExportedToDirectory'],
    ['TargetNotExportedToDirectory', { isTemporary: true }, 'retry TargetNotExportedToDirectory'],
  ];
  for (const [state, about, expected] of rows) {
    it(`${state} with ${JSON.stringify(about)}: ${expected}`, () => {
      assert.equal(summary(decideDelivery(targets[state], { ...lasting, ...about, dn })), expected);
    });
  }

  it('says why a user is not in scope', () => {
    const decision = decideDelivery(targets.notInScope, { ...lasting, dn });
    assert.ok(decision.kind === 'wait');
    assert.match(decision.detail, /the account is disabled/);
  });
});

describe('what becomes of a user in the retry queue', () => {
  const rows: [queued: string, now: PasswordTarget['state'], step: string][] = [
    ['retry TargetNotExportedToDirectory', 'ready', 'send'],
    ['dormant NoTargetConnection', 'ready', 'send'],
    ['retry SourceConnectorNotPresent', 'SourceConnectorNotPresent', 'stay'],
    ['retry TargetNotExportedToDirectory', 'TargetNotExportedToDirectory', 'stay'],
    ['dormant NoTargetConnection', 'notInScope', 'stay'],
    ['dormant SourceConnectorNotPresent', 'SourceConnectorNotPresent', 'stay'],
    ['retry SourceConnectorNotPresent', 'NoTargetConnection', 'update'],
    ['retry NoTargetConnection', 'TargetNotExportedToDirectory', 'update'],
    ['retry TargetNotExportedToDirectory', 'notInScope', 'giveUp'],
    ['retry TargetNotExportedToDirectory', 'SourceConnectorNotPresent', 'giveUp'],
    ['dormant SourceConnectorNotPresent', 'notInScope', 'update'],
    ['dormant NoTargetConnection', 'SourceConnectorNotPresent', 'update'],
    ['dormant NoTargetConnection', 'TargetNotExportedToDirectory', 'revive'],
    ['dormant SourceConnectorNotPresent', 'NoTargetConnection', 'revive'],
  ];
  for (const [queued, now, step] of rows) {
    it(`${queued}, now ${now}: ${step}`, () => {
      const [kind, status] = queued.split(' ') as ['retry' | 'dormant', 'NoTargetConnection'];
      const dormant = kind === 'dormant';
      const about = { dn, isTemporary: false, takesTemporary: false, isFullRead: dormant };
      assert.equal(decideQueueStep({ status, dormant }, decideDelivery(targets[now], about)), step);
    });
  }
});
