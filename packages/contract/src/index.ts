export {
  formatAgentPublicKey,
  generateAgentKey,
  parseAgentKey,
  parseAgentPublicKey,
  readAgentKeyFile,
  writeAgentKeyFile,
  type AgentKey,
} from './agent-key.ts';
export { AgentSigner, tokenLifetimeSeconds } from './agent-signer.ts';
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
export {
  cloudUserRequestSchema,
  cloudUserResponseSchema,
  type CloudUserRequest,
  type CloudUserResponse,
} from './cloud-users.ts';
export {
  credentialBatchSchema,
  credentialReceiptSchema,
  missingCredentialsRequestSchema,
  missingCredentialsResponseSchema,
  type CredentialBatch,
  type CredentialReceipt,
  type MissingCredentialsRequest,
  type MissingCredentialsResponse,
} from './credentials.ts';
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
  membersQuerySchema,
  membersResponseSchema,
  objectBatchSchema,
  objectReceiptSchema,
  objectRefusals,
  objectsQuerySchema,
  objectsResponseSchema,
  objectTypes,
  tenantObjectSchema,
  type MembersQuery,
  type MembersResponse,
  type ObjectBatch,
  type ObjectReceipt,
  type ObjectRefusal,
  type ObjectRefusalCode,
  type ObjectsQuery,
  type ObjectsResponse,
  type ObjectType,
  type TenantObject,
} from './objects.ts';
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
  defaultTenantSettings,
  featuresSchema,
  tenantSettingsSchema,
  type TenantFeatures,
  type TenantSettings,
} from './settings.ts';
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
  batchMembersMax,
  credentialVersionSchema,
  cursorSchema,
  groupSchema,
  keyIdSchema,
  objectIdSchema,
  sealedBytesMax,
  sealedBytesMin,
  sequenceSchema,
  sourceIdSchema,
  tenantIdSchema,
  userSchema,
  waitMsMax,
} from './values.ts';
