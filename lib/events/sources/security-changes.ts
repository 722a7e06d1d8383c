/**
 * What an event of the Security log changed, by windows_audit_changes.csv and xmlsecurity_change_audit_and_account_
 * management.csv of Splunk_TA_windows 8.1.2; scheduled tasks (4698 to 4702) as its later versions show them.
 */
type Change = {
  /** Null: what Keywords say, success or failure. */
  readonly action: string | null;
  readonly type: string;
  readonly category: string;
  readonly result: string | null;
  readonly tags: readonly string[];
};

const ACCOUNT_TAGS = ['change', 'account'] as const;
const AUDIT_TAGS = ['change', 'audit'] as const;
const TASK_TAGS = ['change'] as const;

function user(action: string, result: string | null): Change {
  return { action, type: 'user', category: 'user', result, tags: ACCOUNT_TAGS };
}

function group(category: string, result: string): Change {
  return { action: null, type: 'AAA', category, result, tags: ACCOUNT_TAGS };
}

function audit(action: string | null): Change {
  return { action, type: 'audit', category: 'audit', result: null, tags: AUDIT_TAGS };
}

function task(action: string): Change {
  return { action, type: 'scheduled task', category: 'scheduled task', result: null, tags: TASK_TAGS };
}

export const SECURITY_CHANGES: ReadonlyMap<number, Change> = new Map([
  [1100, audit('stopped')],
  [1101, audit('success')],
  [1102, audit('cleared')],
  [1105, audit(null)],
  [1108, audit('success')],
  [4698, task('created')],
  [4699, task('deleted')],
  [4700, task('modified')],
  [4701, task('modified')],
  [4702, task('modified')],
  [4715, audit(null)],
  [4717, group('security access', 'access was granted')],
  [4718, group('security access', 'account was removed')],
  [4719, audit(null)],
  [4720, user('created', 'account was created')],
  [4722, user('modified', 'account was enabled')],
  [4723, user('modified', null)],
  [4724, user('modified', null)],
  [4725, user('modified', 'account was disabled')],
  [4726, user('deleted', 'account was deleted')],
  [4727, group('global group', 'group was created')],
  [4728, group('user', 'member was added to a security-enabled global group')],
  [4729, group('user', 'member was removed from a security-enabled global group')],
  [4730, group('global group', 'group was deleted')],
  [4731, group('local group', 'group was created')],
  [4732, group('user', 'member was added to a security-enabled local group')],
  [4733, group('user', 'member was removed from a security-enabled local group')],
  [4734, group('local group', 'group was deleted')],
  [4735, group('local group', 'group was changed')],
  [4737, group('global group', 'group was changed')],
  [4738, user('modified', 'account was changed')],
  [4739, group('global group', 'Domain Policy was changed')],
  [4740, user('modified', 'lockout')],
  [4741, user('created', 'account was created')],
  [4742, user('modified', 'account was changed')],
  [4743, user('deleted', 'account was deleted')],
  [4750, group('global group', 'group was changed')],
  [4753, group('global group', 'group was deleted')],
  [4754, group('universal group', 'group was created')],
  [4755, group('universal group', 'group was changed')],
  [4756, group('user', 'member was added to a security-enabled universal group')],
  [4757, group('user', 'member was removed from a security-enabled universal group')],
  [4758, group('universal group', 'group was deleted')],
  [4764, group('group', 'group was deleted')],
  [4767, user('modified', 'unlocked')],
  [4781, group('user', 'group was changed')],
  [4912, audit(null)],
]);
