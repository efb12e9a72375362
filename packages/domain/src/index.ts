export { domainConfigSchema, type DomainConfig } from './config.ts';
export { createDomain, type Domain, type DomainOptions } from './domain.ts';
export type { DomainStatus, Progress } from './domain-report.ts';
export { createTenantKey, ensureTenantKey, loadTenantKey, tenantKeyPath, type TenantPublicKey } from './tenant-key.ts';
