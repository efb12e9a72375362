import { SecurityError } from '../errors.ts';

/** A token of the other side that breaks the format or the order of the negotiation. */
export function badToken(problem: string, cause?: unknown): SecurityError {
  return new SecurityError({
    code: 'ERR_GSS_TOKEN',
    message: `the server's part of the negotiation (SPNEGO) cannot be used: ${problem}`,
    nextStep: 'Check that the host and the port are those of a domain controller.',
    cause,
  });
}

/** The server chose what was not offered. */
export function noCommonMechanism(chosen: string, offered: readonly string[]): SecurityError {
  return new SecurityError({
    code: 'ERR_GSS_NO_COMMON_MECHANISM',
    message: `the server chose mechanism ${chosen}, but only ${offered.join(' and ')} may be used`,
    nextStep: 'Allow in the configuration a mechanism that the server takes, or change the policy of the server.',
  });
}

/** The server ended the negotiation. */
export function rejected(offered: readonly string[]): SecurityError {
  return new SecurityError({
    code: 'ERR_GSS_REJECTED',
    message: `the server rejected the sign-in; ${offered.join(' and ')} had been offered`,
    nextStep:
      'Check that the policy of the server allows one of these mechanisms, and look into its security log for the reason.',
  });
}

/** The list of mechanisms is not proven to have arrived as it was sent. */
export function downgraded(problem: string): SecurityError {
  return new SecurityError({
    code: 'ERR_GSS_DOWNGRADE',
    message: `the choice of a mechanism is not proven to be the server's own: ${problem}`,
    nextStep: 'Look for a device between the two hosts that alters traffic; do not repeat with a weaker configuration.',
  });
}
