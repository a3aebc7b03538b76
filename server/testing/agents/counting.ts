/** An agent for tests: it writes so many numbered lines, and stays. */
const [count = '10'] = process.argv.slice(2);
for (let i = 1; i <= Number(count); i++) process.stdout.write(`line ${i}\n`);
process.stdout.write('ready\n');
setInterval(() => undefined, 60_000);
