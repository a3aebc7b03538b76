import { expect, fixture, html } from '@open-wc/testing';
import { FLEET, selectorPage } from '../../testing/selectors.ts';
import './define.ts';
import type { WaooawContextSelector } from './context-selector.ts';

async function inForm(
  attributes = html``,
): Promise<{ form: HTMLFormElement; element: WaooawContextSelector }> {
  void attributes;
  const form = await fixture<HTMLFormElement>(html`
    <form>
      <waooaw-context-selector
        name="who"
        label="Service"
        .options=${FLEET}
        value="pay"
      ></waooaw-context-selector>
    </form>
  `);
  const element = form.querySelector('waooaw-context-selector')!;
  await element.updateComplete;
  return { form, element };
}

const sent = (form: HTMLFormElement): string =>
  [...new FormData(form)].map(([, value]) => value as string).join();

describe('<waooaw-context-selector> in a form', () => {
  it('is sent under its name, one field for each id of several', async () => {
    const { form, element } = await inForm();
    expect([...new FormData(form)]).to.deep.equal([['who', 'pay']]);
    element.multiple = true;
    element.values = ['pay', 'ord'];
    await element.updateComplete;
    expect([...new FormData(form)]).to.deep.equal([
      ['who', 'pay'],
      ['who', 'ord'],
    ]);
    element.clear();
    expect(sent(form)).to.equal('');
    expect(element.form).to.equal(form);
  });

  it('goes back to its default with a reset', async () => {
    const { form, element } = await inForm();
    element.value = 'ord';
    form.reset();
    expect([element.value, sent(form)]).to.deep.equal(['pay', 'pay']);
  });

  it('takes back what the browser has kept', async () => {
    const { element } = await inForm();
    element.formStateRestoreCallback('{"ids":["canary"]}');
    expect(element.value).to.equal('canary');
    element.formStateRestoreCallback('zur');
    expect(element.value).to.equal('zur');
    element.multiple = true;
    element.formStateRestoreCallback('{"ids":[],"rule":{"all":true,"except":["pay"]}}');
    expect(element.values.length).to.equal(4);
  });

  it('is not valid while nothing is chosen and something must be, and says so once somebody was there', async () => {
    const { form, element } = await inForm();
    element.required = true;
    element.clear();
    await element.updateComplete;
    expect([form.checkValidity(), element.validity.valueMissing]).to.deep.equal([false, true]);
    await element.updateComplete;
    expect(element.shadowRoot?.querySelector('#message')?.textContent).to.equal('Choose something here.');
    expect(element.shadowRoot?.querySelector('#field')?.getAttribute('aria-invalid')).to.equal('true');
    element.value = 'pay';
    await element.updateComplete;
    expect([form.checkValidity(), element.willValidate, element.validationMessage]).to.deep.equal([
      true,
      true,
      '',
    ]);
    expect(element.shadowRoot?.querySelector('#message')).to.equal(null);
  });

  it('says nothing of it before', async () => {
    const page = await selectorPage(
      html`<waooaw-context-selector label="A" required></waooaw-context-selector>`,
    );
    expect(page.find('#message')).to.equal(null);
    page.input.focus();
    page.input.blur();
    await page.settle();
    expect(page.find('#message')).not.to.equal(null);
  });

  it('takes a problem of the host’s', async () => {
    const { element } = await inForm();
    element.setCustomValidity('Not that one');
    expect([element.checkValidity(), element.validationMessage]).to.deep.equal([false, 'Not that one']);
    expect(element.reportValidity()).to.equal(false);
    element.setCustomValidity('');
    expect(element.checkValidity()).to.equal(true);
  });

  it('is disabled with its fieldset, also while it is open', async () => {
    const page = await selectorPage(
      html`<fieldset>
        <waooaw-context-selector label="A" .options=${FLEET}></waooaw-context-selector>
      </fieldset>`,
    );
    await page.open();
    page.element.closest('fieldset')!.disabled = true;
    await page.settle();
    expect([page.element.open, page.input.disabled]).to.deep.equal([false, true]);
    page.element.show();
    expect(page.element.open).to.equal(false);
  });

  it('has the name of the page’s own label, and is focused by it', async () => {
    const page = await selectorPage(html`
      <label for="own">Who is it</label>
      <waooaw-context-selector id="own" preset="services" .options=${FLEET}></waooaw-context-selector>
    `);
    expect(page.find('#name')?.textContent).to.equal('Who is it');
    expect(page.element.labels.length).to.equal(1);
    document.querySelector('label')?.click();
    expect(document.activeElement).to.equal(page.element);
  });

  it('takes <option>s, what of them is selected, and what becomes of them', async () => {
    const page = await selectorPage(html`
      <waooaw-context-selector label="A" recent="none">
        <option value="a">One</option>
        <optgroup label="More">
          <option value="b" selected data-state="up" data-icon="B">Two</option>
        </optgroup>
        <optgroup label="None" disabled><option>Three</option></optgroup>
      </waooaw-context-selector>
    `);
    expect([page.element.value, page.text]).to.deep.equal(['b', 'Two']);
    await page.open();
    expect(page.labels).to.deep.equal(['One', 'Two', 'Three']);
    expect(page.all('[aria-disabled]').length).to.equal(1);
    page.element.append(new Option('Four', 'd'));
    await Promise.resolve();
    await page.settle();
    expect(page.labels).to.deep.equal(['One', 'Four', 'Two', 'Three']);
  });
});
