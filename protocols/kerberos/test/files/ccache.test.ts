import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  decodeCredentialCache,
  encodeCredentialCache,
  FileTicketCache,
  type ServiceTicket,
} from '@ad-protocols/kerberos';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { decodeTicket } from '../../src/messages/ticket.ts';

const { credentialCache } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../kinit.vectors.json'), 'utf8'),
) as { credentialCache: string };

const ticketFor = (client: string, ...server: string[]): ServiceTicket => ({
  client: { type: 1, components: [client] },
  clientRealm: 'EXAMPLE.COM',
  server: { type: 2, components: server },
  serverRealm: 'EXAMPLE.COM',
  ticket: Uint8Array.of(1, 2, 3),
  sessionKey: { enctype: 18, value: new Uint8Array(32).fill(8) },
  flags: 0x4000_0000,
  authTime: 1_700_000_000_000,
  startTime: 1_700_000_000_000,
  endTime: 4_000_000_000_000,
  renewTill: undefined,
});

describe('a credential cache', () => {
  it('of kinit and kvno is read', () => {
    const { client, clientRealm, tickets } = decodeCredentialCache(hex(credentialCache));
    assert.deepEqual([client.components, clientRealm], [['svc-norights'], 'CORP.CONTOSO.TEST']);
    const real = tickets.filter(({ serverRealm }) => serverRealm === clientRealm);
    assert.deepEqual(
      real.map(({ server, ticket }) => [server.components[0], decodeTicket(ticket).server.components[0]]),
      [
        ['krbtgt', 'krbtgt'],
        ['ldap', 'ldap'],
      ],
    );
    assert.equal(real[0]?.sessionKey.value.length, 32);
  });

  it('comes back as it was written, as do the settings of MIT in it', () => {
    const cache = decodeCredentialCache(hex(credentialCache));
    assert.deepEqual(decodeCredentialCache(encodeCredentialCache(cache)), cache);
  });

  it('of version 3 has no header, and an encryption type twice', () => {
    const cache = { ...ticketFor('alice', 'x'), tickets: [ticketFor('alice', 'ldap', 'dc1')] };
    const written = Buffer.from(encodeCredentialCache(cache)).toString('hex');
    // The type and the length of the key come one after the other only there.
    const version3 = written.replace(/^05040000/, '0503').replace('001200000020', '0012001200000020');
    const { client, clientRealm, tickets } = cache;
    assert.deepEqual(decodeCredentialCache(hex(version3)), { client, clientRealm, tickets });
  });

  it('of another version, or cut short, is refused', () => {
    for (const version of ['0501', '0502', '0505', '3082'])
      assert.throws(() => decodeCredentialCache(hex(`${version}0000`)), { code: 'ERR_KRB5_CCACHE' });
    const bytes = encodeCredentialCache({ ...ticketFor('alice', 'x'), tickets: [] });
    assertEveryTruncationRefused(bytes, decodeCredentialCache);
    const principalSize = bytes.length;
    const whole = encodeCredentialCache({ ...ticketFor('alice', 'x'), tickets: [ticketFor('alice', 'x')] });
    for (let end = principalSize + 1; end < whole.length; end += 1)
      assert.throws(() => decodeCredentialCache(whole.slice(0, end)), { code: 'ERR_WIRE_TRUNCATED' });
    assert.throws(() => decodeCredentialCache(hex('05040000 00000001 ffffffff 00000000 ffffffff')), {
      code: 'ERR_WIRE_TRUNCATED',
    });
  });
});

describe('a ticket cache in a file', () => {
  it('keeps each ticket once, for its owner alone, and nothing else in the folder', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ccache-'));
    try {
      const file = path.join(folder, 'cache');
      const cache = new FileTicketCache(file);
      const ldap = { type: 2, components: ['ldap', 'dc1'] };
      assert.equal(await cache.find(ldap), undefined);
      await writeFile(file, encodeCredentialCache({ ...ticketFor('alice', 'x'), tickets: [] }));
      await chmod(file, 0o644);
      await Promise.all([
        cache.store(ticketFor('alice', 'ldap', 'dc1')),
        cache.store({ ...ticketFor('alice', 'LDAP', 'DC1'), flags: 5 }),
        cache.store(ticketFor('alice', 'cifs', 'dc1')),
      ]);
      assert.equal((await cache.find(ldap))?.flags, 5);
      assert.equal(await cache.find(ldap, 'OTHER.COM'), undefined);
      assert.equal(decodeCredentialCache(await readFile(file)).tickets.length, 2);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      await cache.store(ticketFor('bob', 'ldap', 'dc1'));
      const { client, tickets } = decodeCredentialCache(await readFile(file));
      assert.deepEqual([client.components, tickets.length], [['bob'], 1]);
      assert.deepEqual(await readdir(folder), ['cache']);
      await writeFile(file, 'garbage');
      await assert.rejects(cache.find(ldap), { code: 'ERR_KRB5_CCACHE' });
      await assert.rejects(new FileTicketCache(path.join(folder, 'no', 'file')).store(ticketFor('a', 'b')), {
        code: 'ERR_KRB5_CCACHE',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
