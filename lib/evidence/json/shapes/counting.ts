import type { RecordForm } from '#lib/evidence/forms.ts';

/** What recordOf reads of an object although counting it by kind needs it not, by the keys that lead there. */
type Counting = {
  /** Where the time stands; the first of these that recordOf reads gives it, when it is a whole ISO time. */
  readonly time: RegExp;
  /** Whatever stands here, neither the form nor the channel, event id, computer and provider change by it. */
  readonly ignored: RegExp;
};

/** Forms whose records can be counted without being made. census.test.ts holds each of these against recordOf. */
export const COUNTING: Partial<Readonly<Record<RecordForm, Counting>>> = {
  evtx_dump: {
    time: /^Event\.System\.TimeCreated(?:_attributes)?(?:\.|$)/,
    ignored:
      /^Event\.System\.(?:(?:Version|Level|Task|Opcode|Keywords|EventRecordID|Correlation|Execution|Security)(?:_attributes)?(?:\.|$)|Provider(?:_attributes)?\.(?:[#_]attributes\.)?@?Guid$)/,
  },
  winlogbeat: {
    time: /^(?:_source\.)?(?:winlog\.time_created|@timestamp)$/,
    ignored:
      /^(?:_source\.)?(?:winlog\.(?:version|task|opcode|keywords|provider_guid|record_id|activity_id|related_activity_id|process\.pid|process\.thread\.id|user\.identifier)|log\.level)$/,
  },
  nxlog: {
    time: /^(?:TimeCreated|@timestamp|EventTime)$/,
    ignored:
      /^(?:Version|Level|Severity|Task|Opcode|OpcodeValue|Keywords|RecordNumber|EventRecordID|ActivityID|RelatedActivityID|ExecutionProcessID|ExecutionThreadID|ThreadID|UserID|EventType)$/,
  },
  velociraptor: {
    time: /^(?:System\.TimeCreated\.SystemTime|EventTime|TimeCreated)$/,
    ignored:
      /^(?:System\.(?:Version|Level|Task|Opcode|Keywords|EventRecordID|Correlation\.ActivityID|Correlation\.RelatedActivityID|Execution\.ProcessID|Execution\.ThreadID|Security\.UserID)|EventRecordID|UserSID)$/,
  },
  'get-winevent': {
    time: /^TimeCreated(?:\.value|\.DateTime)?$/,
    ignored:
      /^(?:ProviderId|Qualifiers|Version|Level|Task|Opcode|Keywords|RecordId|ActivityId|RelatedActivityId|ProcessId|ThreadId|UserId(?:\.Value)?)$/,
  },
  defender: {
    time: /^(?:properties\.)?(?:Timestamp|TimeGenerated)$/,
    // Of the name it matters only whether there is one.
    ignored: /^(?:properties\.)?(?:FileName|InitiatingProcessAccountSid)$/,
  },
  elastic: {
    time: /^(?:_source\.)?(?:_time|@timestamp|timestamp|Timestamp|TimeCreated|time)$/,
    ignored: /^(?:_source\.)?user\.id$/,
  },
  json: {
    time: /^(?:_time|@timestamp|timestamp|Timestamp|TimeCreated|time)$/,
    ignored: /(?!)/,
  },
};
