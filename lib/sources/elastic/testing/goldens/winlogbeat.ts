import type { estypes } from '@elastic/elasticsearch';

/** What documents of the layout "winlogbeat" are asked; the official client's types say that a cluster knows it. */
export const winlogbeat = {
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
                      'winlog.event_data.TargetObject': {
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
                                  message: {
                                    value: '*currentversion*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                regexp: {
                                  message: {
                                    value: '.{100,}c(u(r(r(e(n(t(v(e(r(s(i(o)?)?)?)?)?)?)?)?)?)?)?)?',
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
                                  message: {
                                    value: '*schedule*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                regexp: {
                                  message: {
                                    value: '.{100,}s(c(h(e(d(u(l)?)?)?)?)?)?',
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
                                  message: {
                                    value: '*configuration*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                regexp: {
                                  message: {
                                    value: '.{100,}c(o(n(f(i(g(u(r(a(t(i(o)?)?)?)?)?)?)?)?)?)?)?',
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
                        'message',
                      ],
                    },
                  },
                  {
                    bool: {
                      filter: [
                        {
                          bool: {
                            should: [
                              {
                                terms: {
                                  'winlog.event_id': ['12', '13', '14', '4657'],
                                },
                              },
                              {
                                terms: {
                                  'event.code': ['12', '13', '14', '4657'],
                                },
                              },
                            ],
                            minimum_should_match: 1,
                          },
                        },
                        {
                          bool: {
                            must_not: [
                              {
                                exists: {
                                  field: 'winlog.event_data.TargetObject',
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
                      'winlog.event_data.ObjectValueName': {
                        value: 'EnableAt',
                        case_insensitive: true,
                      },
                    },
                  },
                  {
                    bool: {
                      should: [
                        {
                          wildcard: {
                            'winlog.event_data.TargetObject': {
                              value: '*enableat*',
                              case_insensitive: true,
                            },
                          },
                        },
                        {
                          wildcard: {
                            message: {
                              value: '*enableat*',
                              case_insensitive: true,
                            },
                          },
                        },
                        {
                          regexp: {
                            message: {
                              value: '.{100,}e(n(a(b(l(e(a)?)?)?)?)?)?',
                              case_insensitive: true,
                            },
                          },
                        },
                      ],
                      minimum_should_match: 1,
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
                        'message',
                      ],
                    },
                  },
                  {
                    bool: {
                      filter: [
                        {
                          bool: {
                            should: [
                              {
                                terms: {
                                  'winlog.event_id': ['12', '13', '14', '4657'],
                                },
                              },
                              {
                                terms: {
                                  'event.code': ['12', '13', '14', '4657'],
                                },
                              },
                            ],
                            minimum_should_match: 1,
                          },
                        },
                        {
                          bool: {
                            must_not: [
                              {
                                exists: {
                                  field: 'winlog.event_data.ObjectValueName',
                                },
                              },
                              {
                                exists: {
                                  field: 'winlog.event_data.TargetObject',
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
          filter: [
            {
              bool: {
                should: [
                  {
                    term: {
                      'winlog.event_id': {
                        value: '4104',
                        case_insensitive: true,
                      },
                    },
                  },
                  {
                    term: {
                      'event.code': {
                        value: '4104',
                        case_insensitive: true,
                      },
                    },
                  },
                  {
                    bool: {
                      must_not: [
                        {
                          exists: {
                            field: 'winlog.channel',
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
                    wildcard: {
                      'winlog.event_data.ScriptBlockText': {
                        value: '*win32_scheduledjob*',
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
                                  message: {
                                    value: '*win32*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                regexp: {
                                  message: {
                                    value: '.{100,}w(i(n(3)?)?)?',
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
                                  message: {
                                    value: '*scheduledjob*',
                                    case_insensitive: true,
                                  },
                                },
                              },
                              {
                                regexp: {
                                  message: {
                                    value: '.{100,}s(c(h(e(d(u(l(e(d(j(o)?)?)?)?)?)?)?)?)?)?',
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
                        'winlog.event_data.ScriptBlockText',
                        'Event.EventData.ScriptBlockText',
                        'EventData.ScriptBlockText',
                        'ScriptBlockText',
                        'powershell.file.script_block_text',
                        'message',
                      ],
                    },
                  },
                  {
                    bool: {
                      filter: [
                        {
                          bool: {
                            should: [
                              {
                                terms: {
                                  'winlog.event_id': ['4104'],
                                },
                              },
                              {
                                terms: {
                                  'event.code': ['4104'],
                                },
                              },
                            ],
                            minimum_should_match: 1,
                          },
                        },
                        {
                          bool: {
                            must_not: [
                              {
                                exists: {
                                  field: 'winlog.event_data.ScriptBlockText',
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
    ],
    minimum_should_match: 1,
  },
} satisfies estypes.QueryDslQueryContainer;
