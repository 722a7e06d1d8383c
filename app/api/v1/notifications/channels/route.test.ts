import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTestDatabase } from '#lib/db/testing.ts';
import { channelDetail, channelList, channelTest } from '#lib/http/schemas.ts';
import { callApi, useApi } from '#lib/http/testing-api.ts';
import { deliverAt, enqueue, NOON, occurrence } from '#lib/notifications/testing/channels.ts';
import { useTestSecret } from '#lib/sources/testing/pulling.ts';
import { startTestServer, type TestServer } from '#lib/sources/testing/server.ts';

useTestDatabase();
useApi();
useTestSecret();

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(({ response }) => void response.end('ok'));
});
afterAll(async () => {
  await server.close();
});

const ADDRESS = '/api/v1/notifications/channels';

describe('channels by API', () => {
  it('are added, listed, tested, changed and removed; answers are as described and hold no secret', async () => {
    const secret = 'a signing key of tests';
    const added = await callApi('manager', 'POST', ADDRESS, {
      body: {
        kind: 'webhook',
        name: 'lab',
        settings: { url: server.url },
        secrets: { signingKey: secret },
        wants: ['incident'],
      },
    });
    expect(added.status).toBe(201);
    const { id } = channelDetail.parse(await added.json());
    await enqueue(id, [occurrence()]);
    await deliverAt(NOON);
    const detail = await callApi('manager', 'GET', `${ADDRESS}/${id}`);
    const text = await detail.text();
    expect(text).not.toContain(secret);
    expect(channelDetail.parse(JSON.parse(text)).deliveries).toMatchObject([
      { state: 'sent', message: 'HTTP 200: ok', about: 'F-12 · Remote job · host-1.example' },
    ]);
    const list = channelList.parse(await (await callApi('manager', 'GET', ADDRESS)).json());
    expect(list.items).toMatchObject([
      { id, kindLabel: 'Webhook', hasSecrets: true, lastSentAt: NOON.toISOString() },
    ]);
    const test = await callApi('manager', 'POST', `${ADDRESS}/${id}/test`);
    expect(channelTest.parse(await test.json())).toEqual({ isSent: true, message: 'HTTP 200: ok' });
    const patched = await callApi('manager', 'PATCH', `${ADDRESS}/${id}`, {
      body: { version: 1, isEnabled: false },
    });
    expect(channelDetail.parse(await patched.json())).toMatchObject({
      isEnabled: false,
      version: 2,
      name: 'lab',
    });
    const late = await callApi('manager', 'PATCH', `${ADDRESS}/${id}`, {
      body: { version: 1, isEnabled: true },
    });
    expect(late.status).toBe(409);
    expect((await callApi('manager', 'DELETE', `${ADDRESS}/${id}`)).status).toBe(204);
    expect((await callApi('manager', 'GET', `${ADDRESS}/${id}`)).status).toBe(404);
  });

  it('say what is wrong, and are for managers', async () => {
    const body = {
      kind: 'webhook',
      name: 'lab',
      settings: { url: server.url },
      secrets: {},
      wants: ['incident'],
    };
    const refused = await callApi('manager', 'POST', ADDRESS, { body });
    expect([refused.status, (await refused.json()).detail]).toEqual([400, 'Give a signing key.']);
    expect((await callApi('analyst', 'GET', ADDRESS)).status).toBe(403);
    expect((await callApi(null, 'GET', ADDRESS)).status).toBe(401);
  });
});
