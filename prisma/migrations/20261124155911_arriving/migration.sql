-- AlterEnum
ALTER TYPE "evidence_status" ADD VALUE 'arriving';

-- AlterTable
ALTER TABLE "evidence" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "resume_bytes" BIGINT,
ADD COLUMN     "upload_id" TEXT,
ALTER COLUMN "sha256" DROP NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "evidence_upload_id_key" ON "evidence"("upload_id");

-- Evidence is whole, under its hash, or arrives by an upload.
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_whole_or_arriving" CHECK (("sha256" IS NULL) = ("upload_id" IS NOT NULL));
