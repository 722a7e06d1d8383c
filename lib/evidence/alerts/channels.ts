/**
 * Channels that Hayabusa writes in a short form unless it is told not to (its config/channel_abbreviations.txt). A form that
 * stands for several is not here.
 */
const FULL_NAMES: ReadonlyMap<string, string> = new Map([
  ['App', 'Application'],
  ['BitsCli', 'Microsoft-Windows-Bits-Client/Operational'],
  ['CodeInteg', 'Microsoft-Windows-CodeIntegrity/Operational'],
  ['DHCP-Svr', 'Microsoft-Windows-DHCP-Server/Operational'],
  ['DNS-Svr', 'DNS Server'],
  ['Defender', 'Microsoft-Windows-Windows Defender/Operational'],
  ['DvrFmwk', 'Microsoft-Windows-DriverFrameworks-UserMode/Operational'],
  ['Exchange', 'MSExchange Management'],
  ['Firewall', 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'],
  ['KeyMgtSvc', 'Key Management Service'],
  ['LDAP-Cli', 'Microsoft-Windows-LDAP-Client/Debug'],
  ['NTLM', 'Microsoft-Windows-NTLM/Operational'],
  ['OpenSSH', 'OpenSSH/Operational'],
  ['PrintAdm', 'Microsoft-Windows-PrintService/Admin'],
  ['PrintOp', 'Microsoft-Windows-PrintService/Operational'],
  ['PwSh', 'Microsoft-Windows-PowerShell/Operational'],
  ['PwShClassic', 'Windows PowerShell'],
  ['RDP-Client', 'Microsoft-Windows-TerminalServices-RDPClient/Operational'],
  ['Sec', 'Security'],
  ['SmbCliSec', 'Microsoft-Windows-SmbClient/Security'],
  ['SvcBusCli', 'Microsoft-ServiceBus-Client'],
  ['Sys', 'System'],
  ['Sysmon', 'Microsoft-Windows-Sysmon/Operational'],
  ['TaskSch', 'Microsoft-Windows-TaskScheduler/Operational'],
  ['WMI', 'Microsoft-Windows-WMI-Activity/Operational'],
  ['WinRM', 'Microsoft-Windows-WinRM/Operational'],
]);

/** The channel in full; what is no known short form stays. */
export function fullChannel(channel: string | null): string | null {
  return channel === null ? null : (FULL_NAMES.get(channel) ?? channel);
}
