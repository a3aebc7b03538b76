/**
 * Three ways to show the same thing: our element; a custom element written by hand, with a shadow root, the same sheet
 * and the same markup, but no framework; and plain elements with that sheet on the page. The markup of the other two is
 * taken from what our element rendered, so that they stay alike.
 */
import type { CSSResult } from 'lit';
import { WaooawMetricsWidget } from '../../src/elements/metrics-widget/metrics-widget.ts';
import { WaooawStatusBadge } from '../../src/elements/status-badge/status-badge.ts';
import type { BucketRow } from '../../src/protocol/index.ts';

/** What a badge or a card shows. */
export interface Shown {
  readonly label: string;
  /** A badge's. */
  readonly state: 'running' | 'maintenance';
  /** A card's number, and its past. */
  readonly value: number;
  readonly rows: readonly BucketRow[];
}

/** Makes one, and changes what it shows. */
export interface Way {
  make(shown: Shown): HTMLElement;
  update(element: HTMLElement, shown: Shown): void;
}

export const KINDS = ['badge', 'widget'] as const;
export type Kind = (typeof KINDS)[number];

export const WAYS = ['ours', 'by hand', 'plain'] as const;
export type WayName = (typeof WAYS)[number];

/** Every way of one kind. */
export async function waysOf(kind: Kind): Promise<Record<WayName, Way>> {
  const ours = kind === 'badge' ? BADGE : WIDGET;
  const fill = kind === 'badge' ? await badgeFiller() : fillCard;
  const markup = await markupOf(ours);
  const sheets = (kind === 'badge' ? WaooawStatusBadge : WaooawMetricsWidget).elementStyles as CSSResult[];
  return {
    ours,
    'by hand': byHand(`bench-${kind}`, markup, sheets, fill),
    plain: plain(kind, markup, sheets, fill),
  };
}

type Fill = (root: ParentNode, shown: Shown) => void;

const BADGE: Way = {
  make: (shown) => fillBadge(document.createElement('waooaw-status-badge'), shown),
  update: (element, shown) => void fillBadge(element as WaooawStatusBadge, shown),
};

function fillBadge(badge: WaooawStatusBadge, { label, state }: Shown): HTMLElement {
  badge.label = label;
  badge.state = state;
  return badge;
}

const WIDGET: Way = {
  make: (shown) => fillWidget(document.createElement('waooaw-metrics-widget'), shown),
  update: (element, shown) => void fillWidget(element as WaooawMetricsWidget, shown),
};

function fillWidget(widget: WaooawMetricsWidget, { label, value, rows }: Shown): HTMLElement {
  return Object.assign(widget, { label, value, rows, unit: 'count', window: 120 });
}

/** What a card by hand writes: the number, the range, and a line in SVG instead of on a canvas. */
function fillCard(root: ParentNode, { label, value, rows }: Shown): void {
  set(root, '.label', label);
  set(root, '.value > span', String(Math.round(value)));
  let min = Infinity;
  let max = -Infinity;
  for (const row of rows) {
    min = Math.min(min, row[1] ?? 0);
    max = Math.max(max, row[1] ?? 0);
  }
  set(root, '.range > span', `${Math.round(min)} – ${Math.round(max)}`);
  const height = max - min || 1;
  const points = rows.map((row, i) => `${i},${(48 - (((row[1] ?? 0) - min) / height) * 48).toFixed(1)}`);
  root.querySelector('polyline')?.setAttribute('points', points.join(' '));
}

/** A badge's figures by state, as ours draws them. */
async function badgeFiller(): Promise<Fill> {
  const looks = new Map<string, { path: string; figure: string; tone: string; word: string }>();
  for (const state of ['running', 'maintenance'] as const) {
    const root = await rendered(BADGE, { label: 'x', state, value: 0, rows: [] });
    looks.set(state, {
      path: root.querySelector('path')!.getAttribute('d')!,
      figure: root.querySelector('svg')!.getAttribute('class')!,
      tone: root.querySelector('.badge')!.className,
      word: root.querySelector('.state')!.textContent,
    });
  }
  return (root, { label, state }) => {
    const look = looks.get(state)!;
    root.querySelector('.badge')!.className = look.tone;
    root.querySelector('svg')!.setAttribute('class', look.figure);
    root.querySelector('path')!.setAttribute('d', look.path);
    set(root, '.label', label);
    set(root, '.state', look.word);
  };
}

function set(root: ParentNode, selector: string, text: string): void {
  const element = root.querySelector(selector);
  if (element && element.textContent !== text) element.textContent = text;
}

async function rendered(way: Way, shown: Shown): Promise<ShadowRoot> {
  const element = way.make(shown) as WaooawStatusBadge | WaooawMetricsWidget;
  document.body.append(element);
  await element.updateComplete;
  element.remove();
  return element.shadowRoot!;
}

async function markupOf(way: Way): Promise<HTMLTemplateElement> {
  const rows = [
    [1_000, 1],
    [2_000, 2],
  ];
  const root = await rendered(way, { label: 'label', state: 'running', value: 1, rows });
  const template = document.createElement('template');
  template.innerHTML = root.innerHTML.replace(/<!--.*?-->/g, '').replace(/<\/?slot>/g, '');
  const chart = template.content.querySelector('.chart');
  if (chart) {
    chart.innerHTML =
      '<svg width="100%" height="100%" viewBox="0 0 120 48" preserveAspectRatio="none"><polyline fill="none" stroke="currentColor"/></svg>';
  }
  return template;
}

function byHand(tag: string, markup: HTMLTemplateElement, sheets: CSSResult[], fill: Fill): Way {
  const adopted = sheets.map(({ styleSheet }) => styleSheet!);
  customElements.define(
    tag,
    class extends HTMLElement {
      shown: Shown | undefined;
      connectedCallback(): void {
        if (this.shadowRoot) return;
        const root = this.attachShadow({ mode: 'open' });
        root.adoptedStyleSheets = adopted;
        root.append(document.importNode(markup.content, true));
        if (this.shown) fill(root, this.shown);
      }
    },
  );
  return {
    make: (shown) => Object.assign(document.createElement(tag), { shown }),
    update: (element, shown) => fill(element.shadowRoot!, shown),
  };
}

function plain(kind: Kind, markup: HTMLTemplateElement, sheets: CSSResult[], fill: Fill): Way {
  const style = document.createElement('style');
  const css = sheets.map(({ cssText }) => cssText).join('\n');
  style.textContent = css
    .replace(/:host\(([^)]*)\)/g, `.${kind}-host$1`)
    .replaceAll(':host', `.${kind}-host`);
  document.head.append(style);
  return {
    make(shown) {
      const host = document.createElement(kind === 'badge' ? 'span' : 'div');
      host.className = `${kind}-host`;
      host.append(document.importNode(markup.content, true));
      fill(host, shown);
      return host;
    },
    update: fill,
  };
}
