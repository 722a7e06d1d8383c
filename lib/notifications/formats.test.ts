import { describe, expect, it } from 'vitest';
import { cefOf } from './cef.ts';
import { messageOf, type Telling } from './message.ts';
import { quietUntil } from './quiet.ts';
import { slackMessage } from './slack.ts';
import { syslogLine } from './syslog.ts';
import { teamsMessage } from './teams.ts';
import { filled, templateProblem } from './template.ts';
import type { Batch, FindingOccurrence, Message } from './types.ts';

const AT = new Date('2026-03-02T12:00:00Z');
const USUAL: Telling = { titleTemplate: null, bodyTemplate: null, baseUrl: 'https://jobsight.example' };

const finding: FindingOccurrence = {
  event: 'new-finding',
  findingId: 'a'.repeat(64),
  findingNumber: 12,
  isRecurred: false,
  detectionId: 'det-1',
  detection: 'Remote job',
  severity: 'high',
  mode: 'strict',
  sentence: 'Somebody made a job.',
  host: 'host-1.example',
  user: 'EXAMPLE\\ana',
  techniques: ['T1053.002'],
  firstTicks: '17092800001234567',
  lastTicks: null,
};

/** What an attacker would like to have read as markup, a header, a field or a line. */
const HOSTILE: Partial<FindingOccurrence> = {
  sentence: '<!channel> *bold* [click](https://evil.example)\r\nBcc: victim@example.org',
  host: 'h|1\\2=3 act=allowed\n<34>1 2026-01-01T00:00:00Z forged - - - - line',
  user: '<script>alert(1)</script>\u202e\u0000\ud800',
  detection: 'x|10|\nSubject: other',
};

const message = (part: Partial<FindingOccurrence> = {}, telling = USUAL): Message =>
  messageOf({ id: 'd-1', occurrence: { ...finding, ...part }, at: AT }, telling);
const batch = (...messages: [Message, ...Message[]]): Batch => ({ id: 'd-1', channelName: 'lab', messages });

describe('a message', () => {
  it('tells a finding, leaves out what there is not, and leads to it', () => {
    expect(message({ user: null })).toMatchObject({
      title: 'New finding (high): Remote job',
      body: [
        'Somebody made a job.',
        'Finding: F-12',
        'Host: host-1.example',
        'ATT&CK: T1053.002',
        'First seen: 2024-03-01T08:00:00.1234567Z',
      ].join('\n'),
      link: 'https://jobsight.example/findings/F-12',
    });
    expect(message({ isRecurred: true }).title).toBe('Recurred finding (high): Remote job');
  });

  it('fills a template of its own; text from evidence makes no line of it', () => {
    const own = { ...USUAL, titleTemplate: '$$5: $host$', bodyTemplate: 'Look: $link$\n$source$' };
    expect(message({ host: 'a\nb' }, own)).toMatchObject({
      title: '$5: a[U+000A]b',
      body: 'Look: https://jobsight.example/findings/F-12',
    });
    expect(filled('$host$', { host: '$user$', user: 'u' })).toBe('$user$');
  });

  it('names the placeholder that a template must not have', () => {
    expect(templateProblem('$host$ costs $$5')).toBeNull();
    expect(templateProblem('$hots$')).toContain('$hots$ is no placeholder');
    expect(templateProblem('$toString$ ')).toContain('is no placeholder');
    expect(templateProblem('costs $5')).toContain('stands alone');
  });
});

// docs.slack.dev/reference/block-kit/blocks and …/composition-objects/text-object
describe('for Slack', () => {
  it('has a text and blocks of the documented shape', () => {
    expect(slackMessage(batch(message()))).toEqual({
      text: 'New finding (high): Remote job',
      mrkdwn: false,
      blocks: [
        {
          type: 'header',
          text: { type: 'plain_text', text: 'New finding (high): Remote job', emoji: false },
        },
        { type: 'section', text: { type: 'plain_text', text: message().body, emoji: false } },
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: '<https://jobsight.example/findings/F-12|Open in Jobsight>',
            verbatim: true,
          },
        },
      ],
    });
  });

  it('keeps hostile text in objects without markup, and within the limits', () => {
    const long = message({
      ...HOSTILE,
      detection: '<!here> '.repeat(100),
      sentence: '<!channel>'.repeat(900),
    });
    const sent = slackMessage(batch(long)) as {
      text: string;
      blocks: { text: { type: string; text: string } }[];
    };
    expect(sent.text).not.toMatch(/[<>]/);
    const [header, section, link] = sent.blocks.map(({ text }) => text);
    expect([header?.type, section?.type, link?.text]).toEqual([
      'plain_text',
      'plain_text',
      '<https://jobsight.example/findings/F-12|Open in Jobsight>',
    ]);
    expect(header?.text.length).toBeLessThanOrEqual(150);
    expect(section?.text.length).toBeLessThanOrEqual(3_000);
  });

  it('puts many into one message of at most 50 blocks', () => {
    const many = Array.from({ length: 100 }, () => message(HOSTILE)) as [Message, ...Message[]];
    const sent = slackMessage(batch(...many)) as { text: string; blocks: { type: string }[] };
    expect(sent.text).toBe('Jobsight: 100 notifications');
    expect(sent.blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(sent)).toContain('and 55 more');
  });
});

