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
export type { ProtectionLevel } from './binding.ts';
export type { CallOptions, RpcConnectionOptions } from './connection-options.ts';
export type { BindTimeFeatures } from './pdu/feature-negotiation.ts';
export type { TransferSyntax } from '@ad-protocols/ndr';
export type { SyntaxId } from './pdu/presentation-context.ts';
export { RpcConnection } from './rpc-connection.ts';
