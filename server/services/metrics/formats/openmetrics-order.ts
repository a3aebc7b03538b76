/** The order of families: each stands together, its metadata first, and no two claim the same name. */
import type { Intake } from './format.ts';
import { Family, namesOf } from './openmetrics-family.ts';
import type { ClaimedName, OpenMetricsType } from './openmetrics-family.ts';

/** What a metadata line says. */
export type Said = { readonly name: string } & (
  | { readonly field: 'type'; readonly text: OpenMetricsType }
  | { readonly field: 'unit' | 'help'; readonly text: string }
);

/** What was said of a family so far. */
interface Header {
  readonly name: string;
  /** Where it began. */
  readonly line: number;
  type?: OpenMetricsType;
  unit?: string;
  help?: string;
}

/** What a family costs beside its name and help, about, bytes. */
const FAMILY_COST = 1_200;

/** The families of one source, and where in a body one is. */
export class FamilyOrder {
  readonly #known = new Map<string, Family>();
  readonly #names = new Map<string, ClaimedName>();
  #body = 0;
  #header: Header | undefined;
  /** The header's, from its first sample on. */
  #family: Family | undefined;
  #named = false;
  #cost = 0;
  /** The family whose samples are read; undefined before the first, and where they are not taken. */
  current: Family | undefined;
  /** Why the samples of the family that is read are not taken. */
  barred: string | undefined;

  get cost(): number {
    return this.#cost;
  }

  /** Before a body. */
  begin(body: number): void {
    this.#body = body;
    this.#open(undefined);
  }

  /**
   * Takes a metadata line.
   * @returns what is wrong with its place.
   */
  describe(said: Said, line: number, intake: Intake): string | undefined {
    const { name, field } = said;
    if (this.#header?.name !== name) {
      this.end(intake);
      this.#open({ name, line });
    } else if (this.#family) return `Expected the ${field.toUpperCase()} of ${name} before its samples`;
    const header = this.#header!;
    if (header[field] !== undefined) return `Expected one ${field.toUpperCase()} of ${name}`;
    if (said.field === 'type') header.type = said.text;
    else header[said.field] = said.text;
    return undefined;
  }

  /** The family that a sample of this name belongs to, which is then the current one; undefined where it is barred. */
  of(sample: string, line: number, intake: Intake): Family | undefined {
    if (this.#header && !this.#family) this.#settle(this.#header);
    if (!this.#family?.sample(sample)) {
      this.end(intake);
      const header = { name: sample, line };
      this.#open(header);
      this.#settle(header);
    }
    if (this.barred !== undefined) this.#named = true;
    return this.current;
  }

  /** Ends the family that is read. */
  end(intake: Intake): void {
    const header = this.#header;
    if (!header) return;
    if (!this.#family) this.#settle(header);
    if (this.barred !== undefined && !this.#named)
      intake.reject(`line ${header.line}`, 'bad_exposition', this.barred);
    this.#open(undefined);
  }

  /** After a body: forgets all others. */
  keep(kept: ReadonlySet<Family>): void {
    this.#names.clear();
    for (const [name, family] of this.#known) {
      if (kept.has(family)) for (const claimed of family.names) this.#names.set(claimed.name, claimed);
      else {
        this.#known.delete(name);
        this.#cost -= costOf(family);
      }
    }
  }

  #open(header: Header | undefined): void {
    this.#header = header;
    this.#family = this.current = this.barred = undefined;
    this.#named = false;
  }

  /** All is said: finds the family, or makes it where it was described otherwise before, and claims its names. */
  #settle({ name, type = 'unknown', unit, help }: Header): void {
    let family = this.#known.get(name);
    if (!family || family.type !== type || family.unit !== unit || family.help !== help) {
      const names = namesOf(name, type).map((claimed) => this.#name(claimed));
      if (family) this.#cost -= costOf(family);
      family = new Family(name, type, unit, help, names);
      this.#known.set(name, family);
      this.#cost += costOf(family);
    }
    this.#family = family;
    for (const claimed of family.names) {
      if (claimed.body === this.#body)
        this.barred ??= `Expected the name ${claimed.name} in one family, whose lines stand together`;
      claimed.body = this.#body;
    }
    if (unit && (type === 'info' || type === 'stateset'))
      this.barred ??= `Expected no UNIT of the ${type} ${name}`;
    if (this.barred === undefined) this.current = family;
  }

  #name(name: string): ClaimedName {
    let claimed = this.#names.get(name);
    if (!claimed) this.#names.set(name, (claimed = { name, body: 0 }));
    return claimed;
  }
}

function costOf({ name, help = '' }: Family): number {
  return FAMILY_COST + 8 * name.length + 2 * help.length;
}