// adaptivecards.io/explorer (RichTextBlock 1.2, TextRun, Action.OpenUrl); learn.microsoft.com/connectors/teams
describe('for Teams', () => {
  it('is a message with one Adaptive Card 1.4', () => {
    expect(
      teamsMessage(batch(message({ host: null, user: null, techniques: [], firstTicks: null }))),
    ).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              {
                type: 'RichTextBlock',
                inlines: [
                  {
                    type: 'TextRun',
                    text: 'New finding (high): Remote job',
                    weight: 'Bolder',
                    size: 'Medium',
                  },
                ],
              },
              { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'Somebody made a job.' }] },
              { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'Finding: F-12' }] },
            ],
            actions: [
              {
                type: 'Action.OpenUrl',
                title: 'Open in Jobsight',
                url: 'https://jobsight.example/findings/F-12',
              },
            ],
          },
        },
      ],
    });
  });

  it('has nothing that reads Markdown, and stays below 28 KB with 100 of them', () => {
    const many = Array.from({ length: 100 }, () => message({ ...HOSTILE, detection: '[x](y) '.repeat(90) }));
    for (const sent of [batch(message(HOSTILE)), batch(...(many as [Message, ...Message[]]))]) {
      const text = JSON.stringify(teamsMessage(sent));
      expect(text).not.toMatch(/"(TextBlock|FactSet)"/);
      expect(Buffer.byteLength(text)).toBeLessThan(28_000);
    }
  });
});

// RFC 5424, 6; CEF: "Implementing ArcSight Common Event Format", sections "Header information", "Extension dictionary"
describe('for syslog', () => {
  it('is RFC 5424 with CEF:0', () => {
    const line = syslogLine(message(), 16, 8_192).toString('utf8');
    expect(line).toMatch(/^<131>1 2026-03-02T12:00:00\.000Z [\x21-\x7e]+ jobsight \d+ new-finding - CEF:0\|/);
    expect(cefOf(message(), '1.2')).toBe(
      'CEF:0|Jobsight|Jobsight|1.2|det-1|New finding (high): Remote job|8|rt=1772452800000 cat=new-finding ' +
        'deviceExternalId=d-1 externalId=F-12 dhost=host-1.example duser=EXAMPLE\\\\ana start=1709280000123 ' +
        'cs1Label=Detection cs1=Remote job cs2Label=Techniques cs2=T1053.002 cs3Label=Mode cs3=strict ' +
        'request=https://jobsight.example/findings/F-12 msg=Somebody made a job.\\nFinding: F-12\\n' +
        'Host: host-1.example\\nUser: EXAMPLE\\\\ana\\nATT&CK: T1053.002\\nFirst seen: 2024-03-01T08:00:00.1234567Z',
    );
  });

  it('gives hostile text no line, no header field and no key', () => {
    const cef = cefOf(message(HOSTILE), '1');
    expect(cef).not.toMatch(/[\p{Cc}\p{Cs}\u2028]/u);
    // Header: seven unescaped bars, the last before the extension.
    const bars = [...cef.matchAll(/(?<!\\)(?:\\\\)*\|/g)];
    const header = cef.slice(0, cef.indexOf('|rt='));
    expect([...header.matchAll(/(?<!\\)(?:\\\\)*\|/g)]).toHaveLength(6);
    expect(bars.length).toBeGreaterThanOrEqual(7);
    // Extension: a key begins after a blank and ends in an equals sign that is not escaped.
    const keys = [...cef.slice(cef.indexOf('|rt=') + 1).matchAll(/(?:^| )(\w+)=/g)].map(([, key]) => key);
    expect(keys).not.toContain('act');
    expect(new Set(keys).size).toBe(keys.length);
    expect(cef).toContain('dhost=h|1\\\\2\\=3 act\\=allowed\\n<34>1');
  });

  it('is cut to the limit between characters', () => {
    for (let length = 0; length < 40; length += 1) {
      const line = syslogLine(
        message({ sentence: `${'x'.repeat(length)}${'ü\\'.repeat(4_000)}` }),
        16,
        2_048,
      );
      expect(line.length).toBeLessThanOrEqual(2_048);
      expect(line.length).toBeGreaterThan(2_040);
      expect(line.toString('utf8')).not.toContain('\uFFFD');
      expect((/\\*$/.exec(line.toString('utf8'))?.[0].length ?? 0) % 2).toBe(0);
    }
  });
});

describe('quiet hours', () => {
  const night = { quietFrom: '22:00', quietTo: '07:00', zone: 'Europe/Berlin' };
  it.each([
    ['2026-03-02T20:59:59Z', null],
    ['2026-03-02T21:00:00Z', '2026-03-03T06:00:00.000Z'],
    ['2026-03-03T05:59:59Z', '2026-03-03T06:00:00.000Z'],
    ['2026-03-03T06:00:00Z', null],
    // The clocks are put forward at 01:00 UTC that night.
    ['2026-03-28T23:00:00Z', '2026-03-29T05:00:00.000Z'],
  ])('pass midnight and follow the zone: %s', (at, until) => {
    expect(quietUntil(night, new Date(at))?.toISOString() ?? null).toBe(until);
  });
  it('may lie within a day, or not be', () => {
    const noon = { quietFrom: '12:00', quietTo: '13:00', zone: 'UTC' };
    expect(quietUntil(noon, AT)?.toISOString()).toBe('2026-03-02T13:00:00.000Z');
    expect(quietUntil({ ...noon, zone: 'Asia/Tokyo' }, AT)).toBeNull();
    expect(quietUntil({ quietFrom: null, quietTo: null, zone: 'UTC' }, AT)).toBeNull();
  });
});
