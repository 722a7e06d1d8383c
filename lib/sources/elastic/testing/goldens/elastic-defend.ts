import type { estypes } from '@elastic/elasticsearch';

/** What documents of the layout "Elastic Defend" are asked; the official client's types say that a cluster knows it. */
export const elasticDefend = {
  bool: {
    should: [
      {
        bool: {
          filter: [
            {
              bool: {
                should: [
                  {
                    wildcard: {
                      'registry.path': {
                        value: '*\\\\CurrentVersion\\\\Schedule\\\\Configuration*',
                        case_insensitive: true,
                      },
                    },
                  },
                  {
                    bool: {
                      filter: [
                        {
                          bool: {
                            should: [
                              {
                                wildcard: {
                                  'registry.hive': {
                                    value: '*currentversion*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                wildcard: {
                                  'registry.key': {
                                    value: '*currentversion*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                wildcard: {
                                  'registry.value': {
                                    value: '*currentversion*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                            ],
                            minimum_should_match: 1,
                          },
                        },
                        {
                          bool: {
                            should: [
                              {
                                wildcard: {
                                  'registry.hive': {
                                    value: '*schedule*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                wildcard: {
                                  'registry.key': {
                                    value: '*schedule*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                wildcard: {
                                  'registry.value': {
                                    value: '*schedule*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                            ],
                            minimum_should_match: 1,
                          },
                        },
                        {
                          bool: {
                            should: [
                              {
                                wildcard: {
                                  'registry.hive': {
                                    value: '*configuration*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                wildcard: {
                                  'registry.key': {
                                    value: '*configuration*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                wildcard: {
                                  'registry.value': {
                                    value: '*configuration*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                            ],
                            minimum_should_match: 1,
                          },
                        },
                      ],
                    },
                  },
                  {
                    terms: {
                      _ignored: [
                        'winlog.event_data.TargetObject',
                        'Event.EventData.TargetObject',
                        'EventData.TargetObject',
                        'TargetObject',
                        'registry.path',
                        'winlog.event_data.ObjectName',
                        'Event.EventData.ObjectName',
                        'EventData.ObjectName',
                        'ObjectName',
                        'registry.hive',
                        'registry.key',
                        'registry.value',
                      ],
                    },
                  },
                  {
                    bool: {
                      filter: [
                        {
                          terms: {
                            'event.code': ['12', '13', '14', '4657'],
                          },
                        },
                        {
                          bool: {
                            must_not: [
                              {
                                exists: {
                                  field: 'registry.path',
                                },
                              },
                            ],
                          },
                        },
                      ],
                    },
                  },
                ],
                minimum_should_match: 1,
              },
            },
            {
              bool: {
                should: [
                  {
                    term: {
                      'registry.value': {
                        value: 'EnableAt',
                        case_insensitive: true,
                      },
                    },
                  },
                  {
                    wildcard: {
                      'registry.path': {
                        value: '*enableat*',
                        case_insensitive: true,
                      },
                    },
                  },
                  {
                    terms: {
                      _ignored: [
                        'winlog.event_data.ObjectValueName',
                        'Event.EventData.ObjectValueName',
                        'EventData.ObjectValueName',
                        'ObjectValueName',
                        'registry.value',
                        'winlog.event_data.TargetObject',
                        'Event.EventData.TargetObject',
                        'EventData.TargetObject',
                        'TargetObject',
                        'registry.path',
                      ],
                    },
                  },
                  {
                    bool: {
                      filter: [
                        {
                          terms: {
                            'event.code': ['12', '13', '14', '4657'],
                          },
                        },
                        {
                          bool: {
                            must_not: [
                              {
                                exists: {
                                  field: 'registry.value',
                                },
                              },
                              {
                                exists: {
                                  field: 'registry.path',
                                },
                              },
                            ],
                          },
                        },
                      ],
                    },
                  },
                ],
                minimum_should_match: 1,
              },
            },
          ],
        },
      },
      {
        bool: {
          should: [
            {
              wildcard: {
                'powershell.file.script_block_text': {
                  value: '*win32_scheduledjob*',
                  case_insensitive: true,
                },
              },
            },
            {
              terms: {
                _ignored: [
                  'winlog.event_data.ScriptBlockText',
                  'Event.EventData.ScriptBlockText',
                  'EventData.ScriptBlockText',
                  'ScriptBlockText',
                  'powershell.file.script_block_text',
                ],
              },
            },
            {
              bool: {
                filter: [
                  {
                    terms: {
                      'event.code': ['4104'],
                    },
                  },
                  {
                    bool: {
                      must_not: [
                        {
                          exists: {
                            field: 'powershell.file.script_block_text',
                          },
                        },
                      ],
                    },
                  },
                ],
              },
            },
          ],
          minimum_should_match: 1,
        },
      },
    ],
    minimum_should_match: 1,
  },
} satisfies estypes.QueryDslQueryContainer;
