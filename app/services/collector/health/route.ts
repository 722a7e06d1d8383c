export { answerHealth as GET } from '#lib/collector/receive.ts';
