/** Name types. @see RFC 4120 §6.2; [MS-KILE] Naming (3.1.5.8) */
export const nameTypes = { principal: 1, serviceInstance: 2, serviceHost: 3, enterprise: 10 } as const;

/** The name of a user or a service, without its realm. @see RFC 4120 §5.2.2 */
export interface PrincipalName {
  readonly type: number;
  readonly components: readonly string[];
}
