-- CreateTable
CREATE TABLE "collector_token" (
    "id" TEXT NOT NULL,
    "token_hash" CHAR(64) NOT NULL,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "is_ack_enabled" BOOLEAN NOT NULL,
    "is_query_allowed" BOOLEAN NOT NULL,
    "source" TEXT,
    "sourcetype" TEXT,
    "index" TEXT,
    "host" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "collector_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "collector_segment" (
    "id" UUID NOT NULL,
    "token_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "stream_key" CHAR(64),
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "collector_segment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "collector_channel" (
    "token_id" TEXT NOT NULL,
    "channel" UUID NOT NULL,
    "next_ack" INTEGER NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "collector_channel_pkey" PRIMARY KEY ("token_id","channel")
);

-- CreateIndex
CREATE UNIQUE INDEX "collector_token_token_hash_key" ON "collector_token"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "collector_segment_stream_key_key" ON "collector_segment"("stream_key");

-- CreateIndex
CREATE INDEX "collector_segment_opened_at_idx" ON "collector_segment"("opened_at");

-- CreateIndex
CREATE INDEX "collector_channel_used_at_idx" ON "collector_channel"("used_at");

-- AddForeignKey
ALTER TABLE "collector_token" ADD CONSTRAINT "collector_token_id_fkey" FOREIGN KEY ("id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "collector_segment" ADD CONSTRAINT "collector_segment_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "collector_token"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "collector_channel" ADD CONSTRAINT "collector_channel_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "collector_token"("id") ON DELETE CASCADE ON UPDATE CASCADE;
