/** An agent for tests: it ignores every request to end. */
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined);
setInterval(() => undefined, 60_000);
process.stdout.write('ready\n');
