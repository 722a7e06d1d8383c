/** How often a worker says that it lives, and after what silence it counts as gone. */
export const WORKER_BEAT_MS = 1_500;
export const WORKER_GONE_MS = 5_000;
