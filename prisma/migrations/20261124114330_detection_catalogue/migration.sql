-- AlterTable
-- What was counted so far was counted for the variant that was the only one in force.
ALTER TABLE "coverage" DROP CONSTRAINT "coverage_pkey",
ADD COLUMN     "variant" TEXT NOT NULL DEFAULT '2023',
ADD CONSTRAINT "coverage_pkey" PRIMARY KEY ("evidence_id", "host_id", "detection_id", "variant");
ALTER TABLE "coverage" ALTER COLUMN "variant" DROP DEFAULT;

-- AlterTable
ALTER TABLE "finding" ADD COLUMN     "superseded_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "content_file" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "body" TEXT NOT NULL,
    "imported_by_id" TEXT,
    "imported_by_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "content_file_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "detection_version" (
    "detection_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "file_id" UUID NOT NULL,
    "variant" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "detection_version_pkey" PRIMARY KEY ("detection_id","number")
);

-- CreateTable
CREATE TABLE "imported_macro" (
    "name" TEXT NOT NULL,
    "arg_count" INTEGER NOT NULL,
    "args" TEXT[],
    "definition" TEXT NOT NULL,
    "file_id" UUID NOT NULL,

    CONSTRAINT "imported_macro_pkey" PRIMARY KEY ("name","arg_count")
);

-- CreateTable
CREATE TABLE "imported_lookup" (
    "part" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "file_id" UUID NOT NULL,

    CONSTRAINT "imported_lookup_pkey" PRIMARY KEY ("part","name")
);

-- CreateTable
CREATE TABLE "detection_setting" (
    "detection_id" TEXT NOT NULL,
    "wanted_variant" TEXT,
    "active_variant" TEXT,
    "stopped" TEXT,
    "risk_score" DOUBLE PRECISION,

    CONSTRAINT "detection_setting_pkey" PRIMARY KEY ("detection_id")
);

-- CreateTable
CREATE TABLE "evidence_rule" (
    "evidence_id" UUID NOT NULL,
    "rule_key" CHAR(16) NOT NULL,

    CONSTRAINT "evidence_rule_pkey" PRIMARY KEY ("evidence_id","rule_key")
);

-- CreateTable
CREATE TABLE "reprocess" (
    "evidence_id" UUID NOT NULL,
    "lease_id" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_offset" BIGINT NOT NULL DEFAULT 0,
    "next_block" INTEGER NOT NULL DEFAULT 0,
    "rule_keys" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "message" TEXT,

    CONSTRAINT "reprocess_pkey" PRIMARY KEY ("evidence_id")
);

-- CreateIndex
CREATE INDEX "content_file_sha256_idx" ON "content_file"("sha256");

-- CreateIndex
CREATE INDEX "detection_version_file_id_idx" ON "detection_version"("file_id");

-- CreateIndex
CREATE INDEX "imported_macro_file_id_idx" ON "imported_macro"("file_id");

-- CreateIndex
CREATE INDEX "imported_lookup_file_id_idx" ON "imported_lookup"("file_id");

-- CreateIndex
CREATE INDEX "coverage_detection_id_variant_idx" ON "coverage"("detection_id", "variant");

-- AddForeignKey
ALTER TABLE "detection_version" ADD CONSTRAINT "detection_version_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "content_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "imported_macro" ADD CONSTRAINT "imported_macro_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "content_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "imported_lookup" ADD CONSTRAINT "imported_lookup_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "content_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_rule" ADD CONSTRAINT "evidence_rule_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reprocess" ADD CONSTRAINT "reprocess_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;
