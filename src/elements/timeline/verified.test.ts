import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import type { AuditPage, AuditProof } from '../../protocol/audit.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { setMessages } from '../../i18n/messages.ts';
import { startTranslation } from '../../i18n/translate.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { newServer, stopServer } from '../../testing/server.ts';
import { Signer } from '../../testing/signer.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { Trail, someEntries } from '../../testing/trail.ts';
import { until } from '../../testing/until.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { eventOf } from './audit-events.ts';
import { whyOf } from './details-proof.ts';
import { detailsView, styles } from './details.ts';
import { timelineAuditMessages } from './audit-words.ts';
import { timelineDetailsMessages } from './details-words.ts';
import type { ServerApi } from '../server-api.ts';
import type { Verified } from './verified-state.ts';
import { checkEvent } from './verified.ts';

before(startTranslation);

const signer = new Signer();
const trail = new Trail(signer, someEntries(7));
const texts = timelineDetailsMessages.get('en');

const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

/** A server that answers as ours does, with what a test makes of it. */
function serverOf(
  proof: (sequence: number) => unknown = (sequence) => trail.proof(sequence),
  verifier = signer.verifier,
): ServerApi & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    get: async (path) => {
      asked.push(path);
      const [, sequence] = /^\/audit\/entries\/(\d+)\/proof$/.exec(path) ?? [];
      if (path === '/audit/keys') return Promise.resolve(answer({ keys: [{ verifier, since: 0 }] }));
      const made = proof(Number(sequence));
      return Promise.resolve(made instanceof Response ? made : answer(made));
    },
  };
}

const shown = (sequence = 4): TimelineEvent => eventOf(trail.proof(sequence).entry, 'en');

const check = (
  event: TimelineEvent,
  api: ServerApi,
  keys: readonly string[] = [signer.verifier],
): Promise<Verified> => checkEvent(event, { api, keys, locale: 'en' });

