/** Separates the parts of a path; no distinguished name holds it unescaped. */
const SEPARATOR = '\n';
/** The first character after {@link SEPARATOR}. */
const AFTER_SEPARATOR = '\u000b';

/** The parts of a distinguished name, the object's own first. Source: RFC 4514, 2. */
export function componentsOf(dn: string): string[] {
  return dn.match(/(?:\\[^]|[^\\,])+/g) ?? [];
}

/**
 * A distinguished name the other way round and in lower case: what is below a container begins with the container's path, so
 * that an index finds it.
 */
export function pathOf(dn: string): string {
  return componentsOf(dn.toLowerCase()).reverse().join(SEPARATOR);
}

/** Whether a path is that of a container or of something below it. */
export function isAtOrBelow(path: string, container: string): boolean {
  return path === container || path.startsWith(container + SEPARATOR);
}

/** Paths from `from` and before `to` are those below a container. */
export function rangeBelow(container: string): { from: string; to: string } {
  return { from: container + SEPARATOR, to: container + AFTER_SEPARATOR };
}

/** The name of an object whose container was renamed or moved. */
export function moveName(dn: string, before: string, after: string): string {
  const own = componentsOf(dn);
  return [...own.slice(0, own.length - componentsOf(before).length), after].join(',');
}

/** The value of an object's own name, what AD keeps as `cn` or `ou`: a delta does not tell it. Source: RFC 4514, 2.4. */
export function ownNameOf(dn: string): string {
  const [first = ''] = componentsOf(dn);
  const value = first.slice(first.indexOf('=') + 1);
  if (!value.includes('\\')) return value;
  const bytes = value.replaceAll(/(?:\\[0-9a-fA-F]{2})+/g, (escaped) =>
    Buffer.from(escaped.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
  return bytes.replaceAll(/\\([^])/g, '$1');
}
