/** The database's schema, as numbered steps forward. A released step is never edited. */
import { SEGMENT_ROWS } from './ports/audit-log.ts';
import type { Migration } from './ports/database.ts';

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    // The health check's proof that rows can be written durably and read back.
    statements: ['CREATE TABLE heartbeat (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT'],
  },
  {
    version: 2,
    // Who may come in. `hash` is SHA-256 of a key; `role` and the later times may be absent.
    statements: [
      `CREATE TABLE api_keys (
         id TEXT PRIMARY KEY,
         name TEXT NOT NULL,
         role TEXT,
         grants TEXT NOT NULL,
         hash BLOB NOT NULL,
         created_at INTEGER NOT NULL,
         expires_at INTEGER,
         revoked_at INTEGER
       ) STRICT`,
      'CREATE TABLE revoked_subjects (subject TEXT PRIMARY KEY, revoked_at INTEGER NOT NULL) STRICT',
    ],
  },
  {
    version: 3,
    // Alerts, and who is still to be told of them. `record`, `rule` and `silence` hold JSON.
    statements: [
      `CREATE TABLE alert_rules (
         name TEXT PRIMARY KEY,
         rule TEXT NOT NULL,
         changed_at INTEGER NOT NULL,
         changed_by TEXT NOT NULL
       ) STRICT`,
      'CREATE TABLE alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, record TEXT NOT NULL) STRICT',
      // `settled`: what it withheld was looked at again after its end.
      `CREATE TABLE alert_silences (
         id TEXT PRIMARY KEY,
         silence TEXT NOT NULL,
         ends_at INTEGER NOT NULL,
         settled INTEGER NOT NULL
       ) STRICT`,
      // The outbox's first half: what a receiver is to be told of an alert (`wanted`), and was told last.
      `CREATE TABLE alert_tells (
         receiver TEXT NOT NULL,
         alert TEXT NOT NULL,
         group_key TEXT NOT NULL,
         wanted TEXT,
         due_at INTEGER NOT NULL,
         told TEXT,
         told_at INTEGER NOT NULL,
         PRIMARY KEY (receiver, alert)
       ) STRICT`,
      // Its second half: requests as they are made, until they are delivered or given up.
      `CREATE TABLE alert_notices (
         id TEXT PRIMARY KEY,
         receiver TEXT NOT NULL,
         group_key TEXT NOT NULL,
         body TEXT NOT NULL,
         resolves INTEGER NOT NULL,
         made_at INTEGER NOT NULL,
         attempts INTEGER NOT NULL,
         refusals INTEGER NOT NULL,
         next_at INTEGER NOT NULL,
         last_error TEXT,
         dead_at INTEGER
       ) STRICT`,
    ],
  },
  {
    version: 4,
    // The audit trail. Evidence, not prevention: who owns the file can drop the triggers, and the tree tells on him.
    statements: [
      // `facts` is JSON without the time (µs), `erased` JSON of the hashes that stand for erased fields.
      `CREATE TABLE audit_entry (
         sequence INTEGER PRIMARY KEY,
         time INTEGER NOT NULL,
         seed BLOB NOT NULL,
         leaf BLOB NOT NULL,
         facts TEXT NOT NULL,
         erased TEXT
       ) STRICT`,
      // Everything below this sequence is pruned, or about to be. One row.
      'CREATE TABLE audit_pruned (below INTEGER NOT NULL) STRICT',
      'INSERT INTO audit_pruned VALUES (1)',
      // Hashes of complete subtrees, of every eighth level: 256 leaves, 65,536, 16,777,216.
      `CREATE TABLE audit_node (
         level INTEGER NOT NULL,
         position INTEGER NOT NULL,
         hash BLOB NOT NULL,
         PRIMARY KEY (level, position)
       ) STRICT, WITHOUT ROWID`,
      // Leaf hashes of pruned rows, 256 in a row.
      'CREATE TABLE audit_leaves (position INTEGER PRIMARY KEY, leaves BLOB NOT NULL) STRICT',
      'CREATE TABLE audit_checkpoint (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL) STRICT',
      `CREATE TABLE audit_key (
         key TEXT PRIMARY KEY,
         body_hash BLOB NOT NULL,
         first INTEGER NOT NULL,
         count INTEGER NOT NULL
       ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX audit_key_first ON audit_key (first)',
      // The key of the index's hashes: nobody can write an entry whose words collide with what he chose. One row.
      'CREATE TABLE audit_index_key (key BLOB NOT NULL) STRICT',
      'INSERT INTO audit_index_key VALUES (randomblob(8))',
      // What entries are found by, a block of rows at a time. It can be made anew from the entries.
      `CREATE TABLE audit_block (
         block INTEGER PRIMARY KEY,
         min_time INTEGER NOT NULL,
         max_time INTEGER NOT NULL
       ) STRICT`,
      `CREATE TABLE audit_index (
         block INTEGER NOT NULL,
         bucket INTEGER NOT NULL,
         terms BLOB NOT NULL,
         PRIMARY KEY (block, bucket)
       ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE audit_facet (
         block INTEGER NOT NULL,
         field TEXT NOT NULL,
         labels TEXT NOT NULL,
         codes BLOB NOT NULL,
         PRIMARY KEY (block, field)
       ) STRICT, WITHOUT ROWID`,
      `CREATE TRIGGER audit_entry_insert BEFORE INSERT ON audit_entry
         WHEN NEW.sequence IS NOT coalesce(
           (SELECT max(sequence) FROM audit_entry),
           (SELECT below FROM audit_pruned) - 1
         ) + 1
         BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only: rows come in order, without a hole'); END`,
      `CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
         BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only: rows are never changed'); END`,
      // What proofs need of a row is kept before it goes: its leaf, among the 256 of its place.
      `CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
         WHEN OLD.sequence >= (SELECT below FROM audit_pruned) OR OLD.leaf IS NOT (
           SELECT substr(leaves, (OLD.sequence - 1) % 256 * 32 + 1, 32) FROM audit_leaves
           WHERE position = (OLD.sequence - 1) / 256
         )
         BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only: rows are only ever pruned, by segments'); END`,
      `CREATE TRIGGER audit_pruned_update BEFORE UPDATE ON audit_pruned
         WHEN NEW.below < OLD.below OR (NEW.below - 1) % ${SEGMENT_ROWS} <> 0
           OR NEW.below > coalesce((SELECT max(sequence) FROM audit_entry), OLD.below - 1) + 1
         BEGIN SELECT RAISE(ABORT, 'what was pruned stays pruned, and only whole segments of what is there are'); END`,
      `CREATE TRIGGER audit_leaves_insert BEFORE INSERT ON audit_leaves
         WHEN NEW.position * 256 + 256 >= (SELECT below FROM audit_pruned) OR length(NEW.leaves) <> 8192
           OR EXISTS (SELECT 1 FROM audit_leaves WHERE position = NEW.position)
         BEGIN SELECT RAISE(ABORT, 'audit_leaves is append-only: it takes what is pruned, once'); END`,
      // REPLACE would take a row away without a DELETE.
      `CREATE TRIGGER audit_node_insert BEFORE INSERT ON audit_node
         WHEN EXISTS (SELECT 1 FROM audit_node WHERE level = NEW.level AND position = NEW.position)
         BEGIN SELECT RAISE(ABORT, 'audit_node is append-only'); END`,
      `CREATE TRIGGER audit_checkpoint_insert BEFORE INSERT ON audit_checkpoint
         WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE id = NEW.id)
         BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END`,
      ...['audit_node', 'audit_leaves', 'audit_checkpoint'].flatMap((table) =>
        ['UPDATE', 'DELETE'].map(
          (change) =>
            `CREATE TRIGGER ${table}_${change.toLowerCase()} BEFORE ${change} ON ${table}
               BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`,
        ),
      ),
      ...['audit_pruned', 'audit_index_key'].flatMap((table) =>
        ['INSERT', 'DELETE', ...(table === 'audit_pruned' ? [] : ['UPDATE'])].map(
          (change) =>
            `CREATE TRIGGER ${table}_${change.toLowerCase()} BEFORE ${change} ON ${table}
               BEGIN SELECT RAISE(ABORT, '${table} keeps its one row'); END`,
        ),
      ),
    ],
  },
  {
    version: 5,
    // Health checks: what the API defined, what is known of each check, and its past. `definition`, `known`, `incident`
    // and `content` hold JSON; times are ms since 1970.
    statements: [
      `CREATE TABLE health_check (
         check_id TEXT PRIMARY KEY,
         definition TEXT NOT NULL,
         created_at INTEGER NOT NULL,
         changed_at INTEGER NOT NULL,
         changed_by TEXT NOT NULL
       ) STRICT`,
      'CREATE TABLE health_paused (check_id TEXT PRIMARY KEY, by TEXT NOT NULL, at INTEGER NOT NULL) STRICT',
      'CREATE TABLE health_judged (check_id TEXT PRIMARY KEY, known TEXT NOT NULL, at INTEGER NOT NULL) STRICT',
      // Changes of the word that a check is shown with, in the order in which they came.
      `CREATE TABLE health_transition (
         sequence INTEGER PRIMARY KEY,
         check_id TEXT NOT NULL,
         at INTEGER NOT NULL,
         word_before TEXT NOT NULL,
         word TEXT NOT NULL,
         reason TEXT
       ) STRICT`,
      'CREATE INDEX health_transition_check ON health_transition (check_id, sequence, at)',
      `CREATE TABLE health_incident (
         id TEXT PRIMARY KEY,
         check_id TEXT NOT NULL,
         started_at INTEGER NOT NULL,
         ended_at INTEGER,
         incident TEXT NOT NULL
       ) STRICT`,
      'CREATE INDEX health_incident_start ON health_incident (started_at)',
      'CREATE INDEX health_incident_check ON health_incident (check_id, started_at)',
      'CREATE INDEX health_incident_end ON health_incident (ended_at)',
      `CREATE TABLE health_window (
         id TEXT PRIMARY KEY,
         content TEXT NOT NULL,
         created_at INTEGER NOT NULL,
         ends_at INTEGER
       ) STRICT`,
      // When the server was last known to look. One row.
      'CREATE TABLE health_alive (at INTEGER NOT NULL) STRICT',
      'INSERT INTO health_alive VALUES (0)',
    ],
  },
  {
    version: 6,
    // Agents, operations, and what they keep. `record`, `progress` and `parameters` hold JSON; times are ms since 1970.
    statements: [
      // Which process writes: the one that began last. One row.
      'CREATE TABLE provisioning_epoch (epoch INTEGER NOT NULL, holder TEXT NOT NULL) STRICT',
      "INSERT INTO provisioning_epoch VALUES (0, '')",
      `CREATE TRIGGER provisioning_epoch_update BEFORE UPDATE ON provisioning_epoch WHEN NEW.epoch <= OLD.epoch
         BEGIN SELECT RAISE(ABORT, 'the epoch only grows'); END`,
      ...['INSERT', 'DELETE'].map(
        (change) =>
          `CREATE TRIGGER provisioning_epoch_${change.toLowerCase()} BEFORE ${change} ON provisioning_epoch
             BEGIN SELECT RAISE(ABORT, 'provisioning_epoch keeps its one row'); END`,
      ),
      // A transaction begins with the epoch of whoever writes: one that is not the newest aborts it.
      'CREATE VIEW provisioning_fence AS SELECT epoch FROM provisioning_epoch',
      `CREATE TRIGGER provisioning_fence_insert INSTEAD OF INSERT ON provisioning_fence
         WHEN NEW.epoch IS NOT (SELECT epoch FROM provisioning_epoch)
         BEGIN SELECT RAISE(ABORT, 'another process has taken over'); END`,
      `CREATE TABLE provisioning_agent (
         agent TEXT PRIMARY KEY,
         incarnation INTEGER NOT NULL,
         state TEXT NOT NULL,
         changed_at INTEGER NOT NULL,
         record TEXT NOT NULL CHECK (json_valid(record))
       ) STRICT`,
      // `progress` is what was told of the stages since `record` was written.
      `CREATE TABLE provisioning_operation (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         operation TEXT NOT NULL UNIQUE,
         agent TEXT,
         type TEXT NOT NULL,
         source TEXT NOT NULL,
         state TEXT NOT NULL,
         active INTEGER NOT NULL,
         ended_at INTEGER,
         record TEXT NOT NULL CHECK (json_valid(record)),
         progress TEXT CHECK (json_valid(progress))
       ) STRICT`,
      // Whatever else goes wrong: an agent never has two operations of ours under way.
      `CREATE UNIQUE INDEX provisioning_operation_one ON provisioning_operation (agent)
         WHERE active = 1 AND source = 'engine'`,
      'CREATE INDEX provisioning_operation_active ON provisioning_operation (active, sequence)',
      'CREATE INDEX provisioning_operation_agent ON provisioning_operation (agent, source, sequence)',
      'CREATE INDEX provisioning_operation_ended ON provisioning_operation (ended_at)',
      `CREATE TABLE provisioning_key (
         by TEXT NOT NULL,
         key TEXT NOT NULL,
         hash TEXT NOT NULL,
         operation TEXT NOT NULL,
         at INTEGER NOT NULL,
         PRIMARY KEY (by, key)
       ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX provisioning_key_at ON provisioning_key (at)',
      `CREATE TABLE provisioning_log (
         operation TEXT NOT NULL,
         n INTEGER NOT NULL,
         at INTEGER NOT NULL,
         stream TEXT NOT NULL,
         text TEXT NOT NULL,
         instance TEXT,
         stage TEXT,
         PRIMARY KEY (operation, n)
       ) STRICT, WITHOUT ROWID`,
      // How long stages took, ms.
      `CREATE TABLE provisioning_duration (
         id INTEGER PRIMARY KEY,
         kind TEXT NOT NULL,
         type TEXT NOT NULL,
         stage TEXT NOT NULL,
         at INTEGER NOT NULL,
         ms INTEGER NOT NULL
       ) STRICT`,
      'CREATE INDEX provisioning_duration_stage ON provisioning_duration (kind, type, stage, id)',
      `CREATE TABLE provisioning_configuration (
         agent TEXT NOT NULL,
         incarnation INTEGER NOT NULL,
         generation INTEGER NOT NULL,
         version TEXT NOT NULL,
         replicas INTEGER NOT NULL,
         at INTEGER NOT NULL,
         by TEXT NOT NULL,
         parameters TEXT NOT NULL CHECK (json_valid(parameters)),
         PRIMARY KEY (agent, incarnation, generation)
       ) STRICT, WITHOUT ROWID`,
      // Secrets of agents: each revision is whole. `origin` is the one that a value was sealed for. The token is of none.
      `CREATE TABLE provisioning_secret (
         agent TEXT NOT NULL,
         incarnation INTEGER NOT NULL,
         name TEXT NOT NULL,
         revision INTEGER NOT NULL,
         origin INTEGER NOT NULL,
         sealed BLOB NOT NULL,
         PRIMARY KEY (agent, incarnation, revision, name)
       ) STRICT, WITHOUT ROWID`,
      // A key that was made for an agent; NULL for those that people made.
      'ALTER TABLE api_keys ADD COLUMN agent TEXT',
    ],
  },
];
