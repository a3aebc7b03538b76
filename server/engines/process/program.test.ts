import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { findProgram, limitCommand } from './program.ts';

function tools(...names: string[]): string {
  const folder = temporaryFolder();
  for (const name of names) writeFileSync(join(folder, name), '', { mode: 0o755 });
  return folder;
}

describe('findProgram', () => {
  it('finds what may be executed: by the path, or from the folder where it will run', () => {
    const first = tools('one');
    const second = tools('one', 'two');
    const path = `${join(first, 'nowhere')}::${first}:${second}`;
    assert.equal(findProgram('one', path, '/'), join(first, 'one'));
    assert.equal(findProgram('two', path, '/'), join(second, 'two'));
    assert.equal(findProgram('three', path, '/'), undefined);
    assert.equal(findProgram('./two', '', second), join(second, 'two'));
    assert.equal(findProgram(join(second, 'two'), '', '/'), join(second, 'two'));
    assert.equal(findProgram('two', '', second), undefined, 'an empty path is no folder');
    writeFileSync(join(first, 'text'), '', { mode: 0o644 });
    mkdirSync(join(first, 'folder'));
    symlinkSync(join(first, 'nowhere'), join(first, 'link'));
    for (const name of ['text', 'folder', 'link']) assert.equal(findProgram(name, first, '/'), undefined);
  });
});

describe('limitCommand', () => {
  it('leaves a command without limits as it is', () => {
    const command = ['/bin/agent', '--flag'];
    assert.deepEqual(limitCommand(command, {}, '/none'), { command, missing: [] });
    assert.deepEqual(limitCommand(command, { memoryBytes: 1, nice: 0 }, '/none'), { command, missing: [] });
  });

  it('puts before it what keeps it within them', () => {
    const path = tools('nice', 'prlimit');
    const resources = { openFiles: 10, processes: 20, cpuSeconds: 30, fileBytes: 40, nice: 5 };
    assert.deepEqual(limitCommand(['/bin/agent', '-x'], resources, path), {
      command: [
        join(path, 'nice'),
        '-n',
        '5',
        join(path, 'prlimit'),
        '--nofile=10',
        '--nproc=20',
        '--cpu=30:35',
        '--fsize=40',
        '--',
        '/bin/agent',
        '-x',
      ],
      missing: [],
    });
  });

  it('says what is missing, and runs it without', () => {
    const limited = limitCommand(['/bin/agent'], { openFiles: 1, nice: 1 }, tools());
    assert.deepEqual(limited, { command: ['/bin/agent'], missing: ['nice', 'prlimit'] });
  });
});