describe('checking an event against the trail', () => {
  it('finds every entry that stands in it, by a key that the page pins', async () => {
    const api = serverOf();
    for (let sequence = 1; sequence <= 7; sequence += 1) {
      expect(await check(shown(sequence), api)).to.deep.equal({
        state: 'verified',
        size: 7,
        key: 'waooaw/audit',
        pinned: true,
      });
    }
    expect(api.asked).not.to.include('/audit/keys');
  });

  it('takes the server’s own key where none is pinned, and says so', async () => {
    const verified = await check(shown(), serverOf(), []);
    expect(verified).to.deep.include({ state: 'verified', pinned: false });
    expect(whyOf(verified, { texts, locale: 'en' })).to.contain(
      'Checked against the server’s own key; pin a key to trust nobody.',
    );
  });

  it('holds for who may not see all of the entry', async () => {
    const proof = trail.proof(5, ['actor', 'before', 'ip']);
    const verified = await check(
      eventOf(proof.entry, 'en'),
      serverOf(() => proof),
    );
    expect(verified.state).to.equal('verified');
  });

  for (const [what, change] of [
    ['time', { time: 1 }],
    ['type', { type: 'delete' }],
    ['title', { title: 'Bob upgraded agent-3' }],
    ['description', { description: 'nothing to see here' }],
    ['actor', { actor: { id: 'bob', name: 'Bob', kind: 'user' } }],
    ['status', { status: 'failed' }],
    ['before', { before: { version: '1', hidden: true } }],
    ['after', { after: undefined }],
    ['details', { details: { level: 'critical' } }],
    ['tags', { tags: { agent: 'other' } }],
    ['href', { href: 'https://evil.example' }],
    ['durationMs', { durationMs: 1 }],
  ] as const) {
    it(`fails where another ${what} is shown than was proven`, async () => {
      const event = { ...shown(), ...change } as TimelineEvent;
      expect(await check(event, serverOf())).to.deep.equal({ state: 'failed', differs: [what] });
    });
  }

  it('holds for an event that was told in another language than is spoken now', async () => {
    const event = shown();
    setMessages('timeline-audit', 'en', { upgrade: (who: string) => `${who} did it`, login: () => 'in' });
    expect(eventOf(trail.proof(4).entry, 'en').title).not.to.equal(event.title);
    expect((await check(event, serverOf())).state).to.equal('verified');
    const said = timelineAuditMessages.get('xx');
    setMessages('timeline-audit', 'en', { upgrade: said.upgrade, login: said.login });
  });

  it('fails where the proof is of another entry', async () => {
    const verified = await check(
      shown(4),
      serverOf(() => trail.proof(7)),
    );
    expect(verified).to.deep.equal({ state: 'failed', differs: ['sequence'] });
  });

  it('fails where the entry, the path or the signature was tampered with', async () => {
    const proof = trail.proof(4);
    const other = new Signer('waooaw/audit', 2);
    const tampered: AuditProof[] = [
      { ...proof, entry: { ...proof.entry, level: 'critical' } },
      { ...proof, entry: { ...proof.entry, actor: { id: 'eve', kind: 'user' } } },
      { ...proof, path: proof.path.slice(1) },
      { ...proof, salts: {} },
      { ...proof, checkpoint: new Trail(other, someEntries(7)).proof(4).checkpoint },
      { ...proof, checkpoint: proof.checkpoint.replace('\n7\n', '\n8\n') },
    ];
    for (const [i, one] of tampered.entries()) {
      const verified = await check(
        eventOf(one.entry, 'en'),
        serverOf(() => one),
      );
      expect(verified.state, String(i)).to.equal('failed');
      expect((verified as { reason?: string }).reason, String(i)).to.match(/\w{3}/);
    }
  });

  it('fails with a pinned key that is another, or is none', async () => {
    const other = new Signer('waooaw/audit', 2).verifier;
    for (const key of [other, 'no key', ''])
      expect((await check(shown(), serverOf(), [key])).state, key).to.equal('failed');
  });

  it('waits for the tree where the entry is newer than its checkpoint', async () => {
    const newer = { ...trail.proof(7), checkpoint: new Trail(signer, someEntries(5)).proof(5).checkpoint };
    expect(
      await check(
        shown(7),
        serverOf(() => newer),
      ),
    ).to.deep.equal({ state: 'pending' });
  });

  it('does not wait where the proof is of another entry, its checkpoint is not signed, or it says otherwise', async () => {
    const small = new Trail(signer, someEntries(5)).proof(5).checkpoint;
    const forged = new Trail(new Signer('waooaw/audit', 2), someEntries(5)).proof(5).checkpoint;
    const newer = { ...trail.proof(7), checkpoint: small };
    const by = (proof: AuditProof): ServerApi => serverOf(() => proof);
    expect(await check(shown(4), by(newer))).to.deep.equal({ state: 'failed', differs: ['sequence'] });
    for (const checkpoint of [forged, `${small}x`])
      expect((await check(shown(7), by({ ...newer, checkpoint }))).state).to.equal('failed');
    const other = { ...shown(7), title: 'Nothing' };
    expect(await check(other, by(newer))).to.deep.equal({ state: 'failed', differs: ['title'] });
  });

  it('says why nothing could be checked', async () => {
    const why = async (response: () => unknown): Promise<unknown> => check(shown(), serverOf(response));
    const unavailable = (reason: string): Verified => ({ state: 'unavailable', why: reason }) as Verified;
    expect(await why(() => answer({}, 403))).to.deep.equal(unavailable('mayNot'));
    expect(await why(() => answer({}, 401))).to.deep.equal(unavailable('mayNot'));
    expect(await why(() => answer({}, 404))).to.deep.equal(unavailable('missing'));
    expect(await why(() => answer({}, 410))).to.deep.equal(unavailable('archived'));
    expect(await why(() => answer({}, 503))).to.deep.equal(unavailable('unreachable'));
    expect(await why(() => new Response('<html>'))).to.deep.equal(unavailable('unclear'));
    for (const nonsense of [null, 7, [], {}, { entry: {} }, { ...trail.proof(4), path: 'x' }])
      expect(await why(() => nonsense), JSON.stringify(nonsense)).to.deep.equal(unavailable('unclear'));
    const dead: ServerApi = { get: async () => Promise.reject(new TypeError('Failed to fetch')) };
    expect(await check(shown(), dead)).to.deep.equal(unavailable('unreachable'));
  });

  it('never rejects, whatever is in the proof', async () => {
    const proof = trail.proof(4);
    const odd: unknown[] = [
      { ...proof, checkpoint: 'x' },
      { ...proof, path: [7] },
      { ...proof, entry: { ...proof.entry, actor: 7 } },
      { ...proof, entry: { ...proof.entry, hidden: 'x' } },
      { ...proof, entry: { action: 'x', result: 'toString' } },
    ];
    for (const one of odd) {
      const { state } = await check(
        shown(),
        serverOf(() => one),
      );
      expect(['failed', 'unavailable', 'pending'], JSON.stringify(one)).to.include(state);
    }
  });

  it('needs no crypto.subtle, which pages of plain http do not have', async () => {
    const { subtle } = crypto;
    Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
    try {
      expect((await check(shown(), serverOf())).state).to.equal('verified');
    } finally {
      Object.defineProperty(crypto, 'subtle', { value: subtle, configurable: true });
    }
  });
});

