import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import type { TimelineActor } from '../../protocol/timeline.ts';
import { AA_TEXT, AA_GRAPHICS, contrast, parseColor } from '../../testing/contrast.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { until } from '../../testing/until.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { avatarStyles, avatarView, initialsOf, pictureOf, toneOf } from './avatar.ts';
import { timelineMessages } from './words.ts';

const texts = timelineMessages.get('en');
const KINDS = ['user', 'service', 'agent', 'system', 'anonymous'] as const;
const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

class AvatarPage extends LitElement {
  static override styles = [tokens, surfaces, avatarStyles];
  static override properties = { actors: { attribute: false }, named: { type: Boolean } };
  declare actors: readonly (TimelineActor | undefined)[];
  declare named: boolean;

  constructor() {
    super();
    this.actors = [];
    this.named = false;
  }

  protected override render(): TemplateResult {
    return html`${this.actors.map((actor) => avatarView(actor, texts, this.named))}`;
  }
}
customElements.define('test-avatars', AvatarPage);

async function show(...actors: (TimelineActor | undefined)[]): Promise<AvatarPage> {
  return fixture<AvatarPage>(html`<test-avatars .actors=${actors}></test-avatars>`);
}

const all = (page: AvatarPage, selector: string): HTMLElement[] => [
  ...page.renderRoot.querySelectorAll<HTMLElement>(selector),
];

before(followColorScheme);
afterEach(() => emulateMedia(MEDIA.light));

describe('initials', () => {
  for (const [name, initials] of [
    ['Ada Lovelace', 'AL'],
    ['ana', 'A'],
    ['Juan Carlos de la Cruz', 'JC'],
    ['pay-agent-7', 'P7'],
    ['ops@example.org', 'OO'],
    ['Žofie Ńowak', 'ŽŃ'],
    ['李 小龍', '李小'],
    ['क्षमा शर्मा', 'क्षश'],
    ['👩‍🚀 Ana', '👩‍🚀'],
    ['\u202egnp.exe\u0000', 'GE'],
    ['(the) [bot]', 'TB'],
    ['', '?'],
    ['···', '?'],
  ] as const) {
    it(`of "${name}" are ${initials}`, () => expect(initialsOf(name)).to.equal(initials));
  }

  it('of a name without an end come at once', () => {
    expect(initialsOf(`x ${'y'.repeat(5_000_000)}`)).to.equal('XY');
  });
});

describe('an avatar', () => {
  it('says what kind of actor it is by its shape and in words', async () => {
    const page = await show(...KINDS.map((kind) => ({ name: 'Ana', kind })), undefined);
    const labels = all(page, '[role=img]').map((one) => one.getAttribute('aria-label'));
    expect(labels).to.deep.equal([
      'Ana, Person',
      'Ana, Service',
      'Ana, Agent',
      'Ana, System',
      'Ana, Anonymous',
      'Anonymous',
    ]);
    const shapes = all(page, 'path').map((path) => path.getAttribute('d'));
    expect(new Set(shapes.slice(0, 4)).size).to.equal(4);
    expect(all(page, '.anonymous').length).to.equal(2);
  });

  it('says the kind alone where the name stands beside it', async () => {
    const page = await show({ name: 'Ana', kind: 'agent' });
    page.named = true;
    await page.updateComplete;
    expect(all(page, '[role=img]')[0]?.getAttribute('aria-label')).to.equal('Agent');
  });

  it('takes a kind that it does not know for an anonymous one', async () => {
    const page = await show({ name: 'x', kind: 'toString' } as unknown as TimelineActor);
    expect(all(page, '.anonymous').length).to.equal(1);
  });

  it('has the same colour for the same id, and all colours for many', () => {
    expect(toneOf('ana')).to.equal(toneOf('ana'));
    const tones = new Set(Array.from({ length: 200 }, (_, i) => toneOf(`agent-${i}`)));
    expect([...tones].sort()).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`has enough contrast in all its colours in the ${theme} theme, and passes axe`, async () => {
      await emulateMedia(MEDIA[theme]);
      const ids = Array.from({ length: 60 }, (_, i) => ({
        id: `a${i}`,
        name: `A ${i}`,
        kind: 'agent' as const,
      }));
      const page = await show(...ids);
      for (const avatar of all(page, '.avatar')) {
        const svg = getComputedStyle(avatar.querySelector('svg')!);
        const fill = parseColor(svg.fill);
        expect(contrast(parseColor(getComputedStyle(avatar).color), fill)).to.be.at.least(AA_TEXT);
        const ground = parseColor(theme === 'dark' ? '#18181b' : '#ffffff');
        expect(contrast(parseColor(svg.stroke), ground), avatar.className).to.be.at.least(AA_GRAPHICS);
      }
      await expect(page).to.be.accessible();
    });
  }

  it('shows the picture, and the initials below one that cannot be had', async () => {
    const page = await show(
      { name: 'Ana', avatar: PIXEL },
      { name: 'Bob', avatar: 'data:image/png,nothing' },
    );
    await until(() => all(page, 'img[hidden]').length === 1, 'the broken one is hidden');
    expect(all(page, 'img:not([hidden])')[0]?.getAttribute('src')).to.equal(PIXEL);
    expect(all(page, '.initials').map((one) => one.textContent)).to.deep.equal(['A', 'B']);
    expect(pictureOf('data:image/png,nothing')).to.equal(undefined);
  });

  it('shows the next picture in the place of a broken one', async () => {
    const page = await show({ name: 'Bob', avatar: 'data:image/png,nothing2' });
    await until(() => all(page, 'img[hidden]').length === 1, 'it is hidden');
    page.actors = [{ name: 'Ana', avatar: PIXEL }];
    await page.updateComplete;
    expect(all(page, 'img')[0]?.hidden).to.equal(false);
  });

  it('asks for nothing that is no picture on the web', () => {
    for (const address of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      '',
      'http://[',
      7,
    ])
      expect(pictureOf(address), String(address)).to.equal(undefined);
    for (const address of ['https://a.example/x.png', '/me.png', 'me.png', PIXEL])
      expect(pictureOf(address)).to.equal(address);
  });
});
