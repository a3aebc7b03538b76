/** What a selector is to a form: its value, its validity, and what the browser may bring back. */
import type { Choice } from './choice.ts';

/** How the choice is judged. */
export interface Judgement {
  readonly choice: Choice;
  readonly required: boolean;
  readonly missing: string;
  /** Where the browser shows its message. */
  readonly anchor: HTMLElement | undefined;
}

/** One field. */
export class FormField {
  /** By the host; empty: nothing is wrong. */
  custom = '';
  /** Somebody was here: from now on it is said what is missing. */
  visited = false;
  /** With its form or fieldset. */
  disabled = false;
  readonly #internals: ElementInternals;
  readonly #judgement: () => Judgement;

  /** @param judgement asked anew whenever it is needed. */
  constructor(internals: ElementInternals, judgement: () => Judgement) {
    this.#internals = internals;
    this.#judgement = judgement;
  }

  /** What is said in view of what is wrong. */
  get message(): string {
    return this.visited ? this.#internals.validationMessage : '';
  }

  /** @param name of the field, under which each id of several is sent. */
  submit({ ids, rule }: Choice, several: boolean, name: string): void {
    const state = JSON.stringify({ ids, rule });
    if (ids.length === 0) this.#internals.setFormValue(null, state);
    else if (!several) this.#internals.setFormValue(ids[0] ?? null, state);
    else {
      const data = new FormData();
      for (const id of ids) data.append(name, id);
      this.#internals.setFormValue(data, state);
    }
  }

  /** @returns what the browser knows then. */
  judge(): ElementInternals {
    const { choice, required, missing, anchor } = this.#judgement();
    const valueMissing = required && choice.ids.length === 0;
    const message = this.custom || (valueMissing ? missing : '');
    if (message)
      this.#internals.setValidity({ valueMissing, customError: this.custom !== '' }, message, anchor);
    else this.#internals.setValidity({});
    return this.#internals;
  }
}

/** Reads what {@link FormField.submit} left with the browser; a plain text is an id. */
export function readState(state: unknown): { readonly ids: readonly unknown[]; readonly rule?: unknown } {
  if (typeof state !== 'string') return { ids: [] };
  try {
    const { ids, rule } = JSON.parse(state) as { ids?: unknown; rule?: unknown };
    return { ids: Array.isArray(ids) ? (ids as unknown[]) : [], rule };
  } catch {
    return { ids: [state] };
  }
}