/** As an element shows it. */
class ProofPage extends LitElement {
  static override styles = [tokens, surfaces, styles];
  static override properties = {
    event: { attribute: false },
    api: { attribute: false },
    keys: { attribute: false },
    locale: { attribute: false },
  };
  declare event: TimelineEvent;
  declare api: ServerApi;
  declare keys: readonly string[];
  declare locale: string;

  protected override render(): TemplateResult {
    const { api, keys, locale = 'en' } = this;
    return detailsView(this.event, {
      locale,
      api,
      keys,
      owner: this,
      requestUpdate: () => this.requestUpdate(),
    });
  }
}
customElements.define('test-proof', ProofPage);

async function page(event: TimelineEvent, api: ServerApi, keys = [signer.verifier]): Promise<ProofPage> {
  return fixture<ProofPage>(html`<test-proof .event=${event} .api=${api} .keys=${keys}></test-proof>`);
}

const text = (element: ProofPage, selector: string): string | undefined =>
  element.renderRoot.querySelector(selector)?.textContent?.trim();
const button = (element: ProofPage): HTMLButtonElement =>
  element.renderRoot.querySelector<HTMLButtonElement>('[part=check]')!;

describe('the badge', () => {
  before(followColorScheme);
  afterEach(() => emulateMedia(MEDIA.light));

  it('is there on request, is said, and leaves the focus where it is', async () => {
    const speech = recordSpeech();
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const server = serverOf();
    const element = await page(shown(), { get: async (path) => held.then(() => server.get(path)) });
    expect([text(element, '.verdict'), button(element).textContent?.trim()]).to.deep.equal([
      undefined,
      'Check the proof',
    ]);
    button(element).focus();
    button(element).click();
    await element.updateComplete;
    expect(text(element, '.verdict')).to.equal('Checking the proof…');
    // Pressed twice it is asked once.
    button(element).click();
    go();
    await until(() => text(element, '.verdict') === 'Verified', 'it is verified');
    expect(server.asked.length).to.equal(1);
    expect(text(element, '.why')).to.equal(
      'It stands unchanged in the trail of 7 entries, signed by waooaw/audit, a key that this page pins.',
    );
    expect(element.shadowRoot?.activeElement).to.equal(button(element));
    await until(() => speech.said.some((one) => one.text.startsWith('Verified. It stands')), 'it is said');
    speech.stop();
  });

  it('says what differs, in the words that the reader knows it by', async () => {
    const element = await page({ ...shown(), actor: { name: 'Eve' }, before: 1 }, serverOf());
    button(element).click();
    await until(() => text(element, '.verdict') === 'Not verified', 'it is refused');
    expect(text(element, '.why')).to.equal('What is shown is not what the proof is about: Actor and Before.');
    expect(button(element).textContent?.trim()).to.equal('Check again');
  });

  it('stays when the same event is read anew or told in other words, and goes when it says something else', async () => {
    const event = shown();
    const element = await page(event, serverOf());
    button(element).click();
    await until(() => text(element, '.verdict') === 'Verified', 'it is verified');
    setMessages('timeline-details', 'xx', { check: 'Check the proof' });
    const show = async (next: TimelineEvent, locale = 'en'): Promise<string | undefined> => {
      Object.assign(element, { event: next, locale });
      await element.updateComplete;
      return text(element, '.verdict');
    };
    expect(await show(structuredClone(event)), 'after a reconnect').to.equal('Verified');
    expect(await show({ ...event, title: 'Ana tat etwas' }, 'xx'), 'in another language').to.equal(
      'Verified',
    );
    expect(await show({ ...event, title: 'Ana did nothing' }, 'xx')).to.equal(undefined);
    expect(await show(event), 'what was forgotten does not come back').to.equal(undefined);
    button(element).click();
    await until(() => text(element, '.verdict') === 'Verified', 'it is verified again');
    expect(await show({ ...event, after: { version: '9' } })).to.equal(undefined);
  });

  it('is of one timeline, and of one event in it', async () => {
    const first = await page(shown(4), serverOf());
    button(first).click();
    await until(() => text(first, '.verdict') === 'Verified', 'it is verified');
    expect(text(await page(shown(4), serverOf()), '.verdict')).to.equal(undefined);
    first.event = shown(5);
    await first.updateComplete;
    expect(text(first, '.verdict')).to.equal(undefined);
    first.event = shown(4);
    await first.updateComplete;
    expect(text(first, '.verdict')).to.equal('Verified');
  });

  it('is not offered for what is in no trail', async () => {
    const { sequence, ...event } = shown();
    expect(sequence).to.equal(4);
    const element = await page(event, serverOf());
    expect(element.renderRoot.querySelector('.proof')).to.equal(null);
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`passes axe in every state in the ${theme} theme`, async () => {
      await emulateMedia(MEDIA[theme]);
      for (const [answered, verdict] of [
        [trail.proof(4), 'Verified'],
        [trail.proof(5), 'Not verified'],
        [answer({}, 404), 'Cannot be checked'],
      ] as const) {
        const element = await page(
          { ...shown() },
          serverOf(() => answered),
        );
        Object.assign(element.style, { display: 'block', background: 'light-dark(#fff, #18181b)' });
        button(element).click();
        await until(() => text(element, '.verdict') === verdict, verdict);
        await expect(element).to.be.accessible();
      }
    });
  }
});

