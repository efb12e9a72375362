import { KerberosError } from '../errors.ts';

/** The error for what does not decrypt. */
export function integrityError(typeName: string): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_INTEGRITY',
    message: `the integrity check of ${typeName} failed: encrypted with another key, or damaged on the way`,
    nextStep: 'Check the password or the keytab; when they are right, the other side may still use an older key.',
  });
}

/** The error for a key that does not fit its type. */
export function keyError(typeName: string, problem: string): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_KEY',
    message: `the KDC or a keytab gives for ${typeName} ${problem}`,
    nextStep: 'Check the keytab and the encryption types of the account.',
  });
}
