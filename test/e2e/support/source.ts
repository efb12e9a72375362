/**
 * A source of users and passwords, made up by a test: `node source.ts` on host `connect` speaks to the directory as the
 * agent there, with the real client, sealing and contract. Each line on standard input is a {@link SourceOrder} in JSON
 * and is answered by a line on standard output.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { AgentSigner, DirectoryClient, readAgentKeyFile } from '@causeway/contract';
import { encodeCredential } from '@causeway/credential';
import { kerberosStringToKey, ntHash } from '@ad-protocols/crypto';
import type { CredentialVersion, User } from '@causeway/model';
import { CredentialSealer } from '@causeway/seal/seal';
import { unixMsToFiletime } from '@ad-protocols/wire';

/** A user of the source, and a version of the password, where there is one. */
export interface SourceUser {
  /** Names the user for the test; the source anchor is derived from it, so it stays through renames. */
  readonly id: string;
  readonly user?: User;
  readonly credential?: {
    readonly password: string;
    readonly version: CredentialVersion;
    /** Leaves out the NT hash, or the Kerberos keys. */
    readonly without?: 'ntHash' | 'kerberos';
    /** Binds the credential to another user than it is sent for, so that it does not open. */
    readonly boundTo?: string;
  };
}

export type SourceOrder = { readonly send: readonly SourceUser[] } | { readonly explain: string };

interface Config {
  readonly tenant: { readonly id: string; readonly publicKey: string };
  readonly directory: { readonly url: string; readonly ca: string; readonly agent: string; readonly key: string };
}

const { tenant, directory } = JSON.parse(readFileSync('/etc/causeway/connect.yaml', 'utf8')) as Config;
const source = 'corp.contoso.test';
const client = new DirectoryClient({
  url: directory.url,
  signer: new AgentSigner({
    agentId: directory.agent,
    tenant: tenant.id,
    privateKey: await readAgentKeyFile(directory.key),
  }),
  certificateAuthority: readFileSync(directory.ca, 'utf8'),
});
const sealer = await CredentialSealer.create({ publicKey: Buffer.from(tenant.publicKey, 'base64') });

function anchorOf(id: string): string {
  return createHash('sha256').update(id).digest().subarray(0, 16).toString('base64');
}

function encode({ id, credential }: SourceUser): Uint8Array {
  const { password, version, without } = credential ?? { password: '', version: { changedAt: '' } };
  const salt = `CORP.CONTOSO.TEST${id}`;
  const key = (enctype: 'aes256-cts-hmac-sha1-96' | 'aes128-cts-hmac-sha1-96') =>
    kerberosStringToKey({ enctype, password, salt, iterations: 4096 });
  return encodeCredential({
    ntHash: without === 'ntHash' ? undefined : ntHash(password),
    kerberos:
      without === 'kerberos'
        ? undefined
        : {
            salt,
            iterationCount: 4096,
            aes256: key('aes256-cts-hmac-sha1-96'),
            aes128: key('aes128-cts-hmac-sha1-96'),
          },
    passwordLastSet: unixMsToFiletime(Date.parse(version.changedAt)),
  });
}

async function send(users: readonly SourceUser[]): Promise<unknown> {
  const to = randomBytes(8).toString('hex');
  const batch = await sealer.startBatch();
  const credentials = await Promise.all(
    users.flatMap((one) => {
      const { id, credential } = one;
      if (credential === undefined) return [];
      const { version, boundTo = id } = credential;
      const seal = async () => {
        const sealed = await batch.seal({ tenant: tenant.id, anchor: anchorOf(boundTo), version }, encode(one));
        return { anchor: anchorOf(id), version, sealed };
      };
      return [seal()];
    }),
  );
  const objects = users.flatMap(({ id, user }) => (user === undefined ? [] : [{ anchor: anchorOf(id), user }]));
  if (credentials.length > 0) {
    await client.sendCredentials(source, { from: null, to, keyId: sealer.keyId, credentials });
  }
  if (objects.length > 0) await client.sendObjects(source, { from: null, to, users: objects });
  return { sent: true };
}

for await (const line of createInterface(process.stdin)) {
  const order = JSON.parse(line) as SourceOrder;
  const answer = 'send' in order ? await send(order.send) : await client.explainUser(anchorOf(order.explain));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await client.close();
