export { answerAcks as POST } from '#lib/collector/receive.ts';
