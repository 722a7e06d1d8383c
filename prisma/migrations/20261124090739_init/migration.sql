-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "evidence_status" AS ENUM ('waiting', 'reading', 'ready', 'refused', 'failed');

-- CreateEnum
CREATE TYPE "finding_mode" AS ENUM ('strict', 'lenient', 'extended');

-- CreateEnum
CREATE TYPE "finding_state" AS ENUM ('active', 'superseded', 'evidence_deleted');

-- CreateEnum
CREATE TYPE "finding_status" AS ENUM ('new', 'in_progress', 'on_hold', 'closed');

-- CreateEnum
CREATE TYPE "disposition" AS ENUM ('true_positive', 'benign_positive', 'false_positive', 'undetermined');

-- CreateEnum
CREATE TYPE "severity" AS ENUM ('info', 'low', 'medium', 'high', 'critical');

-- CreateTable
CREATE TABLE "investigation" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "investigation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence" (
    "id" UUID NOT NULL,
    "investigation_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "form" TEXT,
    "status" "evidence_status" NOT NULL DEFAULT 'waiting',
    "message" TEXT,
    "reader_version" TEXT,
    "uploaded_by_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "next_offset" BIGINT NOT NULL DEFAULT 0,
    "next_block" INTEGER NOT NULL DEFAULT 0,
    "record_count" BIGINT NOT NULL DEFAULT 0,
    "problem_count" INTEGER NOT NULL DEFAULT 0,
    "loss_count" INTEGER NOT NULL DEFAULT 0,
    "first_ticks" BIGINT,
    "last_ticks" BIGINT,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence_problem" (
    "evidence_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    "line" INTEGER,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "skipped_bytes" BIGINT NOT NULL,
    "is_loss" BOOLEAN NOT NULL,

    CONSTRAINT "evidence_problem_pkey" PRIMARY KEY ("evidence_id","seq")
);

-- CreateTable
CREATE TABLE "event_count" (
    "evidence_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "event_code" INTEGER NOT NULL,
    "hour" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "first_ticks" BIGINT,
    "last_ticks" BIGINT,

    CONSTRAINT "event_count_pkey" PRIMARY KEY ("evidence_id","host_id","channel","event_code","hour")
);

-- CreateTable
CREATE TABLE "coverage" (
    "evidence_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "detection_id" TEXT NOT NULL,
    "relevant_count" INTEGER NOT NULL,
    "selected_count" INTEGER NOT NULL,
    "first_ticks" BIGINT,
    "last_ticks" BIGINT,

    CONSTRAINT "coverage_pkey" PRIMARY KEY ("evidence_id","host_id","detection_id")
);

