-- What the findings give is made anew at the next start.
DELETE FROM "risk_event";
DELETE FROM "risk_object";

-- CreateEnum
CREATE TYPE "factor_operation" AS ENUM ('add', 'multiply');

-- CreateEnum
CREATE TYPE "entity_kind" AS ENUM ('asset', 'identity');

-- CreateEnum
CREATE TYPE "incident_state" AS ENUM ('active', 'withdrawn');

-- AlterTable
ALTER TABLE "risk_event" ADD COLUMN     "addend" DOUBLE PRECISION NOT NULL,
ADD COLUMN     "base_score" DOUBLE PRECISION NOT NULL,
ADD COLUMN     "detection_id" TEXT NOT NULL,
ADD COLUMN     "factors" JSONB NOT NULL,
ADD COLUMN     "filter_factor" DOUBLE PRECISION NOT NULL,
ADD COLUMN     "logged_name" TEXT NOT NULL,
ADD COLUMN     "multiplier" DOUBLE PRECISION NOT NULL;

-- AlterTable
ALTER TABLE "risk_object" ADD COLUMN     "aliases" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "category" TEXT[],
ADD COLUMN     "peak_uncapped" DOUBLE PRECISION NOT NULL,
ADD COLUMN     "priority" TEXT;

-- CreateTable
CREATE TABLE "risk_factor" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "risk_factor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "risk_factor_version" (
    "factor_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "condition" TEXT NOT NULL,
    "operation" "factor_operation" NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "is_enabled" BOOLEAN NOT NULL,
    "is_removed" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT NOT NULL,
    "revert_of" INTEGER,
    "author_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "risk_factor_version_pkey" PRIMARY KEY ("factor_id","number")
);

-- CreateTable
CREATE TABLE "detection_risk_version" (
    "detection_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "impact" DOUBLE PRECISION,
    "confidence" DOUBLE PRECISION,
    "reason" TEXT NOT NULL,
    "revert_of" INTEGER,
    "author_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "detection_risk_version_pkey" PRIMARY KEY ("detection_id","number")
);

-- CreateTable
CREATE TABLE "entity" (
    "id" UUID NOT NULL,
    "kind" "entity_kind" NOT NULL,
    "keys" TEXT[],
    "columns" JSONB NOT NULL,
    "file_name" TEXT NOT NULL,
    "line" INTEGER NOT NULL,
    "imported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "entity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident_rule" (
    "id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "incident_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident_rule_version" (
    "rule_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "condition" TEXT NOT NULL,
    "window_hours" INTEGER NOT NULL,
    "severity" "severity",
    "is_enabled" BOOLEAN NOT NULL,
    "is_removed" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT NOT NULL,
    "revert_of" INTEGER,
    "author_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "incident_rule_version_pkey" PRIMARY KEY ("rule_id","number")
);

-- CreateTable
CREATE TABLE "incident" (
    "number" SERIAL NOT NULL,
    "identity" CHAR(64) NOT NULL,
    "investigation_id" TEXT NOT NULL,
    "rule_id" TEXT NOT NULL,
    "rule_name" TEXT NOT NULL,
    "object_type" TEXT NOT NULL,
    "object_name" TEXT NOT NULL,
    "host_id" UUID,
    "story" TEXT NOT NULL,
    "state" "incident_state" NOT NULL,
    "sentence" TEXT NOT NULL,
    "severity" "severity" NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "uncapped_score" DOUBLE PRECISION NOT NULL,
    "event_count" INTEGER NOT NULL,
    "source_count" INTEGER NOT NULL,
    "tactic_count" INTEGER NOT NULL,
    "peak_start_ticks" BIGINT NOT NULL,
    "peak_end_ticks" BIGINT NOT NULL,
    "first_ticks" BIGINT NOT NULL,
    "last_ticks" BIGINT NOT NULL,
    "techniques" TEXT[],
    "stories" TEXT[],
    "status" "finding_status" NOT NULL DEFAULT 'new',
    "disposition" "disposition",
    "reason" TEXT,
    "owner_id" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "closed_at" TIMESTAMPTZ(3),
    "recurred_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "incident_member" (
    "incident_number" INTEGER NOT NULL,
    "finding_id" CHAR(64) NOT NULL,
    "episode" INTEGER NOT NULL,
    "is_in_peak" BOOLEAN NOT NULL,

    CONSTRAINT "incident_member_pkey" PRIMARY KEY ("incident_number","finding_id","episode")
);

-- CreateTable
CREATE TABLE "incident_change" (
    "id" UUID NOT NULL,
    "incident_number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" "incident_state" NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "severity" "severity" NOT NULL,
    "event_count" INTEGER NOT NULL,

    CONSTRAINT "incident_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "risk_factor_number_key" ON "risk_factor"("number");

-- CreateIndex
CREATE INDEX "entity_kind_idx" ON "entity"("kind");

-- CreateIndex
CREATE INDEX "entity_keys_idx" ON "entity" USING GIN ("keys");

-- CreateIndex
CREATE UNIQUE INDEX "incident_identity_key" ON "incident"("identity");

-- CreateIndex
CREATE INDEX "incident_investigation_id_state_idx" ON "incident"("investigation_id", "state");

-- CreateIndex
CREATE INDEX "incident_host_id_idx" ON "incident"("host_id");

-- CreateIndex
CREATE INDEX "incident_member_finding_id_idx" ON "incident_member"("finding_id");

-- CreateIndex
CREATE INDEX "incident_change_incident_number_at_idx" ON "incident_change"("incident_number", "at");

-- CreateIndex
CREATE INDEX "risk_event_host_id_idx" ON "risk_event"("host_id");

-- AddForeignKey
ALTER TABLE "risk_factor_version" ADD CONSTRAINT "risk_factor_version_factor_id_fkey" FOREIGN KEY ("factor_id") REFERENCES "risk_factor"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_rule_version" ADD CONSTRAINT "incident_rule_version_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "incident_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_investigation_id_fkey" FOREIGN KEY ("investigation_id") REFERENCES "investigation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_member" ADD CONSTRAINT "incident_member_incident_number_fkey" FOREIGN KEY ("incident_number") REFERENCES "incident"("number") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_member" ADD CONSTRAINT "incident_member_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_change" ADD CONSTRAINT "incident_change_incident_number_fkey" FOREIGN KEY ("incident_number") REFERENCES "incident"("number") ON DELETE CASCADE ON UPDATE CASCADE;

-- A risk that was set before versions were kept is the first of them.
INSERT INTO "detection_risk_version" ("detection_id", "number", "impact", "confidence", "reason", "author_name")
SELECT "detection_id", 1, "risk_score", 100, '', 'before versions' FROM "detection_setting" WHERE "risk_score" IS NOT NULL;

-- AlterTable
ALTER TABLE "detection_setting" DROP COLUMN "risk_score";
