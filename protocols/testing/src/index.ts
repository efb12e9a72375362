export { hex } from './hex.ts';
export { assertEveryTruncationRefused } from './truncation.ts';
export { acceptAuthenticate, challengeMessage, decodeAuthenticate, Sealing } from './ntlm-server.ts';
export { PASSWORD, type PeerAcceptor, type PeerDirection, type PeerSecurity } from './rpc-acceptor.ts';
export { bindAck } from './rpc-bind-ack.ts';
export { pduOf, trailer, trailerOf, withToken } from './rpc-pdu.ts';
export { RpcServer, type RpcAnswer, type RpcCall, type RpcServerOptions } from './rpc-server.ts';
export { RpcSession } from './rpc-session.ts';
export { rpcMisbehaviours } from './rpc-misbehaviour.ts';
