export type { ServiceTicket, TicketSource } from './client/service-ticket.ts';
export type { EncryptionType, KerberosKey, PasswordSource } from './crypto/encryption-type.ts';
export { encryptionTypeOf, kerberosEnctypes } from './crypto/supported-types.ts';
export { nameTypes, type PrincipalName } from './messages/principal-name.ts';
