import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replicationRights, type AccessEntry, type Sid } from '@ad-protocols/wire';
import { DirectoryError } from '@causeway/contract';
import { CausewayError } from '@causeway/model';
import { agentFailure, judgeAgent, judgeKey } from '../../src/setup/directory-checks.ts';
import { grantCommands } from '../../src/setup/grant-commands.ts';
import { judgeCertificate, judgePorts, judgeServices } from '../../src/setup/network-checks.ts';
import { judgeOptions } from '../../src/setup/replication-checks.ts';
import { administrativeGroups, judgeRight, judgeUser, judgeWidth } from '../../src/setup/rights-checks.ts';
import { judgeClock, judgeDomain, judgeForest, judgeKerberos, judgeRefusal } from '../../src/setup/sign-in-checks.ts';
import type { CheckOutcome } from '../../src/setup/check.ts';

const DAY = 86_400_000;
const host = 'dc1.corp.contoso.com';
const account = 'S-1-5-21-1-2-3-1104' as Sid;
const everybody = 'S-1-1-0' as Sid;

const port = (number: number, why?: string) => ({ port: number, why });
const domain = (name: string) => ({ name, domainControllers: [host] });
const known = (name: string) => ({ name, netbiosName: 'X', dn: 'DC=x' });
const rid = (number: number) => `S-1-5-21-1-2-3-${number}` as Sid;
const entryWith = (...names: string[]) => ({
  dn: 'CN=Ann',
  attributes: new Map(names.map((name) => [name, [Uint8Array.of(1)]] as const)),
});
const agentsWith = (role: 'connect' | 'domain') => ({
  agents: [{ agent: 'connect-1', role, lastSeenAt: null, feedPosition: null }],
});

const signingIn = (tls: 'starttls' | 'sasl', signIn: 'kerberos' | 'kerberos-or-ntlm', home?: string) =>
  ({ name: 'corp.contoso.com', ldap: { tls }, account: { name: 'svc', signIn, domain: home } }) as Parameters<
    typeof judgeRefusal
  >[0];

const refused = (code: string) => new CausewayError({ code, message: 'no', nextStep: 'own cure', disposition: 'halt' });

/** Asserts the kind of an outcome, and what it says, if that is given. */
function assertOutcome(outcome: CheckOutcome, kind: CheckOutcome['kind'], says = /./): void {
  assert.equal(outcome.kind, kind, JSON.stringify(outcome));
  assert.match(JSON.stringify(outcome), says);
}

describe('what DNS says of the domain controllers', () => {
  const table: readonly (readonly [string, string[], string[], CheckOutcome['kind'], RegExp])[] = [
    ['all are named', [host], [host, 'dc2.corp.contoso.com'], 'ok', /dc2/],
    ['in other case and with a dot', ['DC1.corp.contoso.com.'], [host], 'ok', /dc1/],
    ['there is no record', [host], [], 'warning', /_ldap\._tcp\.dc\._msdcs\.corp\.contoso\.com/],
    ['one is an alias or was removed', [host, 'ad.contoso.com'], [host], 'warning', /ad\.contoso\.com is not among/],
  ];
  for (const [what, configured, found, kind, says] of table) {
    it(`${kind}: ${what}`, () => assertOutcome(judgeServices('corp.contoso.com', configured, found), kind, says));
  }
});

describe('what ports say', () => {
  it('ok when all answer', () => assertOutcome(judgePorts(host, [port(88), port(135), port(389)]), 'ok'));
  it('a firewall when some do', () =>
    assertOutcome(
      judgePorts(host, [port(88, 'no answer'), port(389)]),
      'failed',
      /on 88: no answer.*open these ports/,
    ));
  it('a host that is away when none does', () =>
    assertOutcome(judgePorts(host, [port(88, 'refused'), port(389, 'refused')]), 'failed', /check that dc1.* runs/));
});