describe('with the real server', () => {
  it('an entry that was just made is verified, and one that is shown otherwise is not', async () => {
    const server = await newServer();
    try {
      const api: ServerApi = { get: (path) => fetch(`${server.url}/api${path}`) };
      const made = await fetch(`${server.url}/api/audit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          action: 'upgrade',
          level: 'info',
          result: 'success',
          resource: { type: 'agent', id: 'payments' },
          before: { version: '1.4' },
          after: { version: '1.5', näme: [1e21, -0, '\u2028'] },
          reason: 'memory leak',
        }),
      });
      expect(made.ok, await made.clone().text()).to.equal(true);
      const { items } = (await (await api.get('/audit?action=upgrade')).json()) as AuditPage;
      const event = eventOf(items[0]!, 'en');
      expect(event.title).to.match(/ upgraded agent payments$/);
      const verified = await check(event, api, []);
      expect(verified).to.deep.include({ state: 'verified', pinned: false });
      const { keys } = (await (await api.get('/audit/keys')).json()) as { keys: { verifier: string }[] };
      expect(await check(event, api, [keys[0]!.verifier])).to.deep.include({
        state: 'verified',
        pinned: true,
      });
      expect(await check({ ...event, title: 'Nothing' }, api, [])).to.deep.equal({
        state: 'failed',
        differs: ['title'],
      });
      const nobody = { ...event, sequence: 1_000_000 };
      expect(await check(nobody, api, [])).to.deep.equal({ state: 'unavailable', why: 'missing' });
    } finally {
      await stopServer(server);
    }
  });
});
