-- CreateEnum
CREATE TYPE "filter_outcome" AS ENUM ('hide', 'lower', 'snooze');

-- CreateEnum
CREATE TYPE "filter_version_state" AS ENUM ('proposed', 'in_force', 'rejected', 'ended');

-- AlterTable
ALTER TABLE "finding" ADD COLUMN     "filter_factor" DOUBLE PRECISION NOT NULL DEFAULT 1,
ADD COLUMN     "is_hidden" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "filter_rule" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "investigation_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),
    "last_hit_at" TIMESTAMPTZ(3),

    CONSTRAINT "filter_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "filter_rule_version" (
    "rule_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" "filter_version_state" NOT NULL,
    "name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "outcome" "filter_outcome" NOT NULL,
    "factor" DOUBLE PRECISION,
    "snooze_until" TIMESTAMPTZ(3),
    "detection_ids" TEXT[],
    "hosts" TEXT[],
    "from_ticks" BIGINT,
    "to_ticks" BIGINT,
    "window_zone" TEXT,
    "columns" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "ticket" TEXT,
    "owner_id" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "conflicts" INTEGER[],
    "revert_of" INTEGER,
    "author_id" TEXT,
    "author_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_by_id" TEXT,
    "decided_by_name" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decision" TEXT,

    CONSTRAINT "filter_rule_version_pkey" PRIMARY KEY ("rule_id","number")
);

-- CreateTable
CREATE TABLE "filter_hit" (
    "rule_id" UUID NOT NULL,
    "finding_id" CHAR(64) NOT NULL,
    "investigation_id" TEXT NOT NULL,
    "version_number" INTEGER NOT NULL,
    "risk_taken" DOUBLE PRECISION NOT NULL,
    "event_count" INTEGER NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "filter_hit_pkey" PRIMARY KEY ("rule_id","finding_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "filter_rule_number_key" ON "filter_rule"("number");

-- CreateIndex
CREATE INDEX "filter_rule_version_state_idx" ON "filter_rule_version"("state");

-- CreateIndex
CREATE INDEX "filter_hit_finding_id_idx" ON "filter_hit"("finding_id");

-- CreateIndex
CREATE INDEX "filter_hit_last_at_idx" ON "filter_hit"("last_at");

-- CreateIndex
CREATE INDEX "finding_investigation_id_is_hidden_idx" ON "finding"("investigation_id", "is_hidden");

-- AddForeignKey
ALTER TABLE "filter_rule_version" ADD CONSTRAINT "filter_rule_version_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "filter_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "filter_rule_version" ADD CONSTRAINT "filter_rule_version_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "filter_hit" ADD CONSTRAINT "filter_hit_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "filter_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "filter_hit" ADD CONSTRAINT "filter_hit_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;
