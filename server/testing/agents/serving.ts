/** An agent for tests: says what it was given, answers on its port (with `ANSWER`), and ends when it is asked to. */
import { createServer } from 'node:http';

const { PORT, HOST, ANSWER = 'hello' } = process.env;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

process.on('SIGTERM', () => {
  say('goes');
  process.exit(0);
});
say(`pid ${process.pid}`);
say(`arguments ${JSON.stringify(process.argv.slice(2))}`);
say(`environment ${JSON.stringify(process.env)}`);
say(`folder ${process.cwd()}`);
process.stderr.write('to stderr\n');
if (PORT === undefined) {
  setInterval(() => undefined, 60_000);
  say('ready');
} else {
  createServer((_, response) => response.end(ANSWER)).listen(Number(PORT), HOST, () => say('ready'));
}
