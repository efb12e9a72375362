/** A call of the interface `drsuapi`. */
export interface Method {
  readonly opnum: number;
  /** What it does, as the subject of a sentence. */
  readonly purpose: string;
}

/** The calls that are made. @see [MS-DRSR] drsuapi RPC Interface (4.1) */
export const methods = {
  bind: { opnum: 0, purpose: 'binding (IDL_DRSBind)' },
  unbind: { opnum: 1, purpose: 'unbinding (IDL_DRSUnbind)' },
  getChanges: { opnum: 3, purpose: 'reading changes (IDL_DRSGetNCChanges)' },
  crackNames: { opnum: 12, purpose: 'translating names (IDL_DRSCrackNames)' },
  domainControllerInfo: { opnum: 16, purpose: 'asking for domain controllers (IDL_DRSDomainControllerInfo)' },
} as const satisfies Readonly<Record<string, Method>>;