describe('what the end of a certificate says', () => {
  const table: readonly (readonly [number, CheckOutcome['kind'], RegExp])[] = [
    [365 * DAY, 'ok', /365 more days/],
    [30 * DAY, 'ok', /30 more days/],
    [30 * DAY - 1, 'warning', /ends in 29 days/],
    [0, 'warning', /ends in 0 days/],
  ];
  for (const [left, kind, says] of table) {
    it(`${kind} with ${left / DAY} days left`, () =>
      assertOutcome(judgeCertificate(host, 1e12 + left, 1e12), kind, says));
  }
});

describe('what a clock says', () => {
  const table: readonly (readonly [number, CheckOutcome['kind'], RegExp])[] = [
    [0, 'ok', /to the second/],
    [-900, 'ok', /to the second/],
    [30_000, 'ok', /30 s apart/],
    [120_000, 'ok', /./],
    [121_000, 'warning', /121 s ahead of/],
    [-600_000, 'warning', /600 s behind/],
    [Number.NaN, 'skipped', /./],
  ];
  for (const [skew, kind, says] of table) {
    it(`${kind} at ${skew} ms`, () => assertOutcome(judgeClock(host, 1e12 + skew, 1e12), kind, says));
  }
});

describe('what a domain controller and its forest say of their domains', () => {
  it('ok for the domain that is configured, in any case', () =>
    assertOutcome(
      judgeDomain(domain('corp.contoso.com'), host, {
        baseDn: 'dc=CORP,dc=contoso,DC=com',
        dnsName: 'corp.contoso.com',
      }),
      'ok',
    ));
  it('failed for a domain controller of another', () =>
    assertOutcome(
      judgeDomain(domain('corp.contoso.com'), host, {
        baseDn: 'DC=emea,DC=corp,DC=contoso,DC=com',
        dnsName: 'emea.corp.contoso.com',
      }),
      'failed',
      /of emea\.corp\.contoso\.com, not of corp/,
    ));

  const connector = { name: 'corp.contoso.com', domains: [domain('corp.contoso.com')] };
  const both = [known('corp.contoso.com'), known('emea.corp.contoso.com')];
  it('ok when all are read', () => assertOutcome(judgeForest(connector, both.slice(0, 1), false), 'ok'));
  it('a warning for one that is not read', () =>
    assertOutcome(judgeForest(connector, both, false), 'warning', /not read: emea/));
  it('ok for one that is going to be read', () => assertOutcome(judgeForest(connector, both, true), 'ok', /emea/));
  it('failed for one that is not of the forest', () =>
    assertOutcome(
      judgeForest({ ...connector, domains: [domain('fabrikam.com')] }, both, true),
      'failed',
      /no domain fabrikam\.com/,
    ));
});

describe('what a failed Kerberos sign-in says', () => {
  const table: readonly (readonly [Parameters<typeof judgeKerberos>[0], string, CheckOutcome['kind']])[] = [
    ['kerberos', 'ERR_CONNECT_SIGN_IN', 'failed'],
    ['kerberos', 'ERR_CONNECT_ACCOUNT_REFUSED', 'failed'],
    ['kerberos-or-ntlm', 'ERR_CONNECT_SIGN_IN', 'warning'],
    ['kerberos-or-ntlm', 'ERR_CONNECT_ACCOUNT_REFUSED', 'failed'],
  ];
  for (const [signIn, code, kind] of table) {
    it(`${kind} for ${code} with ${signIn}`, () =>
      assertOutcome(judgeKerberos(signIn, refused(code)), kind, /own cure/));
  }
});

