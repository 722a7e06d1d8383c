export { receiveRaw as POST } from '#lib/collector/receive.ts';
