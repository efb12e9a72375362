export { hex } from './hex.ts';
export { assertEveryTruncationRefused } from './truncation.ts';
export {
  acceptAuthenticate,
  challengeMessage,
  decodeAuthenticate,
  Sealing,
  type AuthenticateFields,
} from './ntlm-server.ts';
