/** `Sysmon 13 #1601465` */
export function sourceOf(event: {
  readonly channel: string;
  readonly eventCode: number;
  readonly recordId: string | null;
}): string {
  const channel = event.channel.replace(/^Microsoft-Windows-/, '').replace(/\/Operational$/, '');
  return `${channel} ${event.eventCode < 0 ? '' : event.eventCode}${event.recordId === null ? '' : ` #${event.recordId}`}`;
}
