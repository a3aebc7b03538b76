/** For tests: seals a text in a process of its own, and prints what came of it. */
import { SecretBox } from '../services/provisioning/secret-box.ts';

const [file = '', text = ''] = process.argv.slice(2);
const sealed = new SecretBox(file).seal(text, 'a');
process.stdout.write(`sealed ${Buffer.from(sealed).toString('base64')}\n`);
