/** Every code a {@link LabError} can carry. */
export type LabErrorCode =
  | 'ERR_LAB_NOT_ROOT'
  | 'ERR_LAB_NAME'
  | 'ERR_LAB_EXISTS'
  | 'ERR_LAB_NOT_UP'
  | 'ERR_LAB_BUSY'
  | 'ERR_LAB_HOST'
  | 'ERR_LAB_PROGRAM'
  | 'ERR_LAB_NOT_READY'
  | 'ERR_LAB_SNAPSHOT'
  | 'ERR_LAB_LEFTOVERS'
  | 'ERR_LAB_SERVICE';

/** A failure of the lab itself: what failed and the next step, with a stable code. */
export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }
}
