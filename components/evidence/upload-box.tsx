'use client';

import { FileUp } from 'lucide-react';
import { type ComponentProps, type RefObject, useRef } from 'react';
import { Button } from '#components/ui/button.tsx';
import { DropZone } from '#components/ui/drop-zone.tsx';
import { type ChosenFile, chosenFiles } from '#components/ui/dropped-files.ts';

/** What all browsers know and React's types do not. */
const FOLDER = { webkitdirectory: '' };

/** Where files and folders are dropped or chosen. */
export function UploadBox({
  onChoose,
  fileInput,
}: {
  readonly onChoose: (files: readonly ChosenFile[]) => void;
  /** For others who want the files to be chosen. */
  readonly fileInput: RefObject<HTMLInputElement | null>;
}) {
  const folder = useRef<HTMLInputElement>(null);
  const input: ComponentProps<'input'> = {
    type: 'file',
    multiple: true,
    className: 'sr-only',
    tabIndex: -1,
    onChange: ({ currentTarget }) => {
      onChoose(chosenFiles(currentTarget.files ?? []));
      currentTarget.value = '';
    },
  };
  return (
    <DropZone onChoose={onChoose} className="bg-surface py-5">
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
      <Button onClick={() => folder.current?.click()}>Choose a folder</Button>
      <Button variant="primary" onClick={() => fileInput.current?.click()}>
        Choose files
      </Button>
    </DropZone>
  );
}
