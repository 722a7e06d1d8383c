/** What is read of a registry: what the task scheduler keeps there. Which of it matters, searches say. */

/** From the root of the registry. */
export const SCHEDULER_KEY = [
  'HKLM',
  'SOFTWARE',
  'Microsoft',
  'Windows NT',
  'CurrentVersion',
  'Schedule',
] as const;

/** Below it: the key whose values are read. A real one has a handful. */
export const SETTINGS_KEY = 'Configuration';
export const SETTINGS_MAX = 200;

/** Below it: the key that has one for each task. Those that the at interface makes are read. */
export const TASKS_KEY = ['TaskCache', 'Tree'] as const;
export const AT_TASK = /^at\d{1,10}$/i;
