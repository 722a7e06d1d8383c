/**
 * Sigma's log sources as Windows channels and event codes, as its taxonomy (specification, appendix "Sigma Taxonomy")
 * and its own Windows pipelines map them. A new one is a line here.
 */
import { failAt } from './error.ts';
import type { SigmaLogSource } from './rule.ts';

/** Events of these channels with one of these codes (any when there are none). */
export type LogBranch = {
  readonly channels: readonly string[];
  readonly codes: readonly number[];
  /** Further conditions: a field and the values of which it has one. */
  readonly having?: readonly [field: string, values: readonly string[]];
};

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const SECURITY = 'Security';
const POWERSHELL = ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'];
const CLASSIC_POWERSHELL = 'Windows PowerShell';

const sysmon = (...codes: readonly number[]): LogBranch => ({ channels: [SYSMON], codes });
const REGISTRY_AUDIT: LogBranch = { channels: [SECURITY], codes: [4657] };
/** OperationType of Security 4657: message number, and text where the form of evidence resolves it. */
const CREATED = ['%%1904', 'New registry value created'];
const MODIFIED = ['%%1905', 'Existing registry value modified'];
const DELETED = ['%%1906', 'Registry value deleted'];

const CATEGORIES: Readonly<Record<string, readonly LogBranch[]>> = {
  process_creation: [sysmon(1), { channels: [SECURITY], codes: [4688] }],
  file_change: [sysmon(2)],
  network_connection: [sysmon(3)],
  sysmon_status: [sysmon(4, 16)],
  process_termination: [sysmon(5)],
  driver_load: [sysmon(6)],
  image_load: [sysmon(7)],
  create_remote_thread: [sysmon(8)],
  raw_access_thread: [sysmon(9)],
  process_access: [sysmon(10)],
  file_event: [sysmon(11)],
  registry_event: [sysmon(12, 13, 14), REGISTRY_AUDIT],
  // Sysmon 12 is both; a rule of one category must not see the other's.
  registry_add: [{ ...sysmon(12), having: ['EventType', ['CreateKey', 'CreateValue']] }],
  registry_delete: [
    { ...sysmon(12), having: ['EventType', ['DeleteKey', 'DeleteValue']] },
    { ...REGISTRY_AUDIT, having: ['OperationType', DELETED] },
  ],
  registry_set: [sysmon(13), { ...REGISTRY_AUDIT, having: ['OperationType', [...CREATED, ...MODIFIED]] }],
  registry_rename: [sysmon(14)],
  create_stream_hash: [sysmon(15)],
  pipe_created: [sysmon(17, 18)],
  wmi_event: [sysmon(19, 20, 21)],
  dns_query: [sysmon(22)],
  file_delete: [sysmon(23, 26)],
  clipboard_capture: [sysmon(24)],
  process_tampering: [sysmon(25)],
  file_delete_detected: [sysmon(26)],
  file_block_executable: [sysmon(27)],
  file_block_shredding: [sysmon(28)],
  file_executable_detected: [sysmon(29)],
  sysmon_error: [sysmon(255)],
  ps_module: [{ channels: POWERSHELL, codes: [4103] }],
  ps_script: [{ channels: POWERSHELL, codes: [4104] }],
  ps_classic_start: [{ channels: [CLASSIC_POWERSHELL], codes: [400] }],
  ps_classic_provider_start: [{ channels: [CLASSIC_POWERSHELL], codes: [600] }],
  ps_classic_script: [{ channels: [CLASSIC_POWERSHELL], codes: [800] }],
};

/** Of Windows, and in no event log. */
const TRACED = new Set(['file_access', 'file_rename']);

const windows = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `Microsoft-Windows-${name}`);

