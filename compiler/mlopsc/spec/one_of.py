"""Generated from the models in this package by "python -m mlopsc.spec.generate"; do not edit."""

# fmt: off
# ruff: noqa

# Spec path (* for any key or position) to groups of keys of which exactly one must be set.
ONE_OF_PATHS: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
 (): (('target', 'stack'),),
 ('data', 'datasets', '*'): (('uri', 'loader'),),
 ('data', 'datasets', '*', 'version'): (('sha256', 'dvc', 'resolve'),),
 ('data', 'evaluate'): (('split', 'dataset'),),
 ('model', 'train'): (('call', 'command'),),
 ('execution', 'cloud'): (('aws', 'gcp', 'azure'),),
 ('secrets', '*'): (('kubernetes', 'github', 'external'),),
 ('deployment', 'pod', 'env_from', '*'): (('secret', 'config_map'),),
 ('deployment', 'strategy'): (('canary', 'rolling', 'blue_green', 'shadow'),),
 ('deployment', 'gitops'): (('argocd', 'flux', 'push'),),
 ('monitoring', 'alerts', 'page'): (('pagerduty', 'slack', 'existing'),),
 ('monitoring', 'alerts', 'ticket'): (('pagerduty', 'slack', 'existing'),),
 ('environments', '*', 'cluster'): (('server', 'name'),),
}

# The same for groups of keys of which at most one may be set.
AT_MOST_ONE_PATHS: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
 ('data', 'evaluate', 'split'): (('by_time', 'by_group'),),
}

# Spec paths of commands, in which nothing is substituted.
COMMAND_PATHS: tuple[tuple[str, ...], ...] = (
 ('model', 'train', 'command'),
 ('model', 'evaluate', 'command'),
 ('tests', 'unit', 'command'),
)
