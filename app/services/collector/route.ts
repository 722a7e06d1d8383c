export { receiveEvents as POST } from '#lib/collector/receive.ts';
