import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { HERE, authenticating } from '../testing/authenticating.ts';
import type { AuthenticatingParts } from '../testing/authenticating.ts';
import { FakeAuditSink } from '../testing/fake-audit-sink.ts';
import { coded, temporaryFolder } from '../testing/harness.ts';
import { createAgentTokens } from './agent-tokens.ts';

async function issuing(t: TestContext, parts: AuthenticatingParts = {}) {
  const world = await authenticating(t, {}, parts);
  const audit = new FakeAuditSink(world.database);
  return { ...world, audit, tokens: createAgentTokens({ keys: world.auth.keys, audit }) };
}

describe('a token of an agent', () => {
  it('is a key with its role and its own channels, and an entry without the key itself', async (t) => {
    const { tokens, auth, audit } = await issuing(t);
    const { keyId, token } = await tokens.issue('shop', 'viewer');
    const allow = ['subscribe', 'publish'];
    assert.deepEqual(await auth.authenticate(token, HERE), {
      id: `key:${keyId}`,
      kind: 'key',
      name: 'agent shop',
      role: 'viewer',
      grants: [
        { channels: 'app/agents/shop', allow },
        { channels: 'app/agents/shop/*', allow },
      ],
    });
    assert.deepEqual(
      auth.keys.list().map(({ id, agent }) => [id, agent]),
      [[keyId, 'shop']],
    );
    assert.deepEqual(audit.said, [`create api-key/${keyId} success by provisioning`]);
    assert.deepEqual(audit.entries[0]?.details, { agent: 'shop' });
    assert.ok(!JSON.stringify(audit.entries).includes(token.slice(-43)));
  });

  it('is the only one: a new one ends what the agent had, also after a restart', async (t) => {
    const folder = temporaryFolder();
    const first = await issuing(t, { folder });
    const other = await first.tokens.issue('till', 'viewer');
    const lost = await first.tokens.issue('shop', 'viewer');
    await first.database.close();
    const { tokens, auth, audit } = await issuing(t, { folder });
    const { token } = await tokens.issue('shop', 'operator');
    await assert.rejects(auth.authenticate(lost.token, HERE), coded('token_revoked'));
    assert.equal((await auth.authenticate(token, HERE)).role, 'operator');
    assert.equal((await auth.authenticate(other.token, HERE)).name, 'agent till');
    assert.equal(audit.said[0], `delete api-key/${lost.keyId} success by provisioning`);
  });

  it('is revoked once, however often that is asked, and of none there ever was', async (t) => {
    const { tokens, auth, audit } = await issuing(t);
    const { keyId, token } = await tokens.issue('shop', 'viewer');
    await tokens.revoke(keyId);
    await tokens.revoke(keyId);
    await tokens.revoke('k_0000000000000000');
    await assert.rejects(auth.authenticate(token, HERE), coded('token_revoked'));
    assert.equal(audit.entries.length, 2);
    assert.equal((audit.entries[1]?.before as { revokedAt?: number }).revokedAt, undefined);
  });

  it('is not made while nobody could account for it', async (t) => {
    const { tokens, auth, audit } = await issuing(t);
    const { keyId, token } = await tokens.issue('shop', 'viewer');
    audit.break();
    await assert.rejects(tokens.issue('till', 'viewer'), coded('audit_unavailable'));
    await assert.rejects(tokens.revoke(keyId), coded('audit_unavailable'));
    assert.equal(auth.keys.list().length, 1);
    assert.ok(await auth.authenticate(token, HERE));
  });

  it('configures no authentication: whoever needs no token today needs none after a restart', async (t) => {
    const folder = temporaryFolder();
    const first = await issuing(t, { folder });
    await first.tokens.issue('shop', 'viewer');
    await first.database.close();
    const second = await issuing(t, { folder });
    assert.equal(second.auth.configured, false);
    assert.equal((await second.auth.authenticate(undefined, HERE)).role, 'admin');
    await second.auth.keys.create({ name: 'ana', role: 'viewer' });
    await second.database.close();
    assert.equal((await issuing(t, { folder })).auth.configured, true);
  });
});
