/**
 * The import direction of the code base as data: each part with the parts it may import, in the order of the data path.
 *
 * `seal/seal` and `seal/open` are the two doors of one package: who may hold a private key is decided here.
 */
export const layers: Record<string, readonly string[]> = {
  'protocols/wire': [],
  'protocols/crypto': [],
  'protocols/testing': ['crypto'],
  'protocols/asn1': ['wire'],
  'protocols/gss': ['wire', 'asn1'],
  'protocols/ntlm': ['wire', 'crypto', 'gss'],
  'protocols/kerberos': ['wire', 'crypto', 'asn1', 'gss'],
  'protocols/ndr': ['wire'],
  'protocols/rpc': ['wire', 'gss', 'ndr'],
  'protocols/drsr': ['wire', 'crypto', 'gss', 'ndr', 'rpc'],
  'protocols/ldap': ['wire', 'asn1', 'gss'],
  'protocols/credentials': ['wire', 'crypto'],
  'packages/model': [],
  'packages/credential': ['wire', 'credentials'],
  'packages/seal': ['model'],
  'packages/contract': ['model'],
  'packages/sync-rules': ['model'],
  'packages/engine': ['model', 'contract', 'sync-rules'],
  'packages/event-log': ['model'],
  'packages/control': ['model'],
  'packages/connect': [
    'wire',
    'gss',
    'ntlm',
    'kerberos',
    'rpc',
    'drsr',
    'ldap',
    'credentials',
    'credential',
    'model',
    'contract',
    'seal/seal',
    'sync-rules',
    'engine',
    'event-log',
    'control',
  ],
  'packages/directory': ['model', 'contract'],
  'packages/domain': ['wire', 'asn1', 'ldap', 'credentials', 'credential', 'model', 'contract', 'seal/open'],
  'packages/powershell': [],
  'packages/adsync': ['model', 'control', 'powershell'],
  'apps/causeway': [
    'model',
    'contract',
    'event-log',
    'control',
    'connect',
    'connect/setup',
    'directory',
    'domain',
    'powershell',
    'adsync',
  ],
  lab: ['wire', 'crypto', 'credentials'],
};

/** What must never be reached, through any number of imports, and why. */
export const unreachable: readonly { from: string; target: string; reason: string }[] = [
  { from: 'packages/directory', target: 'packages/seal', reason: 'the directory keeps ciphertext and cannot open it' },
  {
    from: 'packages/connect',
    target: 'packages/seal/src/open.ts',
    reason: 'connect seals; only the managed domain opens',
  },
  {
    from: 'packages/domain',
    target: 'packages/seal/src/seal.ts',
    reason: 'the managed domain never sends towards the source',
  },
];

/** Folder of the protocol packages, which know nothing of the product: none imports a package of another folder. */
export const protocols = 'protocols';
