/**
 * What is made from the .proto files of OTLP: readers for what a request holds, writers for what answers it.
 *
 *     node scripts/otlp-codec.ts            says whether the codec is stale
 *     node scripts/otlp-codec.ts --write    writes it
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root, runNode, tool } from './run.ts';

const FOLDER = 'server/services/metrics/formats/otlp';
const CODEC = `${FOLDER}/codec.ts`;

/** Who is written for which direction: a reader that nobody calls would only be a wider door. */
const SOURCES = [
  { file: `${FOLDER}/request.proto`, leaveOut: '--no-write', pbf: 'PbfReader' },
  { file: `${FOLDER}/answer.proto`, leaveOut: '--no-read', pbf: 'PbfWriter' },
] as const;

const HEADER = `/** OTLP's messages on the wire. Made by scripts/otlp-codec.ts with pbf from the .proto files beside it: change those. */
import type { PbfReader, PbfWriter } from 'pbf';
`;

/** Types of protobuf that are numbers here. */
const NUMBERS = /^(double|float|u?int(32|64)|sint(32|64)|s?fixed(32|64))$/;

/** Whether the codec is what its sources say. */
export interface OtlpCodecCheck {
  readonly messages: number;
  readonly stale: boolean;
}

/** Compares the codec with what its sources say. @param write writes it when it is stale. */
export async function checkOtlpCodec(write = false): Promise<OtlpCodecCheck> {
  const path = join(root, CODEC);
  const text = await generateOtlpCodec();
  const stale = !existsSync(path) || readFileSync(path, 'utf8') !== text;
  if (stale && write) writeFileSync(path, text);
  return { messages: text.match(/^export interface /gm)?.length ?? 0, stale: stale && !write };
}

/** The codec as its sources say, formatted as the check wants it. */
export async function generateOtlpCodec(): Promise<string> {
  const parts = await Promise.all(
    SOURCES.map(async ({ file, leaveOut, pbf }) => {
      const { code, stdout, stderr } = await runNode([...tool('pbf'), join(root, file), leaveOut]);
      if (code !== 0) throw new Error(`${file}: ${stderr}`);
      return interfaces(readFileSync(join(root, file), 'utf8')) + typed(stdout, pbf);
    }),
  );
  const path = join(root, CODEC);
  return format(HEADER + parts.join('\n'), { ...(await resolveConfig(path)), filepath: path });
}

/** The functions that pbf makes, with the types that it leaves out. */
function typed(functions: string, pbf: string): string {
  return functions
    .replace(/^\/\/ .*\n/, '')
    .replace(
      /export function read(\w+)\(pbf, end\) \{\n {4}const obj = /g,
      (_, name: string) =>
        `export function read${name}(pbf: ${pbf}, end?: number): ${name} {\nconst obj: ${name} = `,
    )
    .replace(/let field;/g, 'let field: number;')
    .replace(
      /export function write(\w+)\(obj, pbf\)/g,
      (_, name: string) => `export function write${name}(obj: ${name}, pbf: ${pbf}): void`,
    );
}

/** An interface for each message. Of a oneof, a field beside its fields names the one that came. */
function interfaces(proto: string): string {
  return [...proto.matchAll(/^message (\w+) \{\n(.*?)^\}/gms)]
    .map(([, name, body = '']) => {
      const fields = [...body.matchAll(/^ +(repeated )?(\w+) (\w+) = \d+;/gm)];
      const types = fields.map(([, repeated, type = '', field]) => `${field}: ${typeOf(type, !!repeated)};`);
      const oneofs = [...body.matchAll(/^ {2}oneof (\w+) \{\n(.*?)^ {2}\}/gms)].map(
        ([, oneof, inner = '']) => {
          const names = [...inner.matchAll(/ (\w+) = \d+;/g)].map(([, field]) => `'${field}'`);
          return `${oneof}: ${names.join(' | ')} | undefined;`;
        },
      );
      return `export interface ${name} {\n${[...types, ...oneofs].join('\n')}\n}\n`;
    })
    .join('\n');
}

function typeOf(type: string, repeated: boolean): string {
  const plain =
    type === 'bool' ? 'boolean' : type === 'bytes' ? 'Uint8Array' : NUMBERS.test(type) ? 'number' : type;
  if (repeated) return `${plain}[]`;
  return plain === 'Uint8Array' || /^[A-Z]/.test(plain) ? `${plain} | undefined` : plain;
}

if (import.meta.main) {
  const { messages, stale } = await checkOtlpCodec(process.argv.includes('--write'));
  console.log(
    stale ? `${CODEC} is stale: node scripts/otlp-codec.ts --write` : `${messages} messages, fresh`,
  );
  process.exitCode = stale ? 1 : 0;
}