const SERVICES: Readonly<Record<string, readonly string[]>> = {
  application: ['Application'],
  'application-experience': windows(
    'Application-Experience/Program-Telemetry',
    'Application-Experience/Program-Compatibility-Assistant',
  ),
  applocker: windows(
    'AppLocker/MSI and Script',
    'AppLocker/EXE and DLL',
    'AppLocker/Packaged app-Deployment',
    'AppLocker/Packaged app-Execution',
  ),
  'appmodel-runtime': windows('AppModel-Runtime/Admin'),
  'appxdeployment-server': windows('AppXDeploymentServer/Operational'),
  'appxpackaging-om': windows('AppxPackaging/Operational'),
  bitlocker: windows('BitLocker/BitLocker Management'),
  'bits-client': windows('Bits-Client/Operational'),
  capi2: windows('CAPI2/Operational'),
  'certificateservicesclient-lifecycle-system': windows(
    'CertificateServicesClient-Lifecycle-System/Operational',
  ),
  'codeintegrity-operational': windows('CodeIntegrity/Operational'),
  dhcp: windows('DHCP-Server/Operational'),
  'diagnosis-scripted': windows('Diagnosis-Scripted/Operational'),
  'dns-client': windows('DNS Client Events/Operational', 'DNS-Client/Operational'),
  'dns-server': ['DNS Server'],
  'dns-server-analytic': windows('DNS-Server/Analytical'),
  'dns-server-audit': windows('DNS-Server/Audit'),
  'driver-framework': windows('DriverFrameworks-UserMode/Operational'),
  'firewall-as': windows('Windows Firewall With Advanced Security/Firewall'),
  'hyper-v-worker': windows('Hyper-V-Worker', 'Hyper-V-Worker-Admin'),
  'iis-configuration': ['Microsoft-IIS-Configuration/Operational'],
  'kernel-event-tracing': windows('Kernel-EventTracing', 'Kernel-EventTracing/Admin'),
  'kernel-shimengine': windows('Kernel-ShimEngine/Operational', 'Kernel-ShimEngine/Diagnostic'),
  ldap: windows('LDAP-Client/Debug'),
  ldap_debug: windows('LDAP-Client/Debug'),
  'lsa-server': windows('LSA/Operational'),
  'microsoft-servicebus-client': [
    'Microsoft-ServiceBus-Client',
    'Microsoft-ServiceBus-Client/Operational',
    'Microsoft-ServiceBus-Client/Admin',
  ],
  'msexchange-management': ['MSExchange Management'],
  ntfs: windows('Ntfs/Operational'),
  ntlm: windows('NTLM/Operational'),
  openssh: ['OpenSSH/Operational'],
  powershell: POWERSHELL,
  'powershell-classic': [CLASSIC_POWERSHELL],
  'printservice-admin': windows('PrintService/Admin'),
  'printservice-operational': windows('PrintService/Operational'),
  security: [SECURITY],
  'security-mitigations': windows('Security-Mitigations/Kernel Mode', 'Security-Mitigations/User Mode'),
  sense: windows('SENSE/Operational'),
  'servicebus-client': ['Microsoft-ServiceBus-Client/Operational', 'Microsoft-ServiceBus-Client/Admin'],
  'shell-core': windows('Shell-Core/Operational'),
  'smbclient-connectivity': windows('SmbClient/Connectivity'),
  'smbclient-security': windows('SmbClient/Security'),
  'smbserver-connectivity': windows('SMBServer/Connectivity'),
  sysmon: [SYSMON],
  system: ['System'],
  taskscheduler: windows('TaskScheduler/Operational'),
  'terminalservices-localsessionmanager': windows('TerminalServices-LocalSessionManager/Operational'),
  vhdmp: windows('VHDMP/Operational'),
  windefend: windows('Windows Defender/Operational'),
  wmi: windows('WMI-Activity/Operational'),
};

/** Which events a rule reads; no branches: every Windows event. Throws SigmaError for a source that is not known here. */
export function branchesOf(source: SigmaLogSource): readonly LogBranch[] {
  const { category, product, service, place } = source;
  const fail = (message: string): never => failAt(place, `The log source is not supported: ${message}.`);
  if (product !== null && product !== 'windows') fail(`product "${product}" is not Windows`);
  if (category !== null && TRACED.has(category)) {
    fail(`category "${category}" is traced by Microsoft-Windows-Kernel-File, which writes no event log`);
  }
  const branches =
    category !== null && Object.hasOwn(CATEGORIES, category) ? CATEGORIES[category] : undefined;
  const channels = service !== null && Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  if (category !== null && branches === undefined) fail(`category "${category}" is not known for Windows`);
  if (service !== null && channels === undefined) fail(`service "${service}" is not known for Windows`);
  if (branches === undefined) {
    if (channels !== undefined) return [{ channels, codes: [] }];
    return product === null ? fail('it names no product, category or service') : [];
  }
  if (channels === undefined) return branches;
  const common = branches.flatMap((branch) => {
    const shared = branch.channels.filter((channel) => channels.includes(channel));
    return shared.length === 0 ? [] : [{ ...branch, channels: shared }];
  });
  return common.length > 0 ? common : fail(`category "${category}" is not in service "${service}"`);
}