describe('what a refused account says', () => {
  const child = { name: 'emea.corp.contoso.com' };
  const table: readonly (readonly [string, Parameters<typeof judgeRefusal>, boolean])[] = [
    ['in another domain', [signingIn('starttls', 'kerberos'), child, refused('ERR_CONNECT_ACCOUNT_REFUSED')], true],
    [
      'in another domain, by Kerberos alone',
      [signingIn('sasl', 'kerberos'), child, refused('ERR_CONNECT_SIGN_IN')],
      true,
    ],
    [
      'in another domain by every way',
      [signingIn('sasl', 'kerberos-or-ntlm'), child, refused('ERR_CONNECT_SIGN_IN')],
      false,
    ],
    [
      'at home',
      [signingIn('starttls', 'kerberos'), { name: 'corp.contoso.com' }, refused('ERR_CONNECT_ACCOUNT_REFUSED')],
      false,
    ],
    [
      'at home in a child',
      [signingIn('starttls', 'kerberos', 'EMEA.corp.contoso.com'), child, refused('ERR_CONNECT_ACCOUNT_REFUSED')],
      false,
    ],
    [
      'by a network that is away',
      [signingIn('starttls', 'kerberos'), child, refused('ERR_CONNECT_DC_UNREACHABLE')],
      false,
    ],
  ];
  for (const [what, parameters, samba] of table) {
    it(`has ${samba ? "Samba's cure" : 'its own cure'} ${what}`, () => {
      const outcome = judgeRefusal(...parameters);
      assertOutcome(outcome, 'failed', /own cure/);
      assert.equal(/sasl/.test(JSON.stringify(outcome)), samba);
    });
  }
});

describe('what permissions and groups say of a right', () => {
  const right = { name: 'Replicating Directory Changes', guid: replicationRights.getChanges };
  const grant = { baseDn: 'DC=corp,DC=contoso,DC=com', account: 'CORP\\svc', sid: account };
  const entry = (over: Partial<AccessEntry>): AccessEntry => ({
    kind: 'allowed',
    conditional: false,
    flags: 0,
    mask: 0x100,
    objectType: replicationRights.getChanges,
    inheritedObjectType: undefined,
    sid: account,
    ...over,
  });
  const sids = new Set([account, everybody]);
  const table: readonly (readonly [string, Parameters<typeof judgeRight>[1], CheckOutcome['kind']])[] = [
    ['granted to the account', { descriptor: { dacl: [entry({})] }, sids }, 'ok'],
    ['granted to a group', { descriptor: { dacl: [entry({ sid: everybody })] }, sids }, 'ok'],
    ['granted to another', { descriptor: { dacl: [entry({ sid: 'S-1-5-21-1-2-3-9' as Sid })] }, sids }, 'failed'],
    [
      'the other right is granted',
      { descriptor: { dacl: [entry({ objectType: replicationRights.getChangesAll })] }, sids },
      'failed',
    ],
    ['denied before', { descriptor: { dacl: [entry({ kind: 'denied' }), entry({})] }, sids }, 'failed'],
    ['an empty list', { descriptor: { dacl: [] }, sids }, 'failed'],
    ['permissions that cannot be read', { descriptor: undefined, sids }, 'skipped'],
    ['groups that cannot be read', { descriptor: { dacl: [entry({})] }, sids: new Set() }, 'skipped'],
  ];
  for (const [what, found, kind] of table)
    it(`${kind}: ${what}`, () => assertOutcome(judgeRight(right, found, grant), kind));

  it('prints the commands that grant it, for Windows and for Samba', () => {
    const outcome = judgeRight(right, { descriptor: { dacl: [] }, sids }, grant);
    assert.ok(outcome.kind === 'failed');
    for (const line of [...grantCommands(grant).windows, ...grantCommands(grant).samba])
      assert.ok(outcome.nextStep.includes(line));
  });

  it('fills distinguished name and SID in', () => {
    assert.deepEqual(grantCommands(grant), {
      windows: [
        'dsacls "DC=corp,DC=contoso,DC=com" /G "CORP\\svc:CA;Replicating Directory Changes"',
        'dsacls "DC=corp,DC=contoso,DC=com" /G "CORP\\svc:CA;Replicating Directory Changes All"',
      ],
      samba: [
        "samba-tool dsacl set --objectdn='DC=corp,DC=contoso,DC=com' --sddl='(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;S-1-5-21-1-2-3-1104)'",
        "samba-tool dsacl set --objectdn='DC=corp,DC=contoso,DC=com' --sddl='(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;S-1-5-21-1-2-3-1104)'",
      ],
    });
    const [unknown] = grantCommands({ ...grant, account: 'svc@corp.contoso.com', sid: undefined }).samba;
    assert.match(unknown ?? '', /;;SID-of-svc\)/);
  });

  it('warns of administrators, and of them alone', () => {
    assert.deepEqual(administrativeGroups([account, rid(513), 'S-1-5-32-545' as Sid, 'S-1-5-11' as Sid]), []);
    assert.deepEqual(
      administrativeGroups([rid(512), rid(519), rid(518), 'S-1-5-32-544' as Sid, 'S-1-5-32-512' as Sid]),
      ['Domain Admins', 'Enterprise Admins', 'Schema Admins', 'Administrators'],
    );
    assertOutcome(judgeWidth('svc', []), 'ok');
    assertOutcome(judgeWidth('svc', ['Domain Admins']), 'warning', /Domain Admins/);
  });
});

