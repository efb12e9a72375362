/**
 * A source of users and passwords, made up by a test: `node source.ts OPERATOR_KEY` on host `connect` speaks to the directory as the
 * agent there, and as an operator, with the real client, sealing and contract. Each line on standard input is a {@link SourceOrder} in JSON
 * and is answered by a line on standard output.
 */
import { createHash, randomBytes, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  AgentSigner,
  DirectoryClient,
  readAgentKeyFile,
  type CloudUserRequest,
  type TenantFeatures,
} from '@causeway/contract';
import { encodeCredential } from '@causeway/credential';
import { kerberosStringToKey, ntHash } from '@ad-protocols/crypto';
import type { CredentialVersion, User } from '@causeway/model';
import { CredentialSealer } from '@causeway/seal/seal';
import { unixMsToFiletime } from '@ad-protocols/wire';
import { readSealedAgentKey } from './agent-key.ts';

/** A user of the source, and a version of the password, where there is one. */
export interface SourceUser {
  /** Names the user for the test; the source anchor is derived from it, so it stays through renames. */
  readonly id: string;
  readonly user?: User;
  /** Deletes the user. */
  readonly deleted?: boolean;
  readonly credential?: {
    readonly password: string;
    readonly version: CredentialVersion;
    /** Has to be changed at the next sign-in. */
    readonly mustChangePassword?: true;
    /** Leaves out the NT hash, or the Kerberos keys. */
    readonly without?: 'ntHash' | 'kerberos';
    /** Binds the credential to another user than it is sent for, so that it does not open. */
    readonly boundTo?: string;
  };
}

export type SourceOrder =
  | { readonly send: readonly SourceUser[] }
  | { readonly explain: string }
  | { readonly explainName: string }
  | { readonly cloudUser: CloudUserRequest; readonly objectId: string }
  | { readonly features: Partial<TenantFeatures> };

interface Config {
  readonly tenant: { readonly id: string; readonly publicKey: string };
  readonly directory: { readonly url: string; readonly ca: string; readonly agent: string; readonly key: string };
  readonly stateDir: string;
}

const { tenant, directory, stateDir } = JSON.parse(readFileSync('/etc/causeway/connect.yaml', 'utf8')) as Config;
const source = 'corp.contoso.test';
const client = clientOf(directory.agent, await readSealedAgentKey(directory.key, stateDir));
const operator = clientOf('operator-1', await readAgentKeyFile(process.argv[2] ?? ''));
const sealer = await CredentialSealer.create({ publicKey: Buffer.from(tenant.publicKey, 'base64') });

function clientOf(agentId: string, privateKey: KeyObject): DirectoryClient {
  const signer = new AgentSigner({ agentId, tenant: tenant.id, privateKey });
  return new DirectoryClient({
    url: directory.url,
    signer,
    certificateAuthority: readFileSync(directory.ca, 'utf8'),
  });
}

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
      const { version, mustChangePassword, boundTo = id } = credential;
      const seal = async () => {
        const sealed = await batch.seal({ tenant: tenant.id, anchor: anchorOf(boundTo), version }, encode(one));
        return { anchor: anchorOf(id), version, sealed, mustChangePassword };
      };
      return [seal()];
    }),
  );
  if (credentials.length > 0) {
    await client.sendCredentials(source, { from: null, to, keyId: sealer.keyId, credentials });
  }
  return client.sendObjects({
    from: null,
    to,
    users: users.flatMap(({ id, user }) => (user === undefined ? [] : [{ anchor: anchorOf(id), source, user }])),
    groups: [],
    members: [],
    deletions: users.flatMap(({ id, deleted }) =>
      deleted === true ? [{ anchor: anchorOf(id), type: 'user' as const }] : [],
    ),
  });
}

async function obey(order: SourceOrder): Promise<unknown> {
  if ('send' in order) return send(order.send);
  if ('explain' in order) return client.explainUser(anchorOf(order.explain));
  if ('explainName' in order) return client.explainUser(order.explainName);
  if ('cloudUser' in order) return operator.writeCloudUser(order.objectId, order.cloudUser);
  const settings = await operator.readSettings();
  return operator.writeSettings({ ...settings, features: { ...settings.features, ...order.features } });
}

for await (const line of createInterface(process.stdin)) {
  const answer = await obey(JSON.parse(line) as SourceOrder);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await Promise.all([client.close(), operator.close()]);
