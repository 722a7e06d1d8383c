import { jsonResponse } from '#lib/http/json.ts';

/** Replies of the HTTP Event Collector by their code, as Splunk documents them. */
const REPLIES = {
  0: { status: 200, text: 'Success' },
  1: { status: 403, text: 'Token disabled' },
  2: { status: 401, text: 'Token is required' },
  3: { status: 401, text: 'Invalid authorization' },
  4: { status: 403, text: 'Invalid token' },
  5: { status: 400, text: 'No data' },
  6: { status: 400, text: 'Invalid data format' },
  7: { status: 400, text: 'Incorrect index' },
  8: { status: 500, text: 'Internal server error' },
  9: { status: 503, text: 'Server is busy' },
  10: { status: 400, text: 'Data channel is missing' },
  11: { status: 400, text: 'Invalid data channel' },
  12: { status: 400, text: 'Event field is required' },
  13: { status: 400, text: 'Event field cannot be blank' },
  14: { status: 400, text: 'ACK is disabled' },
  15: { status: 400, text: 'Error in handling indexed fields' },
  16: { status: 400, text: 'Query string authorization is not enabled' },
  17: { status: 200, text: 'HEC is healthy' },
  27: { status: 413, text: 'Request entity too large' },
} as const;

export type ReplyCode = keyof typeof REPLIES;

/** The request is refused; nothing of it was kept. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly code: ReplyCode;
  /** Which event of the request is wrong, from 0. */
  readonly eventNumber: number | undefined;
  constructor(code: ReplyCode, eventNumber?: number) {
    super(REPLIES[code].text);
    this.code = code;
    this.eventNumber = eventNumber;
  }
}

export function reply(code: ReplyCode, more: { ackId?: number; eventNumber?: number } = {}): Response {
  const { status, text } = REPLIES[code];
  // What is undefined is left out.
  const body = { text, code, 'invalid-event-number': more.eventNumber, ackId: more.ackId };
  return jsonResponse(body, status);
}
