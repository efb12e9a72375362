import { Lab } from '@causeway/lab';

/** Users of the end-to-end tests' lab: 200 of them with passwords that the tests know. */
const users = 300;

/** The lab of one test run. It ends with this process, however that ends, and before that when it is disposed of. */
export async function testLab(): Promise<Lab & AsyncDisposable> {
  return bringUp({ name: 'test', users });
}

/**
 * A lab of one test file, beside that of the run: the on-premises domain has two domain controllers, which the file
 * may stop and configure as it likes.
 */
export async function testLabWithSecondDc(name: string): Promise<Lab & AsyncDisposable> {
  return bringUp({ name: `test-${name}`, users, secondDc: true });
}

async function bringUp(options: { name: string; users: number; secondDc?: boolean }): Promise<Lab & AsyncDisposable> {
  await Lab.remove(options.name);
  const lab = await Lab.up({ ...options, endWith: process.pid });
  return Object.assign(lab, { [Symbol.asyncDispose]: async () => lab.down() });
}
