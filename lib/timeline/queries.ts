/** What others may read of hosts and their timelines. */
export { getHost, listHosts } from './hosts.ts';
export { getSurroundingEvents } from './surroundings.ts';
export { getHostTimeline } from './timeline.ts';
