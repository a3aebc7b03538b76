import { expect, fixture, html } from '@open-wc/testing';
import { focusBefore, focusBehind } from './neighbours.ts';

/** Puts markup on the page; `<template shadowrootmode>` in it becomes a shadow root. */
async function put(markup: string): Promise<HTMLElement> {
  const page = await fixture<HTMLElement>(html`<div></div>`);
  page.setHTMLUnsafe(markup);
  return page;
}

/** Id of what has the focus, however deep it stands. */
function focused(): string {
  let at: Element | null = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.id ?? '';
}

/** From `#here`, wherever that stands. */
function leave(here: HTMLElement, where: 'behind' | 'before', fallback: HTMLElement | null = null): string {
  (document.activeElement as HTMLElement | null)?.blur();
  (where === 'behind' ? focusBehind : focusBefore)(here, fallback);
  return focused();
}

const find = (root: ParentNode, id: string): HTMLElement => root.querySelector<HTMLElement>(`#${id}`)!;

describe('the controls beside an element', () => {
  it('are the nearest ones on each side, and none within it', async () => {
    const page = await put(
      `<a id="a" href="#">A</a><input id="b"><p>Text</p>
       <div id="here"><button id="in">In</button></div>
       <section><div><select id="c"></select></div></section><button id="d">D</button>`,
    );
    expect(leave(find(page, 'here'), 'behind')).to.equal('c');
    expect(leave(find(page, 'here'), 'before')).to.equal('b');
  });

  it('are none that cannot take the focus', async () => {
    const not = (n: number): string => `
      <button disabled id="x${n}1">1</button>
      <fieldset disabled><button id="x${n}2">2</button></fieldset>
      <div inert><button id="x${n}3">3</button></div>
      <button tabindex="-1" id="x${n}4">4</button>
      <button style="display: none" id="x${n}5">5</button>
      <div style="visibility: hidden"><button id="x${n}6">6</button></div>
      <a id="x${n}7">7</a><p contenteditable="false" id="x${n}8">8</p>
      <svg width="9" height="9"><a href="#" id="x${n}9"></a></svg>`;
    const page = await put(
      `<button id="left">L</button>${not(0)}<div id="here"></div>${not(1)}<button id="right">R</button>`,
    );
    expect(leave(find(page, 'here'), 'behind')).to.equal('right');
    expect(leave(find(page, 'here'), 'before')).to.equal('left');
  });

  it('are found in the shadow roots of others', async () => {
    const root = (id: string): string =>
      `<div><template shadowrootmode="open"><p>Text</p><button id="${id}1">1</button><button id="${id}2">2</button></template></div>`;
    const page = await put(`${root('l')}<div id="here"></div>${root('r')}`);
    expect(leave(find(page, 'here'), 'behind')).to.equal('r1');
    expect(leave(find(page, 'here'), 'before')).to.equal('l2');
  });

  it('are found outside of the shadow root that the element stands in, closed ones too', async () => {
    for (const mode of ['open', 'closed'] as const) {
      const page = await put(
        '<button id="left">L</button><div id="host"></div><button id="right">R</button>',
      );
      const shadow = find(page, 'host').attachShadow({ mode });
      shadow.innerHTML = '<div><div id="here"></div></div>';
      const here = find(shadow, 'here');
      expect(leave(here, 'behind'), mode).to.equal('right');
      expect(leave(here, 'before'), mode).to.equal('left');
    }
  });

  it('are in the order in which slots show them, not in that of the markup', async () => {
    const page = await put(
      `<div><template shadowrootmode="open">
         <slot name="second"></slot><button id="own">Own</button><slot><button id="spare">Spare</button></slot>
       </template><div id="here"></div><button id="z" slot="second">Z</button></div><button id="last">Last</button>`,
    );
    expect(leave(find(page, 'here'), 'behind'), 'behind the last slot the host ends').to.equal('last');
    expect(leave(find(page, 'here'), 'before')).to.equal('own');
    find(page, 'here').slot = 'second';
    expect(leave(find(page, 'here'), 'behind'), 'beside it in its slot').to.equal('z');
    find(page, 'z').remove();
    expect(leave(find(page, 'here'), 'behind')).to.equal('own');
    find(find(page, 'here').parentElement!.shadowRoot!, 'own').remove();
    expect(leave(find(page, 'here'), 'behind'), 'what a slot shows where nothing is slotted').to.equal(
      'spare',
    );
  });

  it('may be what holds the element, going backwards', async () => {
    const page = await put('<div tabindex="0" id="outer"><p><span id="here"></span></p></div>');
    expect(leave(find(page, 'here'), 'before')).to.equal('outer');
  });

  it('may be a host that hands the focus on', async () => {
    const page = await put(
      `<div id="here"></div><div id="host" tabindex="0">
       <template shadowrootmode="open" shadowrootdelegatesfocus><input id="first"></template></div>`,
    );
    expect(leave(find(page, 'here'), 'behind')).to.equal('first');
  });

  it('are what is named instead, where there are none', async () => {
    const page = await put('<div id="here"></div><p id="instead" tabindex="-1">Text</p>');
    for (const where of ['behind', 'before'] as const)
      expect(leave(find(page, 'here'), where, find(page, 'instead'))).to.equal('instead');
    expect(leave(find(page, 'here'), 'behind'), 'nothing at all').to.equal('');
  });
});
