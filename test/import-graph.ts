import { readFileSync, globSync } from 'node:fs';
import { createRequire, isBuiltin, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { parse } from 'es-module-lexer';

const root = path.resolve(import.meta.dirname, '..');

/** One import that a source file makes, types included. */
export interface Import {
  /** Path of the importing file from the repository's root. */
  readonly file: string;
  /** What the source says: `./reader.ts`, `@ad-protocols/wire`, `node:net`. */
  readonly specifier: string;
  /** Path of the imported file from the root; undefined for built-in modules and packages from the registry. */
  readonly target: string | undefined;
}

/** Specifiers of every import and re-export in a source text; type-only ones are found too. */
function specifiersOf(source: string): string[] {
  const withTypeImports = source.replaceAll(/\b(import|export)\s+type\b(?=[^=;]*?\bfrom\b)/g, '$1');
  const [imports] = parse(stripTypeScriptTypes(withTypeImports));
  return imports.flatMap((entry) =>
    'specifier' in entry && typeof entry.specifier === 'string' ? [entry.specifier] : [],
  );
}

/** All imports of all source files under the folders, resolved as Node resolves them. */
export function readImportGraph(folders: readonly string[]): Import[] {
  return folders.flatMap((folder) =>
    globSync(`${folder}/src/**/*.ts`, { cwd: root }).flatMap((file) => {
      const require = createRequire(path.join(root, file));
      return specifiersOf(readFileSync(path.join(root, file), 'utf8')).map((specifier) => ({
        file,
        specifier,
        target: isProjectOwn(specifier) ? path.relative(root, require.resolve(specifier)) : undefined,
      }));
    }),
  );
}

function isProjectOwn(specifier: string): boolean {
  return !isBuiltin(specifier) && (specifier.startsWith('.') || /^@(causeway|ad-protocols)\//.test(specifier));
}

/** Files that can be reached from the files of one folder, through any number of imports. */
export function reachableFrom(graph: readonly Import[], folder: string): Set<string> {
  const targets = new Map<string, string[]>();
  for (const { file, target } of graph) {
    if (target !== undefined) targets.set(file, [...(targets.get(file) ?? []), target]);
  }
  const reached = new Set<string>();
  const open = [...targets.keys()].filter((file) => file.startsWith(`${folder}/`));
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const target of targets.get(file) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}
