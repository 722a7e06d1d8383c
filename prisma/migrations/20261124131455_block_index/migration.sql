-- CreateTable
CREATE TABLE "evidence_block" (
    "evidence_id" UUID NOT NULL,
    "offset" BIGINT NOT NULL,
    "length_bytes" INTEGER NOT NULL,
    "block_index" INTEGER NOT NULL,
    "first_ticks" BIGINT NOT NULL,
    "last_ticks" BIGINT NOT NULL,
    "host_ids" UUID[],

    CONSTRAINT "evidence_block_pkey" PRIMARY KEY ("evidence_id","offset")
);

-- CreateTable
CREATE TABLE "evidence_log" (
    "evidence_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "record_count" BIGINT NOT NULL,
    "runs" JSONB NOT NULL,
    "is_scattered" BOOLEAN NOT NULL,

    CONSTRAINT "evidence_log_pkey" PRIMARY KEY ("evidence_id","host_id","channel")
);

-- CreateTable
CREATE TABLE "evidence_hint" (
    "evidence_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "host_id" UUID,
    "channel" TEXT,
    "from_ticks" BIGINT,
    "to_ticks" BIGINT,
    "record_id" TEXT,
    "offset" BIGINT,
    "message" TEXT NOT NULL,

    CONSTRAINT "evidence_hint_pkey" PRIMARY KEY ("evidence_id","kind","seq")
);

-- CreateTable
CREATE TABLE "evidence_hint_count" (
    "evidence_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "evidence_hint_count_pkey" PRIMARY KEY ("evidence_id","kind")
);

-- CreateIndex
CREATE INDEX "evidence_block_evidence_id_first_ticks_last_ticks_idx" ON "evidence_block"("evidence_id", "first_ticks", "last_ticks");

-- CreateIndex
CREATE INDEX "evidence_log_host_id_idx" ON "evidence_log"("host_id");

-- CreateIndex
CREATE INDEX "evidence_hint_host_id_idx" ON "evidence_hint"("host_id");

-- AddForeignKey
ALTER TABLE "evidence_block" ADD CONSTRAINT "evidence_block_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_log" ADD CONSTRAINT "evidence_log_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_log" ADD CONSTRAINT "evidence_log_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_hint" ADD CONSTRAINT "evidence_hint_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_hint" ADD CONSTRAINT "evidence_hint_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_hint_count" ADD CONSTRAINT "evidence_hint_count_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;
