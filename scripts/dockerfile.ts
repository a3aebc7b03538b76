/** Reads a Dockerfile by the parser of Docker's own editor support. */
import { readFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';

/** One instruction of a stage. */
export interface Instruction {
  /** In capitals. */
  readonly name: string;
  /** What follows, as one line. */
  readonly text: string;
}

/** A Dockerfile of several stages. */
export interface Dockerfile {
  readonly text: string;
  readonly stages: number;
  /** Instructions of the first stage. */
  readonly first: readonly Instruction[];
  /** And of the last one, which becomes the image. */
  readonly last: readonly Instruction[];
}

/** @throws where the file has no stage. */
export function readDockerfile(path: string): Dockerfile {
  const text = readFileSync(path, 'utf8');
  const stages: Instruction[][] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const name = instruction.getKeyword();
    if (name === 'FROM') stages.push([]);
    const said = instruction.getTextContent().slice(instruction.getInstruction().length);
    stages.at(-1)?.push({ name, text: said.replaceAll(/\\\n/g, ' ').trim() });
  }
  const [first, last] = [stages[0], stages.at(-1)];
  if (!first || !last) throw new Error(`${path} has no stage`);
  return { text, stages: stages.length, first, last };
}