describe('what the first user that is seen says', () => {
  const connector = { account: { name: 'svc' } } as Parameters<typeof judgeUser>[0];
  it('ok with all that is needed', () =>
    assertOutcome(
      judgeUser(connector, { name: 'x' }, entryWith('objectguid', 'objectsid', 'useraccountcontrol')),
      'ok',
      /CN=Ann/,
    ));
  it('failed without userAccountControl', () =>
    assertOutcome(
      judgeUser(connector, { name: 'x' }, entryWith('objectguid', 'objectsid')),
      'failed',
      /userAccountControl of CN=Ann/,
    ));
  it('failed when nobody is seen', () =>
    assertOutcome(judgeUser(connector, { name: 'x' }, undefined), 'failed', /no user of x/));
});

describe("what a domain controller's options say", () => {
  for (const [options, kind] of [
    [0, 'ok'],
    [1, 'ok'],
    [2, 'ok'],
    [4, 'failed'],
    [7, 'failed'],
  ] as const) {
    it(`${kind} for ${options}`, () =>
      assertOutcome(judgeOptions(host, options), kind, kind === 'failed' ? /8456.*repadmin \/options dc1/ : /./));
  }
});

describe('what the directory says of this agent', () => {
  const config = { tenant: { id: 'contoso', publicKey: '' }, directory: { url: '', agent: 'connect-1', key: '' } };
  const publicKey = 'ed25519:AAAA';

  it('ok in the role connect', () => assertOutcome(judgeAgent(config, publicKey, agentsWith('connect')), 'ok'));
  it('failed in another role or unknown, with the line to add', () => {
    const line = /\{ id: connect-1, role: connect, publicKey: \\"ed25519:AAAA\\" \}/;
    assertOutcome(judgeAgent(config, publicKey, agentsWith('domain')), 'failed', line);
    assertOutcome(judgeAgent(config, publicKey, { agents: [] }), 'failed', line);
    for (const code of ['unauthenticated', 'forbidden', 'tenant_unknown'] as const) {
      assertOutcome(agentFailure(new DirectoryError(code), config, publicKey), 'failed', line);
    }
  });
  it('keeps the next step of other errors', () => {
    const outcome = agentFailure(new DirectoryError('clock_skew'), config, publicKey);
    assertOutcome(outcome, 'failed', /clocks/);
    assert.doesNotMatch(JSON.stringify(outcome), /role: connect/);
  });

  it("compares the tenant's key with the pinned one", () => {
    assertOutcome(judgeKey(config, { pinned: 'a', registered: 'a' }), 'ok');
    assertOutcome(judgeKey(config, { pinned: 'a', registered: 'b' }), 'failed', /ERR_CONNECT_KEY_MISMATCH/);
    assertOutcome(judgeKey(config, { pinned: 'a', registered: null }), 'warning', /causeway domain run/);
  });
});
