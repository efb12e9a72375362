import type { CredentialBatch } from '@causeway/contract';
import { encodeCredential, type Credential } from '@causeway/credential';
import { decodeSupplementalCredentials, wipeKerberosKeys, type KerberosKeys } from '@ad-protocols/credentials';
import type { SourceAnchor } from '@causeway/model';
import type { CredentialSealer, SealBatch } from '@causeway/seal/seal';
import { isWireError } from '@ad-protocols/wire';
import { isTemporary, type CarriedCredential } from './credential-decision.ts';

/** One entry of a batch, as the directory takes it. */
export type SealedEntry = CredentialBatch['credentials'][number];

/** A credential that is to be carried, with the user it belongs to. */
export interface CredentialOfUser {
  readonly anchor: SourceAnchor;
  readonly credential: CarriedCredential;
}

/** Why a credential that should be carried cannot be: something that the managed domain needs is missing. */
export type SealProblem = 'has no Kerberos keys' | 'has supplementalCredentials that cannot be decoded';

/** What sealing one credential came to. */
export type Sealed = { readonly entry: SealedEntry } | { readonly problem: SealProblem };

/**
 * Seals credentials in one HPKE batch, each bound to tenant, user and version; the results are in the same order.
 *
 * Everything that is decoded on the way is wiped; the credentials' own bytes are the caller's, see `wipeSecrets` of the
 * drsr package. The NT hash is left out unless `syncNtlm`. A user whose Kerberos keys are there but cannot be decoded is
 * left out as a whole: carrying the NT hash alone would replace good keys in the managed domain by none.
 */
export async function sealPage(
  page: readonly CredentialOfUser[],
  options: { sealer: CredentialSealer; tenant: string; syncNtlm: boolean },
): Promise<Sealed[]> {
  if (page.length === 0) return [];
  const batch = await options.sealer.startBatch();
  return Promise.all(page.map((one) => sealOne(one, batch, options)));
}

async function sealOne(
  { anchor, credential: carried }: CredentialOfUser,
  batch: SealBatch,
  options: { tenant: string; syncNtlm: boolean },
): Promise<Sealed> {
  const keys = decodeKeys(carried.supplementalCredentials);
  if (keys === 'undecodable') return { problem: 'has supplementalCredentials that cannot be decoded' };
  const ntHash = options.syncNtlm ? carried.ntHash : undefined;
  if (ntHash === undefined && keys === undefined) return { problem: 'has no Kerberos keys' };
  const { version, passwordLastSet } = carried;
  const credential: Credential = { ntHash, kerberos: keys, passwordLastSet };
  const plaintext = encodeCredential(credential);
  if (keys) wipeKerberosKeys(keys);
  try {
    const sealed = new Uint8Array(await batch.seal({ tenant: options.tenant, anchor, version }, plaintext));
    return { entry: { anchor, version, sealed, ...(isTemporary(carried) && { mustChangePassword: true }) } };
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
