export { directoryConfigSchema, type DirectoryConfig } from './config.ts';
export { createDirectory, type Directory, type DirectoryOptions } from './directory.ts';
