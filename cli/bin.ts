#!/usr/bin/env node
/** The command's first lines: old enough syntax for an old Node to say that it is too old. */
const [major = 0] = process.versions.node.split('.').map(Number);

if (major < 24) {
  console.error(`waooaw needs Node 24 or newer; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
}

export {};
