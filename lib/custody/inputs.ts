import { z } from 'zod';

/** Password of an archive, for one use. */
export const passwordInput = z.strictObject({ password: z.string().min(1).max(1_000) });
