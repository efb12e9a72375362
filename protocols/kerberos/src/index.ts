export type { ServiceTicket, TicketSource } from './client/service-ticket.ts';
export type { EncryptionType, KerberosKey, PasswordSource } from './crypto/encryption-type.ts';
export { nameTypes, type PrincipalName } from './messages/principal-name.ts';
