export {
  RpcBindError,
  RpcConnectionError,
  RpcError,
  RpcFaultError,
  RpcLogonError,
  RpcProtocolError,
  RpcSignatureError,
  RpcTimeoutError,
  type RpcConnectionErrorCode,
} from './errors.ts';
export type { SyntaxId } from './pdu/presentation-context.ts';
export { RpcConnection, type RpcConnectionOptions } from './rpc-connection.ts';
