export { TLS_FOLDER } from './build.ts';
export type { Capture } from './capture.ts';
export type { CertificateRequest, CertificationAuthority, IssuedCertificate } from './certificates.ts';
export type { ExecOptions, SpawnOptions } from './container.ts';
export type { LabAccount } from './content/accounts.ts';
export type { BranchContent, BranchDc, BranchTrait, BranchUser } from './content/branches.ts';
export { HEADQUARTERS_GROUP, PARTNERS_GROUP, WORLDWIDE_GROUP } from './content/cross-members.ts';
export {
  departmentDn,
  DEPARTMENTS,
  makeUsers,
  REAL_PASSWORDS_MAX,
  type LabGroup,
  type LabUser,
} from './content/users.ts';
export { connectorOf, forestsOf, type ConnectorEntry } from './connector.ts';
export {
  Deployment,
  SERVICE_HOSTS,
  SERVICES,
  type LoggedEvent,
  type ServiceConfig,
  type ServiceName,
  type TenantStatus,
} from './deployment.ts';
export type { DcSettings } from './dc-settings.ts';
export { LabError, type LabErrorCode } from './errors.ts';
export { CA_FILE } from './host-files.ts';
export { DEFAULT_LAB, Lab, type LabOptions, type LabStatus } from './lab.ts';
export {
  addressOf,
  CHILD_DC,
  configurationDn,
  DOMAINS,
  HOST_NAMES,
  HOSTS,
  NETWORKS,
  SECOND_DC,
  SECOND_FOREST_DC,
  STAFF_DN,
  UPN_SUFFIX,
  type DomainControllerName,
  type DomainPlan,
  type HostName,
  type HostPlan,
  type NetworkName,
} from './names.ts';
export type { ProgramResult } from './program.ts';
export type { OnProgress, Progress } from './progress.ts';
export { INITIAL_SNAPSHOT } from './snapshot.ts';
export { signInByKerberos, signInByLdap, signInByNtlm, type SignIn, type SignInRequest } from './sign-in.ts';
