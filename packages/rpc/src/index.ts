export {
  NtlmError,
  RpcBindError,
  RpcConnectionError,
  RpcError,
  RpcFaultError,
  RpcProtocolError,
  RpcSignatureError,
  RpcTimeoutError,
  type RpcConnectionErrorCode,
} from './errors.ts';
export type { NtlmCredentials } from './ntlm/ntlmv2-response.ts';
export type { SyntaxId } from './pdu/presentation-context.ts';
export { RpcConnection, type RpcConnectionOptions } from './rpc-connection.ts';
