-- AlterTable
ALTER TABLE "evidence" ADD COLUMN     "alert_count" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "alert" (
    "evidence_id" UUID NOT NULL,
    "id" CHAR(64) NOT NULL,
    "host_id" UUID NOT NULL,
    "time_ticks" BIGINT,
    "tool" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "channel" TEXT,
    "event_code" INTEGER,
    "record_id" TEXT,
    "tags" TEXT[],
    "details" TEXT NOT NULL,
    "offset" BIGINT NOT NULL,
    "line" INTEGER,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("evidence_id","id")
);

-- CreateIndex
CREATE INDEX "alert_host_id_time_ticks_idx" ON "alert"("host_id", "time_ticks");

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "host"("id") ON DELETE CASCADE ON UPDATE CASCADE;
