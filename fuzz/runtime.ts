/** What the fuzzer's native part needs and an older Debian lacks: the C and C++ libraries of Debian 13, beside those of the system. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Version of the C library that the fuzzer is built for. */
const GLIBC_NEEDED = [2, 38] as const;
const PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6'];

/** The words to put in front of a command so that it runs with libraries that are new enough; none where the system's are. */
export function loaderCommand(folder: string): string[] {
  if (systemIsNewEnough()) return [];
  const libraries = path.join(folder, 'usr/lib/x86_64-linux-gnu');
  const loader = path.join(libraries, 'ld-linux-x86-64.so.2');
  if (!existsSync(loader)) fetchLibraries(folder);
  return [loader, '--library-path', libraries];
}

function systemIsNewEnough(): boolean {
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const [major = 0, minor = 0] = (report.header.glibcVersionRuntime ?? '').split('.').map(Number);
  return major > GLIBC_NEEDED[0] || (major === GLIBC_NEEDED[0] && minor >= GLIBC_NEEDED[1]);
}

/** Fetches the packages with a state folder of apt's own, so that nothing of the system changes, and unpacks them. */
function fetchLibraries(folder: string): void {
  const state = path.join(folder, 'apt');
  for (const part of ['lists/partial', 'archives/partial']) mkdirSync(path.join(state, part), { recursive: true });
  const list = path.join(state, 'sources.list');
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(list, `deb [signed-by=${keys}] http://deb.debian.org/debian trixie main\n`);
  const settings = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': path.join(state, 'lists'),
    'Dir::Cache': state,
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const run = (command: string, args: string[]): void => {
    execFileSync(command, args, { cwd: state, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  run('apt-get', [...options, '-qq', 'update']);
  run('apt-get', [...options, '-qq', 'download', ...PACKAGES]);
  for (const file of globSync(path.join(state, '*.deb'))) run('dpkg-deb', ['--extract', file, folder]);
}
