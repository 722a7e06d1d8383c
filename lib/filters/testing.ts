/** Findings and people for the tests of this folder. */
import type { Actor, Role } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { addAndRead, empty } from '#lib/jobs/testing.ts';
import { scriptBlock, setSwitch, xmlFile } from '#lib/risk/testing.ts';
import type { DraftInput } from './inputs.ts';

export const POWERSHELL_ID = '47c69803-2c09-408b-b40a-063c064cbb16';
export const REGISTRY_ID = '12c80db8-ef62-4456-92df-b23e1b3219f6';

export function person(id: string, role: Role): Actor {
  return { id, name: id, email: `${id}@example.org`, role, via: 'session' };
}

export async function addPeople(...people: readonly Actor[]): Promise<void> {
  for (const { id, name, email, role } of people) {
    await db.user.upsert({ where: { id }, create: { id, name, email, role }, update: {} });
  }
}

export const REASON = 'The inventory script of the backup team, ticket INC-1.';

export function draft(text: string, more: Partial<DraftInput> = {}): DraftInput {
  return {
    name: 'Inventory',
    text,
    outcome: 'hide',
    factor: null,
    snoozeUntil: null,
    detectionIds: [],
    isThisInvestigation: false,
    hosts: [],
    window: null,
    reason: REASON,
    ticket: null,
    ownerId: null,
    ...more,
  };
}

const at = (hour: number) => `2024-03-05T${String(hour).padStart(2, '0')}:14:02.1254367Z`;

/** Six findings of two detections on three hosts, one chain among them. */
export async function addFindings(): Promise<void> {
  await empty();
  await db.filterRule.deleteMany({});
  await addAndRead(
    'evidence.xml',
    xmlFile(
      setSwitch({ computer: 'ws1.corp.local', time: at(9), recordId: 1 }, 'DWORD (0x00000001)'),
      scriptBlock(
        { computer: 'ws1.corp.local', time: at(10), recordId: 2 },
        "(Get-WmiObject -List Win32_ScheduledJob -ComputerName ws1).Create('evil.exe')",
      ),
      scriptBlock(
        { computer: 'ws2.corp.local', time: at(11), recordId: 3 },
        'Get-WmiObject Win32_ScheduledJob # inventory',
      ),
      scriptBlock(
        { computer: 'ws3.corp.local', time: at(12), recordId: 4 },
        'Get-WmiObject Win32_ScheduledJob # inventory',
      ),
      setSwitch({ computer: 'ws3.corp.local', time: at(13), recordId: 5 }, 'DWORD (0x00000000)'),
    ),
  );
}
