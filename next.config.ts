import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  // `npm test` checks types; a start does not wait for it.
  typescript: { ignoreBuildErrors: true },
  // Loaded by Node as they are: they find files beside themselves, or must be one copy in a process.
  serverExternalPackages: [
    '@elastic/elasticsearch',
    '@opensearch-project/opensearch',
    '@prisma/adapter-pg',
    'better-auth',
    'pg',
    'pg-boss',
    'pino',
    'prom-client',
  ],
};

export default config;
