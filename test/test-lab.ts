import { Lab } from '@causeway/lab';

/** Users of the end-to-end tests' lab: 200 of them with passwords that the tests know. */
const users = 300;

/**
 * The lab of one test run, taken down when it is disposed of or when the run is interrupted. What a crashed run of
 * before left behind goes first.
 */
export async function testLab(): Promise<Lab & AsyncDisposable> {
  const name = 'test';
  await Lab.remove(name);
  const interrupted = (): void => {
    void Lab.remove(name).finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const lab = await Lab.up({ name, users });
  return Object.assign(lab, {
    [Symbol.asyncDispose]: async () => {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      await lab.down();
    },
  });
}
