import type { Change } from '@causeway/contract';
import { CausewayError } from '@causeway/model';
import type { CredentialOpener } from '@causeway/seal/open';
import { rebuildCredential } from './managed-credential.ts';
import type { OpenedCredential } from './plan.ts';

/**
 * The credential of a change, opened and in the form for Samba; the reason when it does not open.
 *
 * The plaintext lives only in here, and is wiped.
 */
export async function openCredential(
  opener: CredentialOpener,
  tenant: string,
  change: Change,
): Promise<OpenedCredential | undefined> {
  const { anchor, credential } = change;
  if (credential === null) return undefined;
  let plaintext: Uint8Array | undefined;
  try {
    plaintext = await opener.open({ tenant, anchor, version: credential.version }, credential.sealed);
    return { state: 'opened', credential: rebuildCredential(plaintext) };
  } catch (error) {
    return { state: 'notOpenable', reason: describeFailure(error) };
  } finally {
    plaintext?.fill(0);
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof CausewayError) return `${error.message}. ${error.nextStep}`;
  // Only the decoders are left: their messages name a structure and an offset, and no content.
  return `The credential opens and is not in a form that this release knows: ${error instanceof Error ? error.message : 'unknown'}. Update the domain service.`;
}