-- CreateTable
CREATE TABLE "host" (
    "id" UUID NOT NULL,
    "investigation_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "joined_to_id" UUID,

    CONSTRAINT "host_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event" (
    "investigation_id" TEXT NOT NULL,
    "id" CHAR(64) NOT NULL,
    "host_id" UUID NOT NULL,
    "time_ticks" BIGINT,
    "channel" TEXT NOT NULL,
    "event_code" INTEGER NOT NULL,
    "record_id" TEXT,
    "kind" TEXT,
    "lane" TEXT,
    "summary" TEXT NOT NULL,
    "record" JSONB NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("investigation_id","id")
);

-- CreateTable
CREATE TABLE "long_text" (
    "hash" CHAR(64) NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "long_text_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "event_text" (
    "investigation_id" TEXT NOT NULL,
    "event_id" CHAR(64) NOT NULL,
    "hash" CHAR(64) NOT NULL,

    CONSTRAINT "event_text_pkey" PRIMARY KEY ("investigation_id","event_id","hash")
);

-- CreateTable
CREATE TABLE "selection" (
    "investigation_id" TEXT NOT NULL,
    "event_id" CHAR(64) NOT NULL,
    "detection_id" TEXT NOT NULL,
    "variant" TEXT NOT NULL,
    "mode" TEXT NOT NULL,

    CONSTRAINT "selection_pkey" PRIMARY KEY ("investigation_id","event_id","detection_id","variant","mode")
);

-- CreateTable
CREATE TABLE "sighting" (
    "investigation_id" TEXT NOT NULL,
    "event_id" CHAR(64) NOT NULL,
    "evidence_id" UUID NOT NULL,
    "offset" BIGINT NOT NULL,
    "line" INTEGER,

    CONSTRAINT "sighting_pkey" PRIMARY KEY ("investigation_id","event_id","evidence_id","offset")
);

-- CreateTable
CREATE TABLE "finding" (
    "id" CHAR(64) NOT NULL,
    "number" SERIAL NOT NULL,
    "investigation_id" TEXT NOT NULL,
    "detection_id" TEXT NOT NULL,
    "variant" TEXT NOT NULL,
    "mode" "finding_mode" NOT NULL,
    "state" "finding_state" NOT NULL DEFAULT 'active',
    "host_id" UUID,
    "dest" TEXT,
    "user" TEXT,
    "sentence" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "first_ticks" BIGINT,
    "last_ticks" BIGINT,
    "risk_score" DOUBLE PRECISION NOT NULL,
    "severity" "severity" NOT NULL,
    "techniques" TEXT[],
    "row" JSONB NOT NULL,
    "filled" TEXT[],
    "chain_id" TEXT,
    "chain_severity" "severity",
    "status" "finding_status" NOT NULL DEFAULT 'new',
    "disposition" "disposition",
    "reason" TEXT,
    "owner_id" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "is_touched" BOOLEAN NOT NULL DEFAULT false,
    "closed_at" TIMESTAMPTZ(3),
    "recurred_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "finding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "finding_event" (
    "finding_id" CHAR(64) NOT NULL,
    "investigation_id" TEXT NOT NULL,
    "event_id" CHAR(64) NOT NULL,

    CONSTRAINT "finding_event_pkey" PRIMARY KEY ("finding_id","event_id")
);

-- CreateTable
CREATE TABLE "episode" (
    "finding_id" CHAR(64) NOT NULL,
    "number" INTEGER NOT NULL,
    "start_ticks" BIGINT NOT NULL,
    "end_ticks" BIGINT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "episode_pkey" PRIMARY KEY ("finding_id","number")
);

-- CreateTable
CREATE TABLE "finding_note" (
    "id" UUID NOT NULL,
    "finding_id" CHAR(64) NOT NULL,
    "author_id" TEXT,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_note_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "risk_event" (
    "finding_id" CHAR(64) NOT NULL,
    "episode" INTEGER NOT NULL,
    "object_type" TEXT NOT NULL,
    "object_name" TEXT NOT NULL,
    "investigation_id" TEXT NOT NULL,
    "host_id" UUID,
    "score" DOUBLE PRECISION NOT NULL,
    "time_ticks" BIGINT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "risk_event_pkey" PRIMARY KEY ("finding_id","episode","object_type","object_name")
);

-- CreateTable
CREATE TABLE "risk_object" (
    "investigation_id" TEXT NOT NULL,
    "object_type" TEXT NOT NULL,
    "object_name" TEXT NOT NULL,
    "host_id" UUID,
    "peak_score" DOUBLE PRECISION NOT NULL,
    "peak_start_ticks" BIGINT NOT NULL,
    "peak_end_ticks" BIGINT NOT NULL,
    "total_score" DOUBLE PRECISION NOT NULL,
    "event_count" INTEGER NOT NULL,
    "severity" "severity" NOT NULL,

    CONSTRAINT "risk_object_pkey" PRIMARY KEY ("investigation_id","object_type","object_name")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object_type" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "investigation_id" TEXT,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "worker_heartbeat" (
    "id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_heartbeat_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "role" TEXT,
    "banned" BOOLEAN,
    "ban_reason" TEXT,
    "ban_expires" TIMESTAMPTZ(3),

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "user_id" TEXT NOT NULL,
    "impersonated_by" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_request" BIGINT NOT NULL,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apikey" (
    "id" TEXT NOT NULL,
    "config_id" TEXT NOT NULL DEFAULT 'default',
    "name" TEXT,
    "start" TEXT,
    "reference_id" TEXT NOT NULL,
    "prefix" TEXT,
    "key" TEXT NOT NULL,
    "refill_interval" INTEGER,
    "refill_amount" INTEGER,
    "last_refill_at" TIMESTAMPTZ(3),
    "enabled" BOOLEAN DEFAULT true,
    "rate_limit_enabled" BOOLEAN,
    "rate_limit_time_window" INTEGER,
    "rate_limit_max" INTEGER,
    "request_count" INTEGER,
    "remaining" INTEGER,
    "last_request" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "permissions" TEXT,
    "metadata" TEXT,

    CONSTRAINT "apikey_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "evidence_investigation_id_created_at_idx" ON "evidence"("investigation_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "evidence_investigation_id_sha256_key" ON "evidence"("investigation_id", "sha256");

-- CreateIndex
CREATE INDEX "event_count_host_id_hour_idx" ON "event_count"("host_id", "hour");

-- CreateIndex
CREATE INDEX "coverage_host_id_idx" ON "coverage"("host_id");

-- CreateIndex
CREATE INDEX "host_joined_to_id_idx" ON "host"("joined_to_id");

-- CreateIndex
CREATE UNIQUE INDEX "host_investigation_id_name_key" ON "host"("investigation_id", "name");

-- CreateIndex
CREATE INDEX "event_host_id_time_ticks_idx" ON "event"("host_id", "time_ticks");

-- CreateIndex
CREATE INDEX "event_text_hash_idx" ON "event_text"("hash");

-- CreateIndex
CREATE INDEX "selection_investigation_id_detection_id_variant_mode_idx" ON "selection"("investigation_id", "detection_id", "variant", "mode");

-- CreateIndex
CREATE INDEX "sighting_evidence_id_idx" ON "sighting"("evidence_id");

-- CreateIndex
CREATE INDEX "finding_investigation_id_state_first_ticks_idx" ON "finding"("investigation_id", "state", "first_ticks");

-- CreateIndex
CREATE INDEX "finding_host_id_idx" ON "finding"("host_id");

-- CreateIndex
CREATE UNIQUE INDEX "finding_number_key" ON "finding"("number");

-- CreateIndex
CREATE INDEX "finding_event_investigation_id_event_id_idx" ON "finding_event"("investigation_id", "event_id");

-- CreateIndex
CREATE INDEX "finding_note_finding_id_created_at_idx" ON "finding_note"("finding_id", "created_at");

-- CreateIndex
CREATE INDEX "risk_event_investigation_id_object_type_object_name_idx" ON "risk_event"("investigation_id", "object_type", "object_name");

-- CreateIndex
CREATE INDEX "risk_object_host_id_idx" ON "risk_object"("host_id");

-- CreateIndex
CREATE INDEX "audit_entry_object_type_object_id_at_idx" ON "audit_entry"("object_type", "object_id", "at");

-- CreateIndex
CREATE INDEX "audit_entry_at_idx" ON "audit_entry"("at");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "account_user_id_idx" ON "account"("user_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "rate_limit_key_key" ON "rate_limit"("key");

-- CreateIndex
CREATE INDEX "apikey_config_id_idx" ON "apikey"("config_id");

-- CreateIndex
CREATE INDEX "apikey_reference_id_idx" ON "apikey"("reference_id");

-- CreateIndex
CREATE INDEX "apikey_key_idx" ON "apikey"("key");

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_investigation_id_fkey" FOREIGN KEY ("investigation_id") REFERENCES "investigation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_uploaded_by_id_fkey" FOREIGN KEY ("uploaded_by_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_problem" ADD CONSTRAINT "evidence_problem_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_count" ADD CONSTRAINT "event_count_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_count" ADD CONSTRAINT "event_count_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coverage" ADD CONSTRAINT "coverage_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coverage" ADD CONSTRAINT "coverage_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "host" ADD CONSTRAINT "host_investigation_id_fkey" FOREIGN KEY ("investigation_id") REFERENCES "investigation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "host" ADD CONSTRAINT "host_joined_to_id_fkey" FOREIGN KEY ("joined_to_id") REFERENCES "host"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event" ADD CONSTRAINT "event_investigation_id_fkey" FOREIGN KEY ("investigation_id") REFERENCES "investigation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event" ADD CONSTRAINT "event_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_text" ADD CONSTRAINT "event_text_investigation_id_event_id_fkey" FOREIGN KEY ("investigation_id", "event_id") REFERENCES "event"("investigation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_text" ADD CONSTRAINT "event_text_hash_fkey" FOREIGN KEY ("hash") REFERENCES "long_text"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "selection" ADD CONSTRAINT "selection_investigation_id_event_id_fkey" FOREIGN KEY ("investigation_id", "event_id") REFERENCES "event"("investigation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sighting" ADD CONSTRAINT "sighting_investigation_id_event_id_fkey" FOREIGN KEY ("investigation_id", "event_id") REFERENCES "event"("investigation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sighting" ADD CONSTRAINT "sighting_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding" ADD CONSTRAINT "finding_investigation_id_fkey" FOREIGN KEY ("investigation_id") REFERENCES "investigation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding" ADD CONSTRAINT "finding_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding" ADD CONSTRAINT "finding_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding_event" ADD CONSTRAINT "finding_event_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding_event" ADD CONSTRAINT "finding_event_investigation_id_event_id_fkey" FOREIGN KEY ("investigation_id", "event_id") REFERENCES "event"("investigation_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "episode" ADD CONSTRAINT "episode_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding_note" ADD CONSTRAINT "finding_note_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding_note" ADD CONSTRAINT "finding_note_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "risk_event" ADD CONSTRAINT "risk_event_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "risk_event" ADD CONSTRAINT "risk_event_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The container that exists from the start.
INSERT INTO "investigation" ("id", "name") VALUES ('default', 'Default investigation');
