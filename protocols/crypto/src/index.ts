export { crc32 } from './crc32.ts';
export { deriveKey } from './derive-key.ts';
export { desDecryptBlock, desEncryptBlock } from './des.ts';
export { kerberosStringToKey, type KerberosEnctype, type KerberosKeySource } from './kerberos-key.ts';
export { md4 } from './md4.ts';
export { nFold } from './n-fold.ts';
export { ntHash } from './nt-hash.ts';
export { Rc4 } from './rc4.ts';
export { unwrapHashByRid, wrapHashByRid } from './rid-des.ts';
