/** Door: the server for hosts. */
export { createWaooaw } from './create.ts';
export type { Parts, Waooaw } from './create.ts';
export { createConfig, readConfig } from './config.ts';
export type { Config, ConfigOverrides, LogLevel } from './config.ts';
export { listen } from './listen.ts';
export type { Listening } from './listen.ts';
export { backUp, migrateFolder, restore } from './maintenance/index.ts';
export type {
  BackupReport,
  BackupRequest,
  MigrateRequest,
  MigratedDatabase,
  RestoreReport,
  RestoreRequest,
} from './maintenance/index.ts';
export { WaooawError } from '../src/protocol/index.ts';
