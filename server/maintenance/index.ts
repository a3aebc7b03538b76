/** Door 4: backup, restore and migration of a data folder, for the command line and for hosts. */
export { backUp } from './backup.ts';
export type { BackupReport, BackupRequest } from './backup.ts';
export { migrateFolder } from './migrate.ts';
export type { MigrateRequest, MigratedDatabase } from './migrate.ts';
export { restore } from './restore.ts';
export type { RestoreReport, RestoreRequest } from './restore.ts';
