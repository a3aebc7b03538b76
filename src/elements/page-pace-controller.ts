/** Renders an element anew when the page is paused or goes on, so that it can say so. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { pagePace } from '../a11y/page-pace.ts';

/** Knows whether the page is paused. */
export class PaceController implements ReactiveController {
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get paused(): boolean {
    return pagePace().pace.paused;
  }

  hostConnected(): void {
    pagePace().listeners.add(this.#renew);
  }

  hostDisconnected(): void {
    pagePace().listeners.delete(this.#renew);
  }

  readonly #renew = (): void => this.#host.requestUpdate();
}
