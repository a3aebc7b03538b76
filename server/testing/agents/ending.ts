/** An agent for tests: it says a word and ends at once, with the exit code that it was given, or by the signal. */
const [how = '0'] = process.argv.slice(2);
process.stdout.write('said\nand unfinished');
if (/^\d+$/.test(how)) process.exitCode = Number(how);
else process.kill(process.pid, how);
