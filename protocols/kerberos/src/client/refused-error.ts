import { KerberosError } from '../errors.ts';
import { ntStatusOf, type KrbError } from '../messages/krb-error.ts';
import { errorMeaning } from './error-table.ts';
import { statusMeaning } from './nt-status.ts';

/** A KDC or a service answered with a KRB-ERROR. */
export class RefusedError extends KerberosError {
  /** The number in the KRB-ERROR. @see RFC 4120 §7.5.9 */
  readonly errorCode: number;
  /** Why, where a domain controller says it. @see [MS-KILE] KERB-EXT-ERROR (2.2.1) */
  readonly ntStatus: number | undefined;
  /** The clock of the side that refused: milliseconds since 1970. */
  readonly serverTime: number;

  /** @param request What was refused, for the message: `the sign-in of alice@CORP`. */
  constructor(request: string, error: KrbError) {
    const { name, code, cause, nextStep } = errorMeaning(error.errorCode);
    const ntStatus = ntStatusOf(error);
    const status = ntStatus === undefined ? undefined : statusMeaning(ntStatus);
    const number = ntStatus === undefined ? '' : `, ${status?.name ?? `NTSTATUS 0x${ntStatus.toString(16)}`}`;
    super({
      code,
      message: `${request} was refused: ${status?.cause ?? cause} (${name}${number})`,
      nextStep: status?.nextStep ?? nextStep,
    });
    this.errorCode = error.errorCode;
    this.ntStatus = ntStatus;
    this.serverTime = error.serverTime + error.serverMicroseconds / 1000;
  }
}
