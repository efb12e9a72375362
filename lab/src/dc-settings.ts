/** What a domain controller accepts and how it serves; what is left out is Samba's default. */
export interface DcSettings {
  /** Whether sign-in with NTLM is accepted at all. */
  readonly ntlm?: 'allowed' | 'disabled';
  /**
   * The encryption types that its KDC knows: of the keys it accepts, of tickets and of session keys. Requests that
   * name none of them are refused with KDC_ERR_ETYPE_NOSUPP.
   */
  readonly kerberos?: 'aes' | 'rc4' | 'all';
  /** More parameters of smb.conf's global section, such as `drs:max object sync`. */
  readonly smbConf?: Readonly<Record<string, string>>;
}

const NTLM = { allowed: 'ntlmv2-only', disabled: 'disabled' };

/** 0 is Samba's default: everything it has. */
const ENCRYPTION_TYPES = {
  aes: 'aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha1-96',
  rc4: 'arcfour-hmac-md5',
  all: '0',
};

/** The lines of smb.conf's global section that carry the settings. */
export function formatSettings({ ntlm, kerberos, smbConf = {} }: DcSettings): string {
  const parameters = {
    ...(ntlm === undefined ? {} : { 'ntlm auth': NTLM[ntlm] }),
    ...(kerberos === undefined ? {} : { 'kdc supported enctypes': ENCRYPTION_TYPES[kerberos] }),
    ...smbConf,
  };
  return Object.entries(parameters)
    .map(([name, value]) => `  ${name} = ${value}\n`)
    .join('');
}
