/** Mappings of columns that are named on a command line, as the mapping screen exports them. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type MappingFile, mappingFile } from '#lib/evidence/mapping/mapping.ts';
import { headerKeyOf, surveyColumns } from '#lib/evidence/mapping/survey.ts';
import { EvidenceRefused } from '#lib/evidence/read.ts';
import type { ByteSource } from '#lib/evidence/record.ts';
import { fromCallersFolder } from './callers-folder.ts';

type NamedMapping = MappingFile & { readonly file: string };
/** By the key of the header that it is for. */
export type Mappings = ReadonlyMap<string, NamedMapping>;

/** @returns the mappings of the files, or why one cannot be read */
export async function loadMappings(files: readonly string[]): Promise<Mappings | string> {
  const mappings = new Map<string, NamedMapping>();
  for (const file of files) {
    try {
      const read = mappingFile.parse(JSON.parse(await readFile(fromCallersFolder(file), 'utf8')));
      mappings.set(headerKeyOf(read.columns), { ...read, file });
    } catch (error) {
      if (error instanceof z.ZodError) return `${file} is no mapping: ${z.prettifyError(error)}`;
      return `${file}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return mappings;
}

/** The mapping for the header of evidence that no known form claims. */
export async function mappingFor(source: ByteSource, mappings: Mappings): Promise<NamedMapping | null> {
  if (mappings.size === 0) return null;
  try {
    const survey = await surveyColumns(source);
    return (survey && mappings.get(survey.headerKey)) ?? null;
  } catch (error) {
    // Whoever reads it says so.
    if (error instanceof EvidenceRefused) return null;
    throw error;
  }
}
