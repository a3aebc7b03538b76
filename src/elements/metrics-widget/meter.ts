/** A number between real bounds is a meter (WAI-ARIA 1.2); any other is text. */

/** What a meter says. */
export interface Reading {
  readonly min: number;
  readonly max: number;
  readonly value: number;
  /** The value with its unit. */
  readonly text: string;
}

/** Makes an element a meter, or plain text again. Its name is the label's. Writes only what differs. */
export function setMeter(element: Element, reading: Reading | undefined): void {
  const { min = 0, max = 0, value = 0, text = '' } = reading ?? {};
  const attributes = {
    role: 'meter',
    'aria-labelledby': 'label',
    'aria-valuemin': min,
    'aria-valuemax': max,
    'aria-valuenow': Math.min(max, Math.max(min, value)),
    'aria-valuetext': text,
  };
  for (const [name, said] of Object.entries(attributes)) {
    if (!reading) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(said)) element.setAttribute(name, String(said));
  }
}
