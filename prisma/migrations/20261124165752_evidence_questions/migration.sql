-- CreateEnum
CREATE TYPE "evidence_question" AS ENUM ('time_zone', 'mapping');

-- AlterEnum
ALTER TYPE "evidence_status" ADD VALUE 'asking';

-- AlterTable
ALTER TABLE "evidence" ADD COLUMN     "header_key" CHAR(64),
ADD COLUMN     "mapping" JSONB,
ADD COLUMN     "question" "evidence_question",
ADD COLUMN     "time_zone" TEXT;

-- CreateTable
CREATE TABLE "remembered_mapping" (
    "header_key" CHAR(64) NOT NULL,
    "columns" TEXT[],
    "mapping" JSONB NOT NULL,
    "updated_by_name" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "remembered_mapping_pkey" PRIMARY KEY ("header_key")
);

-- CreateIndex
CREATE INDEX "evidence_header_key_idx" ON "evidence"("header_key");
