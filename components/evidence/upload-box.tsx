'use client';

import { FileUp } from 'lucide-react';
import { type ComponentProps, type RefObject, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/cn.ts';
import { type ChosenFile, chosenFiles, droppedFiles } from './dropped-files.ts';

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
  const [isOver, setIsOver] = useState(false);
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
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra for the mouse; the buttons inside do the same
    <div
      className={cn(
        'flex flex-wrap items-center gap-3 rounded-lg border border-line-strong border-dashed bg-surface px-4 py-5',
        isOver && 'border-accent bg-accent-soft',
      )}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        void droppedFiles(event.dataTransfer).then(onChoose);
      }}
    >
      <FileUp size={20} aria-hidden className="text-text-3" />
      <div className="min-w-0 flex-1">
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
    </div>
  );
}
