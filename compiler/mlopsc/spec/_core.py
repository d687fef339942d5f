"""Generated from the models in this package by "python -m mlopsc.spec.generate"; do not edit."""

# fmt: off
# ruff: noqa

from typing import Any

SECTIONS: dict[str, Any] = {
 '$schema': {'type': 'str'},
 'apiVersion': {'type': 'literal', 'expected': ['mlopsc/v1']},
 'final': {'type': 'list', 'items_schema': {'type': 'str', 'pattern': '^[^. \\t\\r\\n]+(?:\\.[^. \\t\\r\\n]+)*$'}},
 'metadata': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'name': {
    'type': 'typed-dict-field',
    'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
    'required': True,
   },
   'description': {
    'type': 'typed-dict-field',
    'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
    'required': False,
   },
   'owner': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'str',
      'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
     },
     'default': None,
    },
    'required': False,
   },
   'labels': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'str'}},
     'default': {},
     'copy_default': True,
    },
    'required': False,
   },
  },
 },
 'include': {
  'type': 'list',
  'items_schema': {
   'type': 'typed-dict',
   'extra_behavior': 'forbid',
   'fields': {
    'path': {
     'type': 'typed-dict-field',
     'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
     'required': True,
    },
    'sha256': {
     'type': 'typed-dict-field',
     'schema': {'type': 'default', 'schema': {'type': 'str', 'pattern': '^[0-9a-f]{64}$'}, 'default': None},
     'required': False,
    },
   },
  },
 },
 'variables': {
  'type': 'dict',
  'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
  'values_schema': {
   'type': 'union',
   'choices': [{'type': 'bool'}, {'type': 'int'}, {'type': 'float', 'allow_inf_nan': False}, {'type': 'str'}],
  },
 },
 'target': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
 'stack': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'train': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
     'default': None,
    },
    'required': False,
   },
   'track': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
     'default': None,
    },
    'required': False,
   },
   'serve': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
     'default': None,
    },
    'required': False,
   },
   'report': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
     'default': None,
    },
    'required': False,
   },
  },
 },
 'data': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'datasets': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'dict',
     'min_length': 1,
     'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z][A-Za-z0-9_-]*$'},
     'values_schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'uri': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'str',
          'pattern': '^(?:(?:s3|gs|az)://[^ \\t\\r\\n]+|https://[^ \\t\\r\\n/?#@\\\\]+(?:[/?#][^ \\t\\r\\n]*)?|[^ :/\\t\\r\\n][^:\\t\\r\\n]*)$',
         },
         'default': None,
        },
        'required': False,
       },
       'loader': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'str',
          'pattern': '^[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$',
         },
         'default': None,
        },
        'required': False,
       },
       'format': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['csv', 'parquet', 'jsonl']},
         'default': None,
        },
        'required': False,
       },
       'version': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'sha256': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'str', 'pattern': '^[0-9a-f]{64}$'}, 'default': None},
            'required': False,
           },
           'dvc': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
             'default': None,
            },
            'required': False,
           },
           'resolve': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'literal', 'expected': ['at-run']}, 'default': None},
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'source': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
        'required': False,
       },
       'owner': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'str',
          'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
         },
         'default': None,
        },
        'required': False,
       },
       'license': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
        'required': False,
       },
       'personal_data': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'contains': {'type': 'typed-dict-field', 'schema': {'type': 'bool'}, 'required': True},
           'basis': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'literal',
              'expected': [
               'consent',
               'contract',
               'legal-obligation',
               'vital-interests',
               'public-task',
               'legitimate-interests',
              ],
             },
             'default': None,
            },
            'required': False,
           },
           'retention': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
             'default': None,
            },
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'missing_values': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'list',
          'items_schema': {
           'type': 'union',
           'choices': [
            {'type': 'bool'},
            {'type': 'int'},
            {'type': 'float', 'allow_inf_nan': False},
            {'type': 'str'},
           ],
          },
         },
         'default': [''],
         'copy_default': True,
        },
        'required': False,
       },
       'columns': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'dict',
          'keys_schema': {'type': 'str'},
          'values_schema': {
           'type': 'typed-dict',
           'extra_behavior': 'forbid',
           'fields': {
            'type': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'literal',
              'expected': ['string', 'category', 'integer', 'number', 'boolean', 'timestamp'],
             },
             'required': True,
            },
            'role': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {
               'type': 'literal',
               'expected': ['feature', 'target', 'id', 'timestamp', 'sensitive', 'weight', 'group', 'excluded'],
              },
              'default': 'feature',
             },
             'required': False,
            },
            'values': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {
               'type': 'list',
               'min_length': 1,
               'items_schema': {
                'type': 'union',
                'choices': [
                 {'type': 'bool'},
                 {'type': 'int'},
                 {'type': 'float', 'allow_inf_nan': False},
                 {'type': 'str'},
                ],
               },
              },
              'default': None,
             },
             'required': False,
            },
            'min': {
             'type': 'typed-dict-field',
             'schema': {'type': 'default', 'schema': {'type': 'float', 'allow_inf_nan': False}, 'default': None},
             'required': False,
            },
            'max': {
             'type': 'typed-dict-field',
             'schema': {'type': 'default', 'schema': {'type': 'float', 'allow_inf_nan': False}, 'default': None},
             'required': False,
            },
            'max_missing': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
              'default': None,
             },
             'required': False,
            },
            'personal': {
             'type': 'typed-dict-field',
             'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': False},
             'required': False,
            },
           },
          },
         },
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
       'checks': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'min_rows': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 0}, 'default': None},
            'required': False,
           },
           'unique': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'list', 'items_schema': {'type': 'str', 'min_length': 1}},
             'default': [],
             'copy_default': True,
            },
            'required': False,
           },
           'freshness': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'typed-dict',
              'extra_behavior': 'forbid',
              'fields': {
               'column': {
                'type': 'typed-dict-field',
                'schema': {'type': 'str', 'min_length': 1},
                'required': True,
               },
               'max_age': {
                'type': 'typed-dict-field',
                'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
                'required': True,
               },
              },
             },
             'default': None,
            },
            'required': False,
           },
          },
         },
         'default': {'min_rows': None, 'unique': [], 'freshness': None},
         'copy_default': True,
        },
        'required': False,
       },
      },
     },
    },
    'required': True,
   },
   'train': {
    'type': 'typed-dict-field',
    'schema': {'type': 'str', 'pattern': '^[A-Za-z][A-Za-z0-9_-]*$'},
    'required': True,
   },
   'evaluate': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'typed-dict',
     'extra_behavior': 'forbid',
     'fields': {
      'split': {
       'type': 'typed-dict-field',
       'schema': {
        'type': 'default',
        'schema': {
         'type': 'typed-dict',
         'extra_behavior': 'forbid',
         'fields': {
          'test': {
           'type': 'typed-dict-field',
           'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
           'required': True,
          },
          'stratify': {
           'type': 'typed-dict-field',
           'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': False},
           'required': False,
          },
          'seed': {
           'type': 'typed-dict-field',
           'schema': {'type': 'default', 'schema': {'type': 'int'}, 'default': None},
           'required': False,
          },
          'by_time': {
           'type': 'typed-dict-field',
           'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
           'required': False,
          },
          'by_group': {
           'type': 'typed-dict-field',
           'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
           'required': False,
          },
          'gap': {
           'type': 'typed-dict-field',
           'schema': {
            'type': 'default',
            'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
            'default': None,
           },
           'required': False,
          },
         },
        },
        'default': None,
       },
       'required': False,
      },
      'dataset': {
       'type': 'typed-dict-field',
       'schema': {
        'type': 'default',
        'schema': {'type': 'str', 'pattern': '^[A-Za-z][A-Za-z0-9_-]*$'},
        'default': None,
       },
       'required': False,
      },
     },
    },
    'required': True,
   },
  },
 },
 'model': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'task': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'literal',
     'expected': ['binary-classification', 'multiclass-classification', 'regression', 'custom'],
    },
    'required': True,
   },
   'framework': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'literal',
     'expected': ['sklearn', 'xgboost', 'lightgbm', 'pytorch', 'tensorflow', 'python'],
    },
    'required': True,
   },
   'source': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
     'default': 'src',
    },
    'required': False,
   },
   'train': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'typed-dict',
     'extra_behavior': 'forbid',
     'fields': {
      'call': {
       'type': 'typed-dict-field',
       'schema': {
        'type': 'default',
        'schema': {
         'type': 'str',
         'pattern': '^[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$',
        },
        'default': None,
       },
       'required': False,
      },
      'command': {
       'type': 'typed-dict-field',
       'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
       'required': False,
      },
      'preprocess': {
       'type': 'typed-dict-field',
       'schema': {
        'type': 'default',
        'schema': {
         'type': 'str',
         'pattern': '^[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$',
        },
        'default': None,
       },
       'required': False,
      },
     },
    },
    'required': True,
   },
   'evaluate': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'command': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
      },
     },
     'default': None,
    },
    'required': False,
   },
   'params': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'any'}},
     'default': {},
     'copy_default': True,
    },
    'required': False,
   },
   'seed': {
    'type': 'typed-dict-field',
    'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 0}, 'default': 0},
    'required': False,
   },
   'prediction': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'output': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['value', 'probability']},
         'default': 'value',
        },
        'required': False,
       },
       'positive': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'union',
          'choices': [
           {'type': 'bool'},
           {'type': 'int'},
           {'type': 'float', 'allow_inf_nan': False},
           {'type': 'str'},
          ],
         },
         'default': None,
        },
        'required': False,
       },
       'threshold': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'float', 'ge': 0, 'le': 1, 'allow_inf_nan': False},
         'default': 0.5,
        },
        'required': False,
       },
      },
     },
     'default': {'output': 'value', 'positive': None, 'threshold': 0.5},
     'copy_default': True,
    },
    'required': False,
   },
   'dependencies': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'python': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['3.10', '3.11', '3.12', '3.13']},
         'default': '3.11',
        },
        'required': False,
       },
       'lock': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
         'default': 'requirements.txt',
        },
        'required': False,
       },
       'system_packages': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'list', 'items_schema': {'type': 'str', 'min_length': 1}},
         'default': [],
         'copy_default': True,
        },
        'required': False,
       },
       'index': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^https?://[^ \\t\\r\\n/?#@\\\\]+(?:[/?#][^ \\t\\r\\n]*)?$'},
         'default': None,
        },
        'required': False,
       },
       'base_image': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'str',
          'pattern': '^[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?@sha256:[0-9a-f]{64}$',
         },
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': {
      'python': '3.11',
      'lock': 'requirements.txt',
      'system_packages': [],
      'index': None,
      'base_image': None,
     },
     'copy_default': True,
    },
    'required': False,
   },
   'registered_name': {
    'type': 'typed-dict-field',
    'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
    'required': False,
   },
   'base': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'name': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
        'required': False,
       },
       'version': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
        'required': False,
       },
       'license': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
        'required': False,
       },
      },
     },
     'default': {'name': None, 'version': None, 'license': None},
     'copy_default': True,
    },
    'required': False,
   },
  },
 },
 'execution': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'branch': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'str', 'pattern': '^[A-Za-z0-9_][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_-]+)*$'},
     'default': 'main',
    },
    'required': False,
   },
   'train': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'on': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['runner', 'cluster']},
         'default': 'runner',
        },
        'required': False,
       },
       'resources': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'cpu': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'union',
              'choices': [
               {'type': 'int', 'ge': 0},
               {'type': 'float', 'ge': 0, 'allow_inf_nan': False},
               {'type': 'str', 'pattern': '^[0-9]+(?:\\.[0-9]+)?(?:m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$'},
              ],
             },
             'default': 2,
            },
            'required': False,
           },
           'memory': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'union',
              'choices': [
               {'type': 'int', 'ge': 0},
               {'type': 'float', 'ge': 0, 'allow_inf_nan': False},
               {'type': 'str', 'pattern': '^[0-9]+(?:\\.[0-9]+)?(?:m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$'},
              ],
             },
             'default': '4Gi',
            },
            'required': False,
           },
           'gpu': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 0}, 'default': 0},
            'required': False,
           },
          },
         },
         'default': {'cpu': 2, 'memory': '4Gi', 'gpu': 0},
         'copy_default': True,
        },
        'required': False,
       },
       'workers': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': 1},
        'required': False,
       },
       'timeout': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
         'default': '2h',
        },
        'required': False,
       },
      },
     },
     'default': {
      'on': 'runner',
      'resources': {'cpu': 2, 'memory': '4Gi', 'gpu': 0},
      'workers': 1,
      'timeout': '2h',
     },
     'copy_default': True,
    },
    'required': False,
   },
   'schedule': {
    'type': 'typed-dict-field',
    'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
    'required': False,
   },
   'pull_request': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'train': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['full', 'sample', 'off']},
         'default': 'sample',
        },
        'required': False,
       },
       'rows': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': 5000},
        'required': False,
       },
      },
     },
     'default': {'train': 'sample', 'rows': 5000},
     'copy_default': True,
    },
    'required': False,
   },
   'runners': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'default': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': 'ubuntu-24.04'},
        'required': False,
       },
       'train': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
        'required': False,
       },
       'deploy': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
        'required': False,
       },
      },
     },
     'default': {'default': 'ubuntu-24.04', 'train': None, 'deploy': None},
     'copy_default': True,
    },
    'required': False,
   },
   'cloud': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'aws': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'role': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^ \\t\\r\\n]+$'},
            'required': True,
           },
           'region': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
          },
         },
         'default': None,
        },
        'required': False,
       },
       'gcp': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'provider': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
           'service_account': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'str',
             'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
            },
            'required': True,
           },
           'project': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'azure': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'client_id': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'},
            'required': True,
           },
           'tenant_id': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'},
            'required': True,
           },
           'subscription_id': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'},
            'required': True,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
  },
 },
 'tests': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'unit': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'command': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
      },
     },
     'default': None,
    },
    'required': False,
   },
   'metrics': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'dict',
      'keys_schema': {'type': 'str'},
      'values_schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'min': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'float', 'allow_inf_nan': False}, 'default': None},
         'required': False,
        },
        'max': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'float', 'allow_inf_nan': False}, 'default': None},
         'required': False,
        },
        'max_drop': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'default',
          'schema': {'type': 'float', 'ge': 0, 'allow_inf_nan': False},
          'default': None,
         },
         'required': False,
        },
        'confidence': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'default',
          'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
          'default': None,
         },
         'required': False,
        },
       },
      },
     },
     'default': {},
     'copy_default': True,
    },
    'required': False,
   },
   'slices': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'dict',
      'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z][A-Za-z0-9_-]*$'},
      'values_schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'column': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
        'metric': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
        'min': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'float', 'allow_inf_nan': False}, 'default': None},
         'required': False,
        },
        'max': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'float', 'allow_inf_nan': False}, 'default': None},
         'required': False,
        },
        'min_samples': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': 50},
         'required': False,
        },
       },
      },
     },
     'default': {},
     'copy_default': True,
    },
    'required': False,
   },
   'fairness': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'dict',
      'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z][A-Za-z0-9_-]*$'},
      'values_schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'column': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
        'metric': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
        'max_gap': {
         'type': 'typed-dict-field',
         'schema': {'type': 'float', 'ge': 0, 'allow_inf_nan': False},
         'required': True,
        },
        'min_samples': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': 50},
         'required': False,
        },
       },
      },
     },
     'default': {},
     'copy_default': True,
    },
    'required': False,
   },
   'behaviour': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'invariant_to': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'dict',
          'keys_schema': {'type': 'str'},
          'values_schema': {
           'type': 'list',
           'min_length': 2,
           'items_schema': {
            'type': 'union',
            'choices': [
             {'type': 'bool'},
             {'type': 'int'},
             {'type': 'float', 'allow_inf_nan': False},
             {'type': 'str'},
            ],
           },
          },
         },
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
       'directional': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'dict',
          'keys_schema': {'type': 'str'},
          'values_schema': {
           'type': 'typed-dict',
           'extra_behavior': 'forbid',
           'fields': {
            'expect': {
             'type': 'typed-dict-field',
             'schema': {'type': 'literal', 'expected': ['increasing', 'decreasing']},
             'required': True,
            },
            'tolerance': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
              'default': '0%',
             },
             'required': False,
            },
           },
          },
         },
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
      },
     },
     'default': {'invariant_to': {}, 'directional': {}},
     'copy_default': True,
    },
    'required': False,
   },
   'smoke': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'list',
      'items_schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'request': {
         'type': 'typed-dict-field',
         'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
         'required': True,
        },
        'expect': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'default',
          'schema': {
           'type': 'typed-dict',
           'extra_behavior': 'forbid',
           'fields': {
            'status': {
             'type': 'typed-dict-field',
             'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 100, 'le': 599}, 'default': 200},
             'required': False,
            },
            'values': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
              'default': None,
             },
             'required': False,
            },
            'tolerance': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {'type': 'float', 'ge': 0, 'allow_inf_nan': False},
              'default': 0.0,
             },
             'required': False,
            },
           },
          },
          'default': {'status': 200, 'values': None, 'tolerance': 0.0},
          'copy_default': True,
         },
         'required': False,
        },
       },
      },
     },
     'default': [],
     'copy_default': True,
    },
    'required': False,
   },
   'load': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'against': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
        'required': True,
       },
       'rate': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^[0-9]+(?:\\.[0-9]+)?/(?:s|m|h)$'},
        'required': True,
       },
       'duration': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
         'default': '30s',
        },
        'required': False,
       },
       'p95': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
        'required': True,
       },
       'max_errors': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
         'default': '0%',
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'champion': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
     'default': None,
    },
    'required': False,
   },
  },
 },
 'governance': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'risk_tier': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'literal', 'expected': ['minimal', 'limited', 'high']},
     'default': 'minimal',
    },
    'required': False,
   },
   'policies': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'list', 'items_schema': {'type': 'str', 'min_length': 1}},
     'default': [],
     'copy_default': True,
    },
    'required': False,
   },
   'intended_use': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'purpose': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
       'users': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'list', 'items_schema': {'type': 'str', 'min_length': 1}},
         'default': [],
         'copy_default': True,
        },
        'required': False,
       },
       'affected_groups': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'list', 'items_schema': {'type': 'str', 'min_length': 1}},
         'default': [],
         'copy_default': True,
        },
        'required': False,
       },
       'out_of_scope': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'list', 'items_schema': {'type': 'str', 'min_length': 1}},
         'default': [],
         'copy_default': True,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'owners': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'accountable': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'str',
          'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
         },
         'default': None,
        },
        'required': False,
       },
       'model': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'str',
          'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
         },
         'default': None,
        },
        'required': False,
       },
       'data': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'str',
          'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
         },
         'default': None,
        },
        'required': False,
       },
       'oncall': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'str',
          'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
         },
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': {'accountable': None, 'model': None, 'data': None, 'oncall': None},
     'copy_default': True,
    },
    'required': False,
   },
   'classification': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'annex_iii': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
        'required': False,
       },
       'rationale': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
      },
     },
     'default': None,
    },
    'required': False,
   },
   'risks': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'dict',
      'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z][A-Za-z0-9_-]*$'},
      'values_schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'harm': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
        'likelihood': {
         'type': 'typed-dict-field',
         'schema': {'type': 'literal', 'expected': ['low', 'medium', 'high']},
         'required': True,
        },
        'severity': {
         'type': 'typed-dict-field',
         'schema': {'type': 'literal', 'expected': ['low', 'medium', 'high']},
         'required': True,
        },
        'controls': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'default',
          'schema': {
           'type': 'list',
           'items_schema': {'type': 'str', 'pattern': '^(?:test|monitor):[A-Za-z][A-Za-z0-9_.-]*$'},
          },
          'default': [],
          'copy_default': True,
         },
         'required': False,
        },
        'residual': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
         'required': False,
        },
        'accepted_by': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'default',
          'schema': {
           'type': 'str',
           'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
          },
          'default': None,
         },
         'required': False,
        },
       },
      },
     },
     'default': {},
     'copy_default': True,
    },
    'required': False,
   },
   'human_oversight': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'mode': {
        'type': 'typed-dict-field',
        'schema': {'type': 'literal', 'expected': ['in-the-loop', 'on-the-loop', 'in-command']},
        'required': True,
       },
       'who': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
        },
        'required': True,
       },
       'stop': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'typed-dict',
         'extra_behavior': 'forbid',
         'fields': {
          'how': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
          'within': {
           'type': 'typed-dict-field',
           'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
           'required': True,
          },
         },
        },
        'required': True,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'transparency': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'discloses_ai': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': False},
        'required': False,
       },
       'instructions': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': {'discloses_ai': False, 'instructions': None},
     'copy_default': True,
    },
    'required': False,
   },
   'approvals': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'dict',
      'keys_schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
      'values_schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'from': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'list',
          'min_length': 1,
          'items_schema': {
           'type': 'str',
           'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
          },
         },
         'required': True,
        },
        'min': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': 1},
         'required': False,
        },
        'not_author': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
         'required': False,
        },
       },
      },
     },
     'default': {},
     'copy_default': True,
    },
    'required': False,
   },
   'validation': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'independent': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
        'required': False,
       },
       'by': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
        },
        'required': True,
       },
       'every': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
         'default': '365d',
        },
        'required': False,
       },
       'last': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'date': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$'},
            'required': True,
           },
           'report': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
            'required': True,
           },
           'sha256': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'str', 'pattern': '^[0-9a-f]{64}$'}, 'default': None},
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'retention': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'documentation': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
         'default': None,
        },
        'required': False,
       },
       'logs': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': {'documentation': None, 'logs': None},
     'copy_default': True,
    },
    'required': False,
   },
   'incidents': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'contact': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
       'report_within': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
        'required': True,
       },
       'runbook': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'waivers': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'dict',
      'keys_schema': {'type': 'str', 'pattern': '^GOV-[0-9]{3}$'},
      'values_schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'reason': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
        'ticket': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
         'required': False,
        },
        'owner': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'str',
          'pattern': '^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+)$',
         },
         'required': True,
        },
        'expires': {
         'type': 'typed-dict-field',
         'schema': {'type': 'str', 'pattern': '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$'},
         'required': True,
        },
        'compensating': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
         'required': False,
        },
       },
      },
     },
     'default': {},
     'copy_default': True,
    },
    'required': False,
   },
   'sunset': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'review': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$'},
        'required': True,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
  },
 },
 'secrets': {
  'type': 'dict',
  'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
  'values_schema': {
   'type': 'typed-dict',
   'extra_behavior': 'forbid',
   'fields': {
    'kubernetes': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'name': {
         'type': 'typed-dict-field',
         'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
         'required': True,
        },
        'key': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
       },
      },
      'default': None,
     },
     'required': False,
    },
    'github': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
      'default': None,
     },
     'required': False,
    },
    'external': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'store': {
         'type': 'typed-dict-field',
         'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
         'required': True,
        },
        'key': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
       },
      },
      'default': None,
     },
     'required': False,
    },
   },
  },
 },
 'deployment': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'mode': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'literal', 'expected': ['online', 'batch', 'none']},
     'default': 'online',
    },
    'required': False,
   },
   'batch': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'input': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^(?:(?:s3|gs|az)://[^ \\t\\r\\n]+|https://[^ \\t\\r\\n/?#@\\\\]+(?:[/?#][^ \\t\\r\\n]*)?|[^ :/\\t\\r\\n][^:\\t\\r\\n]*)$',
        },
        'required': True,
       },
       'output': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^(?:(?:s3|gs|az)://[^ \\t\\r\\n]+|[^ :/\\t\\r\\n][^:\\t\\r\\n]*)$'},
        'required': True,
       },
       'schedule': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
       'key': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
      },
     },
     'default': None,
    },
    'required': False,
   },
   'image': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'name': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$',
        },
        'required': True,
       },
       'login': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'username': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
           'password': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'typed-dict',
             'extra_behavior': 'forbid',
             'fields': {
              'secret': {
               'type': 'typed-dict-field',
               'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
               'required': True,
              },
             },
            },
            'required': True,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'pull_secret': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'secret': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
            'required': True,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'scan': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'fail_on': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'literal', 'expected': ['critical', 'high', 'medium', 'low']},
             'default': 'high',
            },
            'required': False,
           },
           'only_fixed': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
            'required': False,
           },
           'ignore': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'dict',
              'keys_schema': {'type': 'str', 'pattern': '^(?:CVE-[0-9]{4}-[0-9]{4,}|GHSA(?:-[0-9a-z]{4}){3})$'},
              'values_schema': {
               'type': 'typed-dict',
               'extra_behavior': 'forbid',
               'fields': {
                'reason': {
                 'type': 'typed-dict-field',
                 'schema': {'type': 'str', 'min_length': 1},
                 'required': True,
                },
                'expires': {
                 'type': 'typed-dict-field',
                 'schema': {'type': 'str', 'pattern': '^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$'},
                 'required': True,
                },
               },
              },
             },
             'default': {},
             'copy_default': True,
            },
            'required': False,
           },
          },
         },
         'default': {'fail_on': 'high', 'only_fixed': True, 'ignore': {}},
         'copy_default': True,
        },
        'required': False,
       },
       'attest': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'serving': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'replicas': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'min': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 0}, 'default': 1},
            'required': False,
           },
           'max': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': None},
            'required': False,
           },
          },
         },
         'default': {'min': 1, 'max': None},
         'copy_default': True,
        },
        'required': False,
       },
       'resources': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'cpu': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'union',
              'choices': [
               {'type': 'int', 'ge': 0},
               {'type': 'float', 'ge': 0, 'allow_inf_nan': False},
               {'type': 'str', 'pattern': '^[0-9]+(?:\\.[0-9]+)?(?:m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$'},
              ],
             },
             'default': '500m',
            },
            'required': False,
           },
           'memory': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'union',
              'choices': [
               {'type': 'int', 'ge': 0},
               {'type': 'float', 'ge': 0, 'allow_inf_nan': False},
               {'type': 'str', 'pattern': '^[0-9]+(?:\\.[0-9]+)?(?:m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$'},
              ],
             },
             'default': '1Gi',
            },
            'required': False,
           },
           'gpu': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'typed-dict',
              'extra_behavior': 'forbid',
              'fields': {
               'count': {
                'type': 'typed-dict-field',
                'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': 1},
                'required': False,
               },
               'resource': {
                'type': 'typed-dict-field',
                'schema': {
                 'type': 'default',
                 'schema': {'type': 'str', 'min_length': 1},
                 'default': 'nvidia.com/gpu',
                },
                'required': False,
               },
              },
             },
             'default': None,
            },
            'required': False,
           },
          },
         },
         'default': {'cpu': '500m', 'memory': '1Gi', 'gpu': None},
         'copy_default': True,
        },
        'required': False,
       },
       'scale_on': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'cpu': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
            'required': True,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': {
      'replicas': {'min': 1, 'max': None},
      'resources': {'cpu': '500m', 'memory': '1Gi', 'gpu': None},
      'scale_on': None,
     },
     'copy_default': True,
    },
    'required': False,
   },
   'model_store': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'uri': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^(?:s3|gs|az)://[^ \\t\\r\\n]+$'},
        'required': True,
       },
       'credentials': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'secret': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
            'required': True,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'pod': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'service_account': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
         'default': None,
        },
        'required': False,
       },
       'node_selector': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'str'}},
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
       'tolerations': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'list',
          'items_schema': {
           'type': 'typed-dict',
           'extra_behavior': 'forbid',
           'fields': {
            'key': {
             'type': 'typed-dict-field',
             'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
             'required': False,
            },
            'operator': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {'type': 'literal', 'expected': ['Exists', 'Equal']},
              'default': 'Equal',
             },
             'required': False,
            },
            'value': {
             'type': 'typed-dict-field',
             'schema': {'type': 'default', 'schema': {'type': 'str'}, 'default': None},
             'required': False,
            },
            'effect': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {'type': 'literal', 'expected': ['NoSchedule', 'PreferNoSchedule', 'NoExecute']},
              'default': None,
             },
             'required': False,
            },
            'seconds': {
             'type': 'typed-dict-field',
             'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 0}, 'default': None},
             'required': False,
            },
           },
          },
         },
         'default': [],
         'copy_default': True,
        },
        'required': False,
       },
       'annotations': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'str'}},
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
       'env': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'dict',
          'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
          'values_schema': {'type': 'str'},
         },
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
       'env_secrets': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'dict',
          'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
          'values_schema': {
           'type': 'typed-dict',
           'extra_behavior': 'forbid',
           'fields': {
            'secret': {
             'type': 'typed-dict-field',
             'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
             'required': True,
            },
           },
          },
         },
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
       'env_from': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'list',
          'items_schema': {
           'type': 'typed-dict',
           'extra_behavior': 'forbid',
           'fields': {
            'secret': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
              'default': None,
             },
             'required': False,
            },
            'config_map': {
             'type': 'typed-dict-field',
             'schema': {
              'type': 'default',
              'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
              'default': None,
             },
             'required': False,
            },
           },
          },
         },
         'default': [],
         'copy_default': True,
        },
        'required': False,
       },
      },
     },
     'default': {
      'service_account': None,
      'node_selector': {},
      'tolerations': [],
      'annotations': {},
      'env': {},
      'env_secrets': {},
      'env_from': [],
     },
     'copy_default': True,
    },
    'required': False,
   },
   'strategy': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'canary': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'steps': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'list',
             'min_length': 1,
             'items_schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
            },
            'required': True,
           },
           'pause': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
             'default': '10m',
            },
            'required': False,
           },
           'min_requests': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 0}, 'default': 100},
            'required': False,
           },
           'max_error_rate': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
             'default': None,
            },
            'required': False,
           },
           'max_latency_ratio': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'float', 'gt': 0, 'allow_inf_nan': False},
             'default': None,
            },
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'rolling': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'typed-dict', 'extra_behavior': 'forbid', 'fields': {}},
         'default': None,
        },
        'required': False,
       },
       'blue_green': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'soak': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
             'default': '10m',
            },
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'shadow': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'percent': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
             'default': '10%',
            },
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'controller': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['git', 'argo-rollouts']},
         'default': 'git',
        },
        'required': False,
       },
      },
     },
     'default': {'canary': None, 'rolling': {}, 'blue_green': None, 'shadow': None, 'controller': 'git'},
     'copy_default': True,
    },
    'required': False,
   },
   'ingress': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'host': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'str',
         'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*$',
        },
        'required': True,
       },
       'gateway': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'typed-dict',
         'extra_behavior': 'forbid',
         'fields': {
          'name': {
           'type': 'typed-dict-field',
           'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
           'required': True,
          },
          'namespace': {
           'type': 'typed-dict-field',
           'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
           'required': True,
          },
         },
        },
        'required': True,
       },
       'allow_from': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'list',
          'items_schema': {
           'type': 'str',
           'pattern': '^(?:namespace:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?|cidr:[0-9A-Fa-f.:]+/[0-9]{1,3})$',
          },
         },
         'default': [],
         'copy_default': True,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'gitops': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'argocd': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'repo': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'str',
             'pattern': '^(?:https://[^ \\t\\r\\n/?#@\\\\]+(?:/[^ \\t\\r\\n]*)?|ssh://(?:[^ \\t\\r\\n/:@]+@)?[^ \\t\\r\\n/@]+(?:/[^ \\t\\r\\n]*)?|git@[^ \\t\\r\\n]+)$',
            },
            'required': True,
           },
           'project': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
             'default': 'default',
            },
            'required': False,
           },
           'namespace': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
             'default': 'argocd',
            },
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'flux': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'repo': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'str',
             'pattern': '^(?:https://[^ \\t\\r\\n/?#@\\\\]+(?:/[^ \\t\\r\\n]*)?|ssh://(?:[^ \\t\\r\\n/:@]+@)?[^ \\t\\r\\n/@]+(?:/[^ \\t\\r\\n]*)?|git@[^ \\t\\r\\n]+)$',
            },
            'required': True,
           },
           'namespace': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
             'default': 'flux-system',
            },
            'required': False,
           },
           'credentials': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'typed-dict',
              'extra_behavior': 'forbid',
              'fields': {
               'secret': {
                'type': 'typed-dict-field',
                'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
                'required': True,
               },
              },
             },
             'default': None,
            },
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'push': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'kubeconfig': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'typed-dict',
              'extra_behavior': 'forbid',
              'fields': {
               'secret': {
                'type': 'typed-dict-field',
                'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
                'required': True,
               },
              },
             },
             'default': None,
            },
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'repository': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'url': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'str',
             'pattern': '^(?:https://[^ \\t\\r\\n/?#@\\\\]+(?:/[^ \\t\\r\\n]*)?|ssh://(?:[^ \\t\\r\\n/:@]+@)?[^ \\t\\r\\n/@]+(?:/[^ \\t\\r\\n]*)?|git@[^ \\t\\r\\n]+)$',
            },
            'required': True,
           },
           'path': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
             'default': '.',
            },
            'required': False,
           },
           'credentials': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'typed-dict',
             'extra_behavior': 'forbid',
             'fields': {
              'secret': {
               'type': 'typed-dict-field',
               'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
               'required': True,
              },
             },
            },
            'required': True,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
  },
 },
 'monitoring': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'prometheus': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'kind': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['operator', 'files']},
         'default': 'files',
        },
        'required': False,
       },
       'namespace': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
         'default': None,
        },
        'required': False,
       },
       'selector_labels': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'str'}},
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
       'query_url': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^https?://[^ \\t\\r\\n/?#@\\\\]+(?:[/?#][^ \\t\\r\\n]*)?$'},
         'default': None,
        },
        'required': False,
       },
       'push_url': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^https?://[^ \\t\\r\\n/?#@\\\\]+(?:[/?#][^ \\t\\r\\n]*)?$'},
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': {'kind': 'files', 'namespace': None, 'selector_labels': {}, 'query_url': None, 'push_url': None},
     'copy_default': True,
    },
    'required': False,
   },
   'slos': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'period': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
         'default': '30d',
        },
        'required': False,
       },
       'availability': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'objective': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
            'required': True,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'latency': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'objective': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
            'required': True,
           },
           'under': {
            'type': 'typed-dict-field',
            'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
            'required': True,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'custom': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'dict',
          'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z][A-Za-z0-9_-]*$'},
          'values_schema': {
           'type': 'typed-dict',
           'extra_behavior': 'forbid',
           'fields': {
            'objective': {
             'type': 'typed-dict-field',
             'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
             'required': True,
            },
            'errors': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
            'total': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
           },
          },
         },
         'default': {},
         'copy_default': True,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'prediction_log': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'uri': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^(?:s3|gs|az)://[^ \\t\\r\\n]+$'},
        'required': True,
       },
       'format': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['parquet', 'jsonl', 'csv']},
         'default': 'parquet',
        },
        'required': False,
       },
       'id': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': 'request_id'},
        'required': False,
       },
       'timestamp': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': 'ts'},
        'required': False,
       },
       'sample': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
         'default': '100%',
        },
        'required': False,
       },
       'retention': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
         'default': None,
        },
        'required': False,
       },
       'writer': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['mlopsc', 'external']},
         'default': 'mlopsc',
        },
        'required': False,
       },
       'exclude': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'list', 'items_schema': {'type': 'str', 'min_length': 1}},
         'default': [],
         'copy_default': True,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'run': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'literal', 'expected': ['cluster', 'workflow']},
     'default': 'cluster',
    },
    'required': False,
   },
   'drift': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'statistic': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'literal', 'expected': ['psi', 'ks', 'js', 'chi2']},
         'default': 'psi',
        },
        'required': False,
       },
       'max': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'float', 'ge': 0, 'allow_inf_nan': False},
         'default': 0.2,
        },
        'required': False,
       },
       'every': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
         'default': '1d',
        },
        'required': False,
       },
       'min_samples': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': 500},
        'required': False,
       },
       'retrain': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': False},
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'quality': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'missing': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
         'default': None,
        },
        'required': False,
       },
       'out_of_range': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
         'default': None,
        },
        'required': False,
       },
       'unseen_category': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'prediction_shift': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'max': {
        'type': 'typed-dict-field',
        'schema': {'type': 'str', 'pattern': '^(?:100(?:\\.0+)?|[0-9]{1,2}(?:\\.[0-9]+)?)%$'},
        'required': True,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'performance': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'metrics': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'dict',
         'min_length': 1,
         'keys_schema': {'type': 'str'},
         'values_schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'min': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'float', 'allow_inf_nan': False}, 'default': None},
            'required': False,
           },
           'max': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'float', 'allow_inf_nan': False}, 'default': None},
            'required': False,
           },
          },
         },
        },
        'required': True,
       },
       'ground_truth': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'typed-dict',
         'extra_behavior': 'forbid',
         'fields': {
          'dataset': {
           'type': 'typed-dict-field',
           'schema': {'type': 'str', 'pattern': '^[A-Za-z][A-Za-z0-9_-]*$'},
           'required': True,
          },
          'label': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
          'join_on': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
          'delay': {
           'type': 'typed-dict-field',
           'schema': {'type': 'str', 'pattern': '^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$'},
           'required': True,
          },
          'min_samples': {
           'type': 'typed-dict-field',
           'schema': {'type': 'default', 'schema': {'type': 'int', 'ge': 1}, 'default': 200},
           'required': False,
          },
         },
        },
        'required': True,
       },
      },
     },
     'default': None,
    },
    'required': False,
   },
   'alerts': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'page': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'pagerduty': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'typed-dict',
              'extra_behavior': 'forbid',
              'fields': {
               'routing_key': {
                'type': 'typed-dict-field',
                'schema': {
                 'type': 'typed-dict',
                 'extra_behavior': 'forbid',
                 'fields': {
                  'secret': {
                   'type': 'typed-dict-field',
                   'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
                   'required': True,
                  },
                 },
                },
                'required': True,
               },
              },
             },
             'default': None,
            },
            'required': False,
           },
           'slack': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'typed-dict',
              'extra_behavior': 'forbid',
              'fields': {
               'channel': {
                'type': 'typed-dict-field',
                'schema': {'type': 'str', 'min_length': 1},
                'required': True,
               },
               'url': {
                'type': 'typed-dict-field',
                'schema': {
                 'type': 'typed-dict',
                 'extra_behavior': 'forbid',
                 'fields': {
                  'secret': {
                   'type': 'typed-dict-field',
                   'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
                   'required': True,
                  },
                 },
                },
                'required': True,
               },
              },
             },
             'default': None,
            },
            'required': False,
           },
           'existing': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'ticket': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {
          'type': 'typed-dict',
          'extra_behavior': 'forbid',
          'fields': {
           'pagerduty': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'typed-dict',
              'extra_behavior': 'forbid',
              'fields': {
               'routing_key': {
                'type': 'typed-dict-field',
                'schema': {
                 'type': 'typed-dict',
                 'extra_behavior': 'forbid',
                 'fields': {
                  'secret': {
                   'type': 'typed-dict-field',
                   'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
                   'required': True,
                  },
                 },
                },
                'required': True,
               },
              },
             },
             'default': None,
            },
            'required': False,
           },
           'slack': {
            'type': 'typed-dict-field',
            'schema': {
             'type': 'default',
             'schema': {
              'type': 'typed-dict',
              'extra_behavior': 'forbid',
              'fields': {
               'channel': {
                'type': 'typed-dict-field',
                'schema': {'type': 'str', 'min_length': 1},
                'required': True,
               },
               'url': {
                'type': 'typed-dict-field',
                'schema': {
                 'type': 'typed-dict',
                 'extra_behavior': 'forbid',
                 'fields': {
                  'secret': {
                   'type': 'typed-dict-field',
                   'schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
                   'required': True,
                  },
                 },
                },
                'required': True,
               },
              },
             },
             'default': None,
            },
            'required': False,
           },
           'existing': {
            'type': 'typed-dict-field',
            'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
            'required': False,
           },
          },
         },
         'default': None,
        },
        'required': False,
       },
       'runbooks': {
        'type': 'typed-dict-field',
        'schema': {
         'type': 'default',
         'schema': {'type': 'str', 'pattern': '^https?://[^ \\t\\r\\n/?#@\\\\]+(?:[/?#][^ \\t\\r\\n]*)?$'},
         'default': None,
        },
        'required': False,
       },
      },
     },
     'default': {'page': None, 'ticket': None, 'runbooks': None},
     'copy_default': True,
    },
    'required': False,
   },
  },
 },
 'environments': {
  'type': 'dict',
  'keys_schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
  'values_schema': {
   'type': 'typed-dict',
   'extra_behavior': 'forbid',
   'fields': {
    'namespace': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
      'default': None,
     },
     'required': False,
    },
    'cluster': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'server': {
         'type': 'typed-dict-field',
         'schema': {
          'type': 'default',
          'schema': {'type': 'str', 'pattern': '^https?://[^ \\t\\r\\n/?#@\\\\]+(?:[/?#][^ \\t\\r\\n]*)?$'},
          'default': None,
         },
         'required': False,
        },
        'name': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'str', 'min_length': 1}, 'default': None},
         'required': False,
        },
       },
      },
      'default': None,
     },
     'required': False,
    },
    'after': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {'type': 'str', 'pattern': '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$'},
      'default': None,
     },
     'required': False,
    },
    'promotion': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {'type': 'literal', 'expected': ['manual', 'automatic']},
      'default': 'manual',
     },
     'required': False,
    },
    'protected': {
     'type': 'typed-dict-field',
     'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': False},
     'required': False,
    },
    'deployment': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'any'}},
      'default': None,
     },
     'required': False,
    },
    'monitoring': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'any'}},
      'default': None,
     },
     'required': False,
    },
    'tests': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'any'}},
      'default': None,
     },
     'required': False,
    },
    'execution': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {'type': 'dict', 'keys_schema': {'type': 'str'}, 'values_schema': {'type': 'any'}},
      'default': None,
     },
     'required': False,
    },
    'variables': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {
       'type': 'dict',
       'keys_schema': {'type': 'str', 'pattern': '^[A-Za-z_][A-Za-z0-9_]*$'},
       'values_schema': {
        'type': 'union',
        'choices': [{'type': 'bool'}, {'type': 'int'}, {'type': 'float', 'allow_inf_nan': False}, {'type': 'str'}],
       },
      },
      'default': None,
     },
     'required': False,
    },
   },
  },
 },
 'output': {
  'type': 'typed-dict',
  'extra_behavior': 'forbid',
  'fields': {
   'dir': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
     'default': 'ops',
    },
    'required': False,
   },
   'builders': {
    'type': 'typed-dict-field',
    'schema': {
     'type': 'default',
     'schema': {
      'type': 'typed-dict',
      'extra_behavior': 'forbid',
      'fields': {
       'check': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
        'required': False,
       },
       'dependabot': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
        'required': False,
       },
       'docker': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
        'required': False,
       },
       'gitattributes': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
        'required': False,
       },
       'readme': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
        'required': False,
       },
       'workflows': {
        'type': 'typed-dict-field',
        'schema': {'type': 'default', 'schema': {'type': 'bool'}, 'default': True},
        'required': False,
       },
      },
     },
     'default': {
      'check': True,
      'dependabot': True,
      'docker': True,
      'gitattributes': True,
      'readme': True,
      'workflows': True,
     },
     'copy_default': True,
    },
    'required': False,
   },
  },
 },
 'patches': {
  'type': 'list',
  'items_schema': {
   'type': 'typed-dict',
   'extra_behavior': 'forbid',
   'fields': {
    'file': {
     'type': 'typed-dict-field',
     'schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'},
     'required': True,
    },
    'object': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'default',
      'schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'kind': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
        'name': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
       },
      },
      'default': None,
     },
     'required': False,
    },
    'ops': {
     'type': 'typed-dict-field',
     'schema': {
      'type': 'list',
      'min_length': 1,
      'items_schema': {
       'type': 'typed-dict',
       'extra_behavior': 'forbid',
       'fields': {
        'op': {
         'type': 'typed-dict-field',
         'schema': {'type': 'literal', 'expected': ['add', 'replace', 'remove']},
         'required': True,
        },
        'path': {
         'type': 'typed-dict-field',
         'schema': {'type': 'str', 'pattern': '^(?:/[^/]*)+$'},
         'required': True,
        },
        'value': {
         'type': 'typed-dict-field',
         'schema': {'type': 'default', 'schema': {'type': 'any'}, 'default': None},
         'required': False,
        },
       },
      },
     },
     'required': True,
    },
    'reason': {'type': 'typed-dict-field', 'schema': {'type': 'str', 'min_length': 1}, 'required': True},
   },
  },
 },
 'eject': {'type': 'list', 'items_schema': {'type': 'str', 'pattern': '^[^/\\\\\\t\\r\\n][^\\\\\\t\\r\\n]*$'}},
}

