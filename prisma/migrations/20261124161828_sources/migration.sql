-- CreateEnum
CREATE TYPE "pull_state" AS ENUM ('waiting', 'running', 'done', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "source" (
    "id" TEXT NOT NULL,
    "investigation_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "secrets" BYTEA,
    "ca_certificates" TEXT,
    "proxy_url" TEXT,
    "tls_off_reason" TEXT,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "cron" TEXT,
    "zone" TEXT NOT NULL DEFAULT 'UTC',
    "look_back_minutes" INTEGER NOT NULL DEFAULT 60,
    "cursor" JSONB,
    "next_pull_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "failure" TEXT,
    "removed_at" TIMESTAMPTZ(3),
    "tested_at" TIMESTAMPTZ(3),
    "test" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "source_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_pull" (
    "id" UUID NOT NULL,
    "source_id" TEXT NOT NULL,
    "state" "pull_state" NOT NULL DEFAULT 'waiting',
    "cause" TEXT NOT NULL,
    "from_ticks" BIGINT,
    "to_ticks" BIGINT,
    "cursor" JSONB,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "request_count" INTEGER NOT NULL DEFAULT 0,
    "row_count" BIGINT NOT NULL DEFAULT 0,
    "byte_count" BIGINT NOT NULL DEFAULT 0,
    "notes" TEXT[],
    "message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "source_pull_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pulled_row" (
    "source_id" TEXT NOT NULL,
    "key" BYTEA NOT NULL,
    "kept_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pulled_row_pkey" PRIMARY KEY ("source_id","key")
);

-- CreateTable
CREATE TABLE "pulled_evidence" (
    "pull_id" UUID NOT NULL,
    "evidence_id" UUID NOT NULL,
    "query" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "row_count" INTEGER NOT NULL,

    CONSTRAINT "pulled_evidence_pkey" PRIMARY KEY ("pull_id","evidence_id")
);

-- CreateIndex
CREATE INDEX "source_pull_source_id_created_at_idx" ON "source_pull"("source_id", "created_at");

-- CreateIndex
CREATE INDEX "source_pull_state_idx" ON "source_pull"("state");

-- CreateIndex
CREATE INDEX "pulled_row_source_id_kept_at_idx" ON "pulled_row"("source_id", "kept_at");

-- CreateIndex
CREATE INDEX "pulled_evidence_evidence_id_idx" ON "pulled_evidence"("evidence_id");

-- AddForeignKey
ALTER TABLE "source" ADD CONSTRAINT "source_id_fkey" FOREIGN KEY ("id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_pull" ADD CONSTRAINT "source_pull_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pulled_row" ADD CONSTRAINT "pulled_row_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pulled_evidence" ADD CONSTRAINT "pulled_evidence_pull_id_fkey" FOREIGN KEY ("pull_id") REFERENCES "source_pull"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pulled_evidence" ADD CONSTRAINT "pulled_evidence_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;
