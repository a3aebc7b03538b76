/** Options that stand in the page as `<option>` and `<optgroup>`, read as a `<select>` would. */
import type { SelectorOption } from './option.ts';

/** What was read. */
export interface Slotted {
  readonly options: readonly SelectorOption[];
  /** Ids of those that are `selected`. */
  readonly selected: readonly string[];
}

/** Reads an element's children. `data-icon` and `data-state` give what `<option>` has no attribute for. */
export function readSlotted(host: Element): Slotted {
  const options: SelectorOption[] = [];
  const selected: string[] = [];
  for (const element of host.querySelectorAll('option')) {
    const group = element.parentElement instanceof HTMLOptGroupElement ? element.parentElement : undefined;
    const { icon, state } = element.dataset;
    options.push({
      id: element.value,
      label: element.label,
      disabled: element.disabled || group?.disabled === true,
      ...(icon && { icon }),
      ...(state && { state }),
      ...(group?.label && { group: group.label }),
    });
    if (element.defaultSelected) selected.push(element.value);
  }
  return { options, selected };
}

/** Watches an element's children. @returns stops. */
export function watchSlotted(host: Element, changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(host, { childList: true, subtree: true, characterData: true, attributes: true });
  return () => observer.disconnect();
}
