/** Ties an element to a selection: finds its context, across moves in the DOM and late providers, and hears of changes. */
import { ContextEvent } from '@lit/context';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { PageContext } from '../context/context.ts';
import { pageContext } from '../context/page-context.ts';
import type { Selection } from '../context/selection.ts';
import { selectionContext } from './selection-context.ts';

/** Follows one selection for one element. */
export class ContextController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #nameOf: () => string | null;
  readonly #changed: (() => void) | undefined;
  #name: string | null = null;
  #context: PageContext | undefined;
  /** What the host knows of. */
  #told: Selection | undefined;
  #unsubscribe: (() => void) | undefined;
  #unprovide: (() => void) | undefined;

  /**
   * @param nameOf the context's name (an empty one is `default`), or null to follow none. Asked with each update.
   * @param changed called when the selection is another one, before the host updates.
   */
  constructor(host: ReactiveControllerHost & HTMLElement, nameOf: () => string | null, changed?: () => void) {
    this.#host = host;
    this.#nameOf = nameOf;
    this.#changed = changed;
    host.addController(this);
  }

  /** What is chosen; undefined while none is followed. */
  get selection(): Selection | undefined {
    return this.#context?.get();
  }

  /** The context that is followed, to be changed. */
  get context(): PageContext | undefined {
    return this.#context;
  }

  hostConnected(): void {
    document.addEventListener('context-provider', this.#provided);
    this.#find();
  }

  hostDisconnected(): void {
    document.removeEventListener('context-provider', this.#provided);
    this.#forget();
    this.#name = null;
  }

  hostUpdate(): void {
    this.follow();
  }

  /** Asks for the name anew, for hosts that need the selection before controllers are told of the update. */
  follow(): void {
    if (this.#host.isConnected && this.#nameOf() !== this.#name) this.#find();
  }

  /** A provider that came after us may enclose us. */
  readonly #provided = (event: Event): void => {
    const { context } = event as Event & { readonly context?: unknown };
    if (this.#name !== null && context === selectionContext(this.#name)) this.#find();
  };

  #find(): void {
    this.#forget();
    const name = (this.#name = this.#nameOf());
    if (name === null) return this.#use(undefined);
    let asking = true;
    let enclosed = false;
    let found: PageContext | undefined;
    const provided = (context: PageContext | undefined, unsubscribe?: () => void): void => {
      // A nearer provider that came later takes us over from the one before.
      if (unsubscribe !== this.#unprovide) this.#unprovide?.();
      this.#unprovide = unsubscribe;
      enclosed = true;
      found = context;
      if (!asking) this.#use(context);
    };
    this.#host.dispatchEvent(new ContextEvent(selectionContext(name), this.#host, provided, true));
    asking = false;
    // An enclosing provider that has no context to offer yet will have one.
    this.#use(enclosed ? found : pageContext(name));
  }

  #forget(): void {
    this.#unprovide?.();
    this.#unprovide = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #use(context: PageContext | undefined): void {
    this.#unsubscribe?.();
    this.#context = context;
    this.#unsubscribe = context?.subscribe(() => this.#tell());
    this.#tell();
  }

  #tell(): void {
    if (this.selection === this.#told) return;
    this.#told = this.selection;
    this.#changed?.();
    this.#host.requestUpdate();
  }
}
