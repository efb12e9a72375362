/** The records of `ldbsearch`, each attribute with its values as bytes. */
export function parseLdif(text: string): Map<string, Uint8Array[]>[] {
  return text
    .replaceAll('\n ', '')
    .split('\n\n')
    .map((record) => {
      const values = new Map<string, Uint8Array[]>();
      for (const line of record.split('\n')) {
        const match = /^([A-Za-z-]+)(::?) (.*)$/.exec(line);
        if (!match) continue;
        const [, name = '', mark = '', value = ''] = match;
        values.set(name, [...(values.get(name) ?? []), Buffer.from(value, mark === '::' ? 'base64' : 'utf8')]);
      }
      return values;
    })
    .filter((record) => record.has('dn'));
}

/** A value as text. */
export const text = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString('utf8');
