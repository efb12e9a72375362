import type { CredentialBatch } from '@causeway/contract';
import { encodeCredential, type Credential } from '@causeway/credential';
import { decodeSupplementalCredentials, wipeKerberosKeys, type KerberosKeys } from '@ad-protocols/credentials';
import type { ReplicatedObject } from '@ad-protocols/drsr';
import type { CredentialSealer, SealBatch } from '@causeway/seal/seal';
import { isWireError } from '@ad-protocols/wire';
import type { CarriedCredential } from './credential-decision.ts';
import { anchorOf } from '../objects/user-mapping.ts';

/** One entry of a batch, as the directory takes it. */
export type SealedEntry = CredentialBatch['credentials'][number];

/** A credential that is to be carried, with the user it belongs to. */
export interface CredentialOfUser {
  readonly guid: ReplicatedObject['guid'];
  readonly credential: CarriedCredential;
}

/** Why a credential that should be carried cannot be. */
export type SealProblem = 'has no Kerberos keys' | 'has supplementalCredentials that cannot be decoded';

export interface SealedPage {
  readonly entries: SealedEntry[];
  readonly problems: readonly { readonly anchor: string; readonly problem: SealProblem }[];
}

/**
 * Seals the credentials of one page, in one HPKE batch, each bound to tenant, user and version.
 *
 * Everything that is decoded on the way is wiped; the objects' own bytes are the caller's, see `wipeSecrets` of the drsr package.
 * The NT hash is left out unless `syncNtlm`. A user whose Kerberos keys are there but cannot be decoded is left out as a
 * whole: carrying the NT hash alone would replace good keys in the managed domain by none.
 */
export async function sealPage(
  page: readonly CredentialOfUser[],
  options: { sealer: CredentialSealer; tenant: string; syncNtlm: boolean },
): Promise<SealedPage> {
  if (page.length === 0) return { entries: [], problems: [] };
  const batch = await options.sealer.startBatch();
  const results = await Promise.all(page.map((one) => sealOne(one, batch, options)));
  const entries: SealedEntry[] = [];
  const problems: { anchor: string; problem: SealProblem }[] = [];
  for (const result of results) {
    if ('problem' in result) problems.push(result);
    else entries.push(result);
  }
  return { entries, problems };
}

async function sealOne(
  { guid, credential: carried }: CredentialOfUser,
  batch: SealBatch,
  options: { tenant: string; syncNtlm: boolean },
): Promise<SealedEntry | { anchor: string; problem: SealProblem }> {
  const anchor = anchorOf(guid);
  const keys = decodeKeys(carried.supplementalCredentials);
  if (keys === 'undecodable') return { anchor, problem: 'has supplementalCredentials that cannot be decoded' };
  const ntHash = options.syncNtlm ? carried.ntHash : undefined;
  if (ntHash === undefined && keys === undefined) return { anchor, problem: 'has no Kerberos keys' };
  const credential: Credential = { ntHash, kerberos: keys, passwordLastSet: carried.passwordLastSet };
  const plaintext = encodeCredential(credential);
  if (keys) wipeKerberosKeys(keys);
  try {
    const sealed = await batch.seal({ tenant: options.tenant, anchor, version: carried.version }, plaintext);
    return { anchor, version: carried.version, sealed: new Uint8Array(sealed) };
  } finally {
    plaintext.fill(0);
  }
}

function decodeKeys(supplementalCredentials: Uint8Array | undefined): KerberosKeys | 'undecodable' | undefined {
  if (supplementalCredentials === undefined || supplementalCredentials.length === 0) return undefined;
  try {
    return decodeSupplementalCredentials(supplementalCredentials).kerberos;
  } catch (error) {
    if (isWireError(error)) return 'undecodable';
    throw error;
  }
}
