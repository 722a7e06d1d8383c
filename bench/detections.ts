import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Programs and values that published detections look for, in the shapes that they have. */
const PROGRAMS =
  'rundll32 regsvr32 certutil bitsadmin mshta vssadmin wbadmin cscript wscript schtasks psexec netsh whoami nltest adfind installutil msbuild regasm regsvcs forfiles pcalua hh control dllhost csc'.split(
    ' ',
  );
const REGISTRY =
  'CurrentVersion\\\\Run CurrentVersion\\\\RunOnce Policies\\\\System Image\\ File\\ Execution\\ Options Control\\\\Lsa Services\\\\WinDefend Terminal\\ Server Winlogon\\\\Shell AppInit_DLLs SilentProcessExit'.split(
    ' ',
  );
const SCRIPTS =
  'Invoke-Mimikatz DownloadString FromBase64String Get-DomainUser Set-MpPreference Invoke-WmiMethod Add-Type VirtualAlloc AmsiUtils Get-NetComputer'.split(
    ' ',
  );

/** Writes 100 detections of made names as published YAML: 50 of processes, 25 of the registry, 25 of script blocks. */
export async function writeDetections(folder: string): Promise<number> {
  const searches = [
    ...Array.from({ length: 50 }, (_, index) => {
      const program = PROGRAMS[index % PROGRAMS.length];
      const argument = index < PROGRAMS.length ? '*' : '*\\\\users\\\\public\\\\*';
      return `| tstats count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Processes where Processes.process_name=${program}.exe Processes.process="${argument}/unlikely${index}*" by Processes.dest Processes.user Processes.process`;
    }),
    ...Array.from({ length: 25 }, (_, index) => {
      const key = REGISTRY[index % REGISTRY.length]?.replaceAll('\\ ', ' ');
      return `| tstats count from datamodel=Endpoint.Registry where Registry.registry_path="*\\\\${key}\\\\Unlikely${index}*" by Registry.dest Registry.registry_path`;
    }),
    ...Array.from({ length: 25 }, (_, index) => {
      const word = SCRIPTS[index % SCRIPTS.length];
      return `\`powershell\` EventCode=4104 ScriptBlockText="*${word}*" ScriptBlockText="*unlikely${index}*" | stats count by Computer ScriptBlockText`;
    }),
  ];
  await Promise.all(
    searches.map((search, index) => {
      const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      const text = `name: Bench ${index}\nid: ${id}\nversion: 1\ntype: TTP\nsearch: |-\n  ${search}\n`;
      return writeFile(path.join(folder, `bench_${index}.yml`), text);
    }),
  );
  return searches.length;
}
