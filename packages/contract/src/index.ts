export {
  formatAgentPublicKey,
  generateAgentKey,
  parseAgentPublicKey,
  readAgentKeyFile,
  writeAgentKeyFile,
  type AgentKey,
} from './agent-key.ts';
export { AgentSigner, tokenLifetimeSeconds } from './agent-signer.ts';
export {
  credentialBatchSchema,
  credentialReceiptSchema,
  objectBatchSchema,
  objectReceiptSchema,
  type CredentialBatch,
  type CredentialReceipt,
  type ObjectBatch,
  type ObjectReceipt,
} from './batches.ts';
export {
  changeSchema,
  changesQuerySchema,
  changesResponseSchema,
  outcomeSchema,
  outcomesRequestSchema,
  outcomesResponseSchema,
  type Change,
  type ChangesQuery,
  type ChangesResponse,
  type Outcome,
  type OutcomesResponse,
} from './changes.ts';
export { DirectoryClient, type CallOptions, type DirectoryClientOptions } from './directory-client.ts';
export {
  DirectoryError,
  errorBodySchema,
  formatErrorBody,
  parseErrorBody,
  type ErrorBody,
  type ErrorDetails,
} from './directory-error.ts';
export { errorCodes, type ErrorCode } from './error-codes.ts';
export {
  routes,
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  type ResponseOf,
  type Route,
  type RouteName,
} from './routes.ts';
export {
  roles,
  statusResponseSchema,
  userExplanationSchema,
  userStatuses,
  type Role,
  type StatusResponse,
  type UserExplanation,
  type UserStatus,
} from './status.ts';
export {
  healthResponseSchema,
  keyRequestSchema,
  keyResponseSchema,
  sourceResponseSchema,
  tenantResponseSchema,
  type HealthResponse,
  type KeyRequest,
  type KeyResponse,
  type SourceResponse,
  type TenantResponse,
} from './tenant.ts';
export { DirectoryTransportError } from './transport-error.ts';
export {
  agentIdSchema,
  anchorSchema,
  batchEntriesMax,
  credentialVersionSchema,
  cursorSchema,
  keyIdSchema,
  sealedBytesMax,
  sealedBytesMin,
  sequenceSchema,
  sourceIdSchema,
  tenantIdSchema,
  userSchema,
  waitMsMax,
} from './values.ts';
