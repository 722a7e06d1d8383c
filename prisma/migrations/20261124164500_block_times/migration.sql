-- DropIndex
DROP INDEX "evidence_block_evidence_id_first_ticks_last_ticks_idx";

-- CreateIndex: of overlapping times, which Prisma's schema has no words for. The upper bound is one less than the highest
-- bigint, because PostgreSQL keeps such a range by the number after its last.
CREATE INDEX "evidence_block_times_idx" ON "evidence_block"
  USING GIST (int8range("first_ticks", LEAST("last_ticks", 9223372036854775806), '[]'));
