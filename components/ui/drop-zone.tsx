'use client';

import { type ReactNode, useState } from 'react';
import { cn } from './cn.ts';
import { type ChosenFile, droppedFiles } from './dropped-files.ts';

/** Where files and folders can be dropped. For the mouse alone: what is inside has to offer the same by button. */
export function DropZone({
  onChoose,
  className,
  children,
}: {
  readonly onChoose: (files: readonly ChosenFile[]) => void;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const [isOver, setIsOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra for the mouse; the buttons inside do the same
    <div
      className={cn(
        'flex flex-wrap items-center gap-3 rounded-lg border border-line-strong border-dashed px-4',
        className,
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
      {children}
    </div>
  );
}
