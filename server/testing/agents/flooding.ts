/** An agent for tests: it writes as much as it is let, and never ends by itself. */
const block = Array.from({ length: 500 }, (_, i) => `line ${i} ${'x'.repeat(100)}\n`).join('');

function write(): void {
  while (process.stdout.write(block));
  process.stdout.once('drain', write);
}

write();