ABSENT: dict[str, Any] = {
 '$schema': None,
 'final': [],
 'include': [],
 'variables': {},
 'target': None,
 'stack': None,
 'execution': {
  'branch': 'main',
  'train': {'on': 'runner', 'resources': {'cpu': 2, 'memory': '4Gi', 'gpu': 0}, 'workers': 1, 'timeout': '2h'},
  'schedule': None,
  'pull_request': {'train': 'sample', 'rows': 5000},
  'runners': {'default': 'ubuntu-24.04', 'train': None, 'deploy': None},
  'cloud': None,
 },
 'tests': {
  'unit': None,
  'metrics': {},
  'slices': {},
  'fairness': {},
  'behaviour': {'invariant_to': {}, 'directional': {}},
  'smoke': [],
  'load': None,
  'champion': None,
 },
 'governance': {
  'risk_tier': 'minimal',
  'policies': [],
  'intended_use': None,
  'owners': {'accountable': None, 'model': None, 'data': None, 'oncall': None},
  'classification': None,
  'risks': {},
  'human_oversight': None,
  'transparency': {'discloses_ai': False, 'instructions': None},
  'approvals': {},
  'validation': None,
  'retention': {'documentation': None, 'logs': None},
  'incidents': None,
  'waivers': {},
  'sunset': None,
 },
 'secrets': {},
 'deployment': {
  'mode': 'none',
  'batch': None,
  'image': None,
  'serving': {
   'replicas': {'min': 1, 'max': None},
   'resources': {'cpu': '500m', 'memory': '1Gi', 'gpu': None},
   'scale_on': None,
  },
  'model_store': None,
  'pod': {
   'service_account': None,
   'node_selector': {},
   'tolerations': [],
   'annotations': {},
   'env': {},
   'env_secrets': {},
   'env_from': [],
  },
  'strategy': {'canary': None, 'rolling': {}, 'blue_green': None, 'shadow': None, 'controller': 'git'},
  'ingress': None,
  'gitops': None,
 },
 'monitoring': {
  'prometheus': {'kind': 'files', 'namespace': None, 'selector_labels': {}, 'query_url': None, 'push_url': None},
  'slos': None,
  'prediction_log': None,
  'run': 'cluster',
  'drift': None,
  'quality': None,
  'prediction_shift': None,
  'performance': None,
  'alerts': {'page': None, 'ticket': None, 'runbooks': None},
 },
 'environments': {},
 'output': {
  'dir': 'ops',
  'builders': {
   'check': True,
   'dependabot': True,
   'docker': True,
   'gitattributes': True,
   'readme': True,
   'workflows': True,
  },
 },
 'patches': [],
 'eject': [],
}
