import { Lab } from '@causeway/lab';

/** Users of the end-to-end tests' lab: 200 of them with passwords that the tests know. */
const users = 300;
const name = 'test';

/** The lab of one test run. It ends with this process, however that ends, and before that when it is disposed of. */
export async function testLab(): Promise<Lab & AsyncDisposable> {
  await Lab.remove(name);
  const lab = await Lab.up({ name, users, endWith: process.pid });
  return Object.assign(lab, { [Symbol.asyncDispose]: async () => lab.down() });
}
