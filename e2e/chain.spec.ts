import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { signIn, watchErrors } from './support/session.ts';

const event = (channel: string, id: number, computer: string, time: string, data: string): string =>
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${channel.split('/')[0]}'/><EventID>${id}</EventID><TimeCreated SystemTime='${time}'/><EventRecordID>${time.slice(11, 19).replaceAll(':', '')}</EventRecordID><Channel>${channel}</Channel><Computer>${computer}</Computer><Security UserID='S-1-5-18'/></System><EventData>${data}</EventData></Event>`;

const REGISTRY = event(
  'Microsoft-Windows-Sysmon/Operational',
  13,
  'CHAINSRV1.corp.example',
  '2024-05-06T09:10:00.1234567Z',
  "<Data Name='EventType'>SetValue</Data><Data Name='TargetObject'>HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt</Data><Data Name='Details'>DWORD (0x00000001)</Data>",
);
const SCRIPT = event(
  'Microsoft-Windows-PowerShell/Operational',
  4104,
  'CHAINWS7.corp.example',
  '2024-05-06T09:52:30.1234567Z',
  "<Data Name='MessageNumber'>1</Data><Data Name='MessageTotal'>1</Data><Data Name='ScriptBlockText'>Invoke-CimMethod -ComputerName CHAINSRV1 -ClassName Win32_ScheduledJob -MethodName Create</Data><Data Name='ScriptBlockId'>b</Data>",
);
const SENTENCE = 'EnableAt was switched on on CHAINSRV1, then 42 minutes later CHAINWS7 created a job there';

async function upload(page: Page, name: string, xml: string): Promise<void> {
  const response = await page.request.post('/api/v1/evidence', {
    multipart: {
      file: { name, mimeType: 'application/xml', buffer: Buffer.from(`<Events>${xml}</Events>`) },
    },
    headers: { origin: new URL(page.url()).origin },
  });
  expect(response.status()).toBe(202);
}

test('two files of two hosts make one chain, shown as an incident, on its page and on both hosts', async ({
  page,
}) => {
  const errors = watchErrors(page);
  await signIn(page);
  await upload(page, 'chain-ws7.xml', SCRIPT);
  await upload(page, 'chain-srv1.xml', REGISTRY);

  await test.step('it stands on top of the queue, whatever is filtered, and under its type', async () => {
    await expect(async () => {
      await page.goto('/findings?q=nothing-has-this-text');
      const incidents = page.getByRole('region', { name: 'Incidents' });
      await expect(incidents.getByRole('link', { name: SENTENCE })).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    await page.goto('/findings?type=Chain');
    await expect(page.getByRole('table').getByRole('link', { name: SENTENCE })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('its page tells the steps over both hosts and what names the host', async () => {
    await page.getByRole('table').getByRole('link', { name: SENTENCE }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(SENTENCE);
    const steps = page.getByRole('region', { name: 'The chain' }).getByRole('listitem');
    await expect(steps).toHaveCount(2);
    await expect(steps.nth(0)).toContainText('the at interface is switched on on chainsrv1.corp.example');
    await expect(steps.nth(1)).toContainText('a job is made with it on chainws7.corp.example');
    await expect(page.locator('mark', { hasText: 'CHAINSRV1' }).first()).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('a member leads back to it', async () => {
    await page
      .getByRole('region', { name: 'The chain' })
      .getByRole('link', { name: /A PowerShell script/ })
      .click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('A PowerShell script');
    await page.getByRole('region', { name: 'The chain' }).getByRole('link', { name: SENTENCE }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(SENTENCE);
  });

  await test.step('both hosts tell it', async () => {
    for (const host of ['chainsrv1.corp.example', 'chainws7.corp.example']) {
      await page.goto(`/hosts/${host}`);
      await expect(
        page.getByRole('region', { name: 'Chains' }).getByRole('link', { name: SENTENCE }),
      ).toBeVisible();
    }
    await expectAccessible(page);
  });
  expect(errors).toEqual([]);
});
