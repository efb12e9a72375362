import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DOMAINS, HOSTS, Lab } from '@causeway/lab';
import type { CallerCommand, CallResult, InterfaceName, Look, SignIn } from './rpc-caller.ts';
import { RemoteError, RemoteProgram } from './support/remote-program.ts';

const domain = DOMAINS['corp-dc1'];
const host = HOSTS['corp-dc1'].fqdn;

describe('calling a domain controller', () => {
  let lab: Lab;
  let caller: RemoteProgram<CallerCommand>;

  const signInBy = (mechanism: SignIn['mechanism'], password = lab.serviceAccounts.sync.password): SignIn => ({
    mechanism,
    domain: domain.netbiosName,
    realm: domain.realm,
    kdc: `${HOSTS['corp-dc1'].addresses['on-premises']}:88`,
    user: lab.serviceAccounts.sync.name,
    password,
  });
  const open = async (
    name: InterfaceName,
    signIn: SignIn | 'anonymous',
    more: Partial<CallerCommand & { do: 'open' }> = {},
  ): Promise<void> => {
    await caller.ask({ do: 'close' });
    await caller.ask({ do: 'open', host, interface: name, signIn, ...more });
  };
  const call = async (name: InterfaceName, times = 1): Promise<number[]> => {
    const { statuses } = await caller.ask<CallResult>({ do: 'call', interface: name, times });
    return statuses;
  };
  const attemptWithWrongPassword = async (mechanism: SignIn['mechanism']): Promise<void> => {
    await open('drsuapi', signInBy(mechanism, 'Wrong-Horse-1'));
    await call('drsuapi');
  };
  const look = async (): Promise<Look> => await caller.ask<Look>({ do: 'look' });

  before(() => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    caller = new RemoteProgram(lab, 'rpc-caller.ts');
  });
  after(async () => {
    await caller.close();
  });

  /** Bytes of the session key by mechanism: NTLM's are 128 bits, those of AES-256 twice that. */
  const mechanisms: Record<SignIn['mechanism'], number> = {
    NTLM: 16,
    Kerberos: 32,
    'Negotiate with NTLM': 16,
    'Negotiate with Kerberos': 32,
  };
  for (const [mechanism, keyBytes] of Object.entries(mechanisms) as [SignIn['mechanism'], number][]) {
    for (const protectionLevel of ['integrity', 'privacy'] as const) {
      it(`samr by ${mechanism} at ${protectionLevel} level`, async () => {
        await open('samr', signInBy(mechanism), { protectionLevel });
        assert.deepEqual(await call('samr', 3), [0, 0, 0]);
        assert.deepEqual((await look()).sessionKeyBytes, [keyBytes]);
      });
    }

    it(`drsuapi by ${mechanism}, which is to be had at privacy level alone`, async () => {
      await open('drsuapi', signInBy(mechanism));
      assert.deepEqual(await call('drsuapi', 3), [0, 0, 0]);
      await open('drsuapi', signInBy(mechanism), { protectionLevel: 'integrity' });
      // With NTLM this could also be a refused sign-in, which shows at the first call.
      const code = mechanism === 'NTLM' ? 'ERR_RPC_LOGON_REFUSED' : 'ERR_RPC_FAULT';
      await assert.rejects(call('drsuapi'), { code, message: /ERROR_ACCESS_DENIED/ });
    });

    it(`${mechanism} renewed in mid-stream gives a new session key, and the connection goes on`, async () => {
      await open('drsuapi', signInBy(mechanism));
      assert.deepEqual((await look()).features.securityContextMultiplexing, true);
      for (const _ of [1, 2, 3]) {
        assert.deepEqual(await call('drsuapi'), [0]);
        await caller.ask({ do: 'reauthenticate' });
      }
      assert.deepEqual(await call('drsuapi'), [0]);
      const { sessionKeyBytes, differentKeys } = await look();
      assert.deepEqual(sessionKeyBytes, [keyBytes, keyBytes, keyBytes, keyBytes]);
      assert.equal(differentKeys, 4);
    });

    it(`the endpoint mapper is asked by ${mechanism}`, async () => {
      await open('samr', signInBy(mechanism), { endpointMapper: 'signed-in' });
      assert.deepEqual(await call('samr'), [0]);
    });

    it(`a wrong password is told as such by ${mechanism}`, async () => {
      const code = keyBytes === 32 ? /^ERR_KRB5_PREAUTH_FAILED$/ : /^ERR_RPC_LOGON_REFUSED$/;
      await assert.rejects(
        attemptWithWrongPassword(mechanism),
        (error) => error instanceof RemoteError && code.test(error.code ?? ''),
      );
    });
  }

  it('a connection begun by NTLM goes on by Kerberos', async () => {
    await open('drsuapi', signInBy('NTLM'));
    assert.deepEqual(await call('drsuapi'), [0]);
    await caller.ask({ do: 'reauthenticate', signIn: signInBy('Kerberos') });
    assert.deepEqual(await call('drsuapi', 2), [0, 0]);
    assert.deepEqual((await look()).sessionKeyBytes, [16, 32]);
  });

  it('an interface joins a connection later', async () => {
    await open('lsarpc', signInBy('NTLM'));
    await caller.ask({ do: 'alterContext', interface: 'drsuapi' });
    assert.deepEqual(await call('drsuapi'), [0]);
  });

  it('several interfaces share a connection', async () => {
    await open('drsuapi', signInBy('Kerberos'), { moreInterfaces: ['lsarpc'] });
    assert.deepEqual(await call('drsuapi'), [0]);
    const wrongly = caller.ask({ do: 'call wrongly', interface: 'lsarpc' });
    await assert.rejects(wrongly, { code: 'ERR_RPC_FAULT', statusName: 'nca_s_op_rng_error' });
    await assert.rejects(caller.ask({ do: 'alterContext', interface: 'unknown' }), { code: 'ERR_RPC_NOT_REGISTERED' });
    assert.deepEqual(await call('drsuapi'), [0]);
  });

  it('NDR is chosen of two transfer syntaxes by a server that has no other', async () => {
    await open('drsuapi', signInBy('NTLM'), { transferSyntaxes: ['ndr64', 'ndr'] });
    assert.equal((await look()).transferSyntax, 'ndr');
    assert.deepEqual(await call('drsuapi'), [0]);
    const only64 = open('drsuapi', signInBy('NTLM'), { transferSyntaxes: ['ndr64'] });
    await assert.rejects(only64, { code: 'ERR_RPC_BIND_REFUSED' });
  });

  it('a call that is given up leaves the connection usable', async () => {
    for (const mechanism of ['NTLM', 'Kerberos'] as const) {
      await open('drsuapi', signInBy(mechanism));
      assert.equal((await look()).features.keepConnectionOnOrphan, true);
      for (const _ of [1, 2, 3]) {
        await assert.rejects(caller.ask({ do: 'give up', interface: 'drsuapi' }), { code: 'ERR_RPC_ABORTED' });
      }
      assert.deepEqual(await call('drsuapi', 2), [0, 0]);
    }
  });

  it('an interface that no domain controller has is not found', async () => {
    await assert.rejects(open('unknown', signInBy('NTLM')), { code: 'ERR_RPC_NOT_REGISTERED' });
  });

  it('what takes a sign-in is denied without one', async () => {
    await open('drsuapi', 'anonymous');
    await assert.rejects(call('drsuapi'), { code: 'ERR_RPC_FAULT', statusName: 'ERROR_ACCESS_DENIED' });
  });
});
