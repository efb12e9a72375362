export { MessageSecurity, SIGNATURE_BYTES } from './message-security.ts';
export { encodeNegotiateMessage } from './negotiate-message.ts';
export { answerChallenge, type NtlmSurroundings } from './ntlm-client.ts';
export { NtlmError, type NtlmErrorCode } from './errors.ts';
export { NtlmContext } from './ntlm-context.ts';
export { NtlmMechanism } from './ntlm-mechanism.ts';
export type { NtlmCredentials } from './ntlmv2-response.ts';
