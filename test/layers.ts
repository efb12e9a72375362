/**
 * The import direction of the code base as data: each part with the parts it may import, in the order of the data path.
 *
 * `seal/seal` and `seal/open` are the two doors of one package: who may hold a private key is decided here.
 */
export const layers: Record<string, readonly string[]> = {
  'packages/wire': [],
  'packages/crypto': [],
  'packages/model': [],
  'packages/ndr': ['wire'],
  'packages/rpc': ['wire', 'crypto', 'ndr'],
  'packages/drsr': ['wire', 'crypto', 'ndr', 'rpc'],
  'packages/credentials': ['wire', 'crypto'],
  'packages/seal': ['model'],
  'packages/contract': ['model'],
  'packages/connect': ['wire', 'model', 'rpc', 'drsr', 'credentials', 'contract', 'seal/seal'],
  'packages/directory': ['model', 'contract'],
  'packages/domain': ['wire', 'model', 'credentials', 'contract', 'seal/open'],
  'apps/causeway': ['model', 'contract', 'connect', 'directory', 'domain'],
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
  { from: 'packages/drsr', target: 'packages/model', reason: 'protocol packages know nothing of the product' },
  { from: 'packages/credentials', target: 'packages/model', reason: 'protocol packages know nothing of the product' },
];
