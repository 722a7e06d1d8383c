'use client';

import { FileUp } from 'lucide-react';
import { type ComponentProps, type RefObject, useId, useRef, useState } from 'react';
import { setPreference } from '#components/shell/preference.ts';
import { ZoneField } from '#components/time/zone-field.tsx';
import { Button } from '#components/ui/button.tsx';
import { DropZone } from '#components/ui/drop-zone.tsx';
import { type ChosenFile, chosenFiles } from '#components/ui/dropped-files.ts';
import { EVIDENCE_ZONE_COOKIE } from '#lib/preferences/cookies.ts';
import { knownZone } from '#lib/preferences/zone.ts';

/** What all browsers know and React's types do not. */
const FOLDER = { webkitdirectory: '' };

/** Where files and folders are dropped or chosen. */
export function UploadBox({
  onChoose,
  evidenceZone,
  fileInput,
}: {
  /** With the zone of times that name none; null: each file asks. */
  readonly onChoose: (files: readonly ChosenFile[], timeZone: string | null) => void;
  readonly evidenceZone: string | null;
  /** For others who want the files to be chosen. */
  readonly fileInput: RefObject<HTMLInputElement | null>;
}) {
  const folder = useRef<HTMLInputElement>(null);
  const zoneId = useId();
  const [zone, setZone] = useState(evidenceZone ?? '');
  const isKnown = zone === '' || knownZone(zone) === zone;
  const choose = (files: readonly ChosenFile[]): void => {
    setPreference(EVIDENCE_ZONE_COOKIE, isKnown ? zone : '');
    onChoose(files, isKnown && zone !== '' ? zone : null);
  };
  const input: ComponentProps<'input'> = {
    type: 'file',
    multiple: true,
    className: 'sr-only',
    tabIndex: -1,
    onChange: ({ currentTarget }) => {
      choose(chosenFiles(currentTarget.files ?? []));
      currentTarget.value = '';
    },
  };
  return (
    <DropZone onChoose={choose} className="flex-wrap bg-surface py-5">
      <FileUp size={20} aria-hidden className="text-text-3" />
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">Drop event logs here</p>
        <p className="text-text-3">
          Files and archives of any name and size, several at once or whole folders. An upload that breaks off
          goes on where it was.
        </p>
      </div>
      <input {...input} ref={fileInput} aria-label="Choose evidence files" />
      <input {...input} ref={folder} {...FOLDER} aria-label="Choose a folder of evidence" />
      <div className="grid w-56 gap-0.5">
        <label htmlFor={zoneId} className="text-[12px] text-text-2">
          Times without a zone are in
        </label>
        <ZoneField
          id={zoneId}
          className="py-1"
          placeholder="asked for each file"
          aria-invalid={isKnown ? undefined : true}
          value={zone}
          onChange={(event) => setZone(event.target.value)}
        />
      </div>
      <Button onClick={() => folder.current?.click()}>Choose a folder</Button>
      <Button variant="primary" onClick={() => fileInput.current?.click()}>
        Choose files
      </Button>
    </DropZone>
  );
}
