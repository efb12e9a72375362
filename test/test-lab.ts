import { Lab, type LabOptions } from '@causeway/lab';

/** Users of the end-to-end tests' lab: 200 of them with passwords that the tests know. */
const users = 300;

/** A lab that many test files use, one after the other. It ends with this process, however that ends, and before that when it is disposed of. */
export async function testLab(name: string): Promise<Lab & AsyncDisposable> {
  return bringUp({ name, users });
}

/**
 * A lab of one test file, beside those of the run: the on-premises domain has two domain controllers, which the file
 * may stop and configure as it likes.
 */
export async function testLabWithSecondDc(name: string): Promise<Lab & AsyncDisposable> {
  return bringUp({ name: `test-${name}`, users, secondDc: true });
}

/** The same with a child domain in the forest of the on-premises domain, and with a second forest, instead of the second controller. */
export async function testLabWithForests(name: string): Promise<Lab & AsyncDisposable> {
  return bringUp({ name: `test-${name}`, users, childDomain: true, secondForest: true });
}

async function bringUp(options: LabOptions & { name: string }): Promise<Lab & AsyncDisposable> {
  await Lab.remove(options.name);
  const lab = await Lab.up({ ...options, endWith: process.pid });
  return Object.assign(lab, { [Symbol.asyncDispose]: async () => lab.down() });
}
