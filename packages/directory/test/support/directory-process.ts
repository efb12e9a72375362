import { readFileSync } from 'node:fs';
import { createDirectory, directoryConfigSchema } from '@causeway/directory';
import { createRecorder } from './directory.ts';

// A directory in a process of its own, so that a test can kill it: CONFIG.json; prints its URL.
const config = directoryConfigSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const { url } = await createDirectory({ config, logger: createRecorder() }).start();
process.stdout.write(`${url}\n`);
