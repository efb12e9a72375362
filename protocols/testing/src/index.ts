export { hex } from './hex.ts';
export { assertEveryTruncationRefused } from './truncation.ts';
export {
  acceptAuthenticate,
  challengeMessage,
  decodeAuthenticate,
  Sealing,
  type AuthenticateFields,
} from './ntlm-server.ts';
export { NtlmAcceptor, PASSWORD, type PeerAcceptor, type PeerDirection, type PeerSecurity } from './rpc-acceptor.ts';
export { bindAck, type BindAckOptions } from './rpc-bind-ack.ts';
export { pduOf, trailer, trailerOf, withToken } from './rpc-pdu.ts';
export { RpcServer, type RpcAnswer, type RpcCall, type RpcServerOptions } from './rpc-server.ts';
export { RpcSession, type FragmentOptions } from './rpc-session.ts';
export { rpcMisbehaviours, type RpcMisbehaviour } from './rpc-misbehaviour.ts';
