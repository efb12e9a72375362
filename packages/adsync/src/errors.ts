import { CausewayError } from '@causeway/model';

/** `ERR_ADSYNC_ARGUMENT`: a cmdlet was given what it cannot work with. */
export function argumentInvalid(message: string, nextStep: string): CausewayError {
  return failure('ERR_ADSYNC_ARGUMENT', message, nextStep);
}

/** `ERR_ADSYNC_NO_SUBJECT`: Microsoft's module has the cmdlet, and Causeway has nothing that it could be about. */
export function noSubject(cmdlet: string, reason: string, nextStep: string): CausewayError {
  return failure('ERR_ADSYNC_NO_SUBJECT', `${cmdlet} has no subject in Causeway: ${reason}`, nextStep);
}

/** An operator's mistake with a code of this package. */
export function failure(code: string, message: string, nextStep: string): CausewayError {
  return new CausewayError({ code, message: `${message}.`, nextStep, disposition: 'halt' });
}
