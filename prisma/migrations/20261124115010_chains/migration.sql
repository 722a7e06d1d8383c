-- CreateEnum
CREATE TYPE "chain_role" AS ENUM ('opening', 'further', 'use', 'closing');

-- AlterTable
ALTER TABLE "finding" DROP COLUMN "chain_id";

-- CreateTable
CREATE TABLE "chain_member" (
    "chain_id" CHAR(64) NOT NULL,
    "finding_id" CHAR(64) NOT NULL,
    "event_id" CHAR(64) NOT NULL,
    "role" "chain_role" NOT NULL,
    "host_id" UUID NOT NULL,
    "time_ticks" BIGINT NOT NULL,

    CONSTRAINT "chain_member_pkey" PRIMARY KEY ("chain_id","finding_id","event_id")
);

-- CreateIndex
CREATE INDEX "chain_member_finding_id_idx" ON "chain_member"("finding_id");

-- CreateIndex
CREATE INDEX "chain_member_host_id_idx" ON "chain_member"("host_id");

-- AddForeignKey
ALTER TABLE "chain_member" ADD CONSTRAINT "chain_member_chain_id_fkey" FOREIGN KEY ("chain_id") REFERENCES "finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain_member" ADD CONSTRAINT "chain_member_finding_id_fkey" FOREIGN KEY ("finding_id") REFERENCES "finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain_member" ADD CONSTRAINT "chain_member_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;
