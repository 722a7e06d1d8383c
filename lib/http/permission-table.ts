/**
 * Who may do what from outside: every page, route and server action. permissions.test.ts fails when one is missing here;
 * permission-refusals.test.ts calls each as every role. A new API route needs an entry in endpoints.ts instead.
 */
import type { Access } from './access.ts';
import { ENDPOINTS } from './endpoints.ts';

export type RouteAccess = {
  readonly method: string;
  /** As its folder in app/ is called, without groups: `/api/v1/findings/[id]`. */
  readonly path: string;
  readonly access: Access;
};

export type ActionAccess = {
  /** File of the action. */
  readonly file: string;
  readonly name: string;
  readonly access: Access;
};

const SESSIONS: Access = { public: 'sign-in, sign-out and the own session; better-auth checks these itself' };

const COLLECTOR: Access = {
  public: 'asks for tokens of its own, as the protocol of the HTTP Event Collector says',
};

export const ROUTES: readonly RouteAccess[] = [
  ...ENDPOINTS.map(({ method, path, permission }) => ({
    method,
    path: path.replaceAll('{', '[').replaceAll('}', ']'),
    access: permission,
  })),
  { method: 'GET', path: '/api/auth/[...all]', access: SESSIONS },
  { method: 'POST', path: '/api/auth/[...all]', access: SESSIONS },
  ...['', '/event', '/event/1.0', '/raw', '/raw/1.0', '/ack'].map((path) => ({
    method: 'POST',
    path: `/services/collector${path}`,
    access: COLLECTOR,
  })),
  {
    method: 'GET',
    path: '/services/collector/health',
    access: { public: 'asked by load balancers; tells nothing' },
  },
];

export const ACTIONS: readonly ActionAccess[] = [
  ...actions('app/(auth)/actions.ts', {
    signIn: { public: 'who signs in is nobody yet' },
    setUp: { public: 'needs the one-time token' },
    signOut: { public: 'ends the own session, if there is one' },
  }),
  ...actions('app/(dashboard)/account/actions.ts', { changePassword: 'read' }),
  ...actions('app/(dashboard)/detections/actions.ts', {
    changeDetectionAction: 'manage-detections',
    reprocessAction: 'manage-detections',
  }),
  ...actions('app/(dashboard)/evidence/actions.ts', {
    askConsequences: 'delete-evidence',
    removeEvidence: 'delete-evidence',
    unlockEvidence: 'add-evidence',
  }),
  ...actions('app/(dashboard)/findings/actions.ts', { changeFindings: 'triage', previewFinding: 'read' }),
  ...actions('app/(dashboard)/findings/[id]/actions.ts', {
    changeFinding: 'triage',
    addFindingNote: 'triage',
    readFindingText: 'read',
  }),
  ...actions('app/(dashboard)/sources/actions.ts', {
    saveSourceAction: 'manage-sources',
    testSourceAction: 'manage-sources',
    pullSourceAction: 'add-evidence',
    backfillSourceAction: 'manage-sources',
    cancelPullsAction: 'manage-sources',
    removeSourceAction: 'manage-sources',
    enableSourceAction: 'manage-sources',
  }),
  ...actions('app/(dashboard)/system/actions.ts', {
    addUserAction: 'manage-users',
    changeUserAction: 'manage-users',
    addTokenAction: 'manage-users',
    revokeTokenAction: 'manage-users',
    addCollectorTokenAction: 'manage-detections',
    changeCollectorTokenAction: 'manage-detections',
  }),
  ...actions('app/(dashboard)/system/notifications/actions.ts', {
    saveChannelAction: 'manage-sources',
    enableChannelAction: 'manage-sources',
    testChannelAction: 'manage-sources',
    resendFailedAction: 'manage-sources',
    removeChannelAction: 'manage-sources',
  }),
];

/** Pages that ask for nobody; every other page must call requireActor(). */
export const PUBLIC_PAGES: Readonly<Record<string, string>> = {
  '/': 'only leads on',
  '/sign-in': 'who signs in is nobody yet',
  '/setup': 'shows a form; its action needs the one-time token',
};

function actions(file: string, names: Readonly<Record<string, Access>>): ActionAccess[] {
  return Object.entries(names).map(([name, access]) => ({ file, name, access }));
}
