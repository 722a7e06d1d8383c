/** How chains call themselves where detections are TTP, Anomaly or Hunting. */
export const CHAIN_TYPE = 'Chain';
