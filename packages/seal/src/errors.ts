import { CausewayError } from '@causeway/model';

/**
 * - `ERR_SEAL_KEY`: what was given as a key is none that can be used.
 * - `ERR_SEAL_FORMAT`: the bytes are not a sealed credential of a format that is known here.
 * - `ERR_SEAL_WRONG_KEY`: sealed to another key than the one that is here.
 * - `ERR_SEAL_NOT_AUTHENTIC`: sealed to this key, and altered since, or for another user, version or tenant.
 */
export type SealErrorCode = 'ERR_SEAL_KEY' | 'ERR_SEAL_FORMAT' | 'ERR_SEAL_WRONG_KEY' | 'ERR_SEAL_NOT_AUTHENTIC';

/** A credential could not be sealed or opened. Trying again gives the same result. */
export class SealError extends CausewayError {
  declare readonly code: SealErrorCode;

  constructor(details: { code: SealErrorCode; message: string; nextStep: string; cause?: unknown }) {
    super({ ...details, disposition: 'halt' });
    this.name = 'SealError';
  }
}
