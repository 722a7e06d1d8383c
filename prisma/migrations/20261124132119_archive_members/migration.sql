-- AlterTable
ALTER TABLE "evidence" ADD COLUMN     "parent_id" UUID;

-- CreateTable
CREATE TABLE "archive_member" (
    "archive_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "size_bytes" BIGINT,
    "evidence_id" UUID,
    "refused" TEXT,
    "message" TEXT,

    CONSTRAINT "archive_member_pkey" PRIMARY KEY ("archive_id","seq")
);

-- CreateIndex
CREATE INDEX "archive_member_evidence_id_idx" ON "archive_member"("evidence_id");

-- CreateIndex
CREATE INDEX "evidence_parent_id_idx" ON "evidence"("parent_id");

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "evidence"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "archive_member" ADD CONSTRAINT "archive_member_archive_id_fkey" FOREIGN KEY ("archive_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "archive_member" ADD CONSTRAINT "archive_member_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE SET NULL ON UPDATE CASCADE;
