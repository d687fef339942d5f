"""The patterned strings of the spec: what each one looks like, and how to say so in a message.

Imported by the models, by the published schema and by the messages of the validation, so it is free of pydantic. The
patterns keep to what Rust, ECMAScript and Python read alike: no look-around, no ``\\d``, ``\\w`` or ``\\s``.
"""

from __future__ import annotations

from mlopsc import units
from mlopsc.record import Record

_LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_WORD = "[A-Za-z_][A-Za-z0-9_]*"


class Shape(Record):
    """A kind of patterned string.

    Attributes:
        name: a stable word, for facts and tests.
        pattern: the regular expression, anchored.
        expected: the rest of the sentence "expected ...".
        examples: valid values.
    """

    name: str
    pattern: str
    expected: str
    examples: tuple[str, ...]


PERCENT = Shape(
    name="percentage", pattern=units.PERCENT, expected='a percentage such as "10%"', examples=("10%", "99.9%")
)
DURATION = Shape(
    name="duration",
    pattern=units.DURATION,
    expected='a duration such as "10m" (ms, s, m, h, d, w, y)',
    examples=("250ms", "10m", "30d"),
)
RATE = Shape(name="rate", pattern=units.RATE, expected='a rate such as "50/s" (/s, /m, /h)', examples=("50/s", "600/m"))
QUANTITY = Shape(
    name="quantity",
    pattern=units.QUANTITY,
    expected='a quantity such as "500m" (cores) or "1Gi" (bytes)',
    examples=("500m", "2", "1Gi"),
)
LABEL = Shape(
    name="dns-label",
    pattern=f"^{_LABEL}$",
    expected='a name of lower-case letters, digits and hyphens such as "churn-prod", at most 63 characters',
    examples=("churn", "churn-prod"),
)
HOST = Shape(
    name="host",
    pattern=rf"^{_LABEL}(?:\.{_LABEL})*$",
    expected='a host name such as "churn.acme.example"',
    examples=("churn.acme.example",),
)
NAME = Shape(
    name="name",
    pattern="^[A-Za-z][A-Za-z0-9_-]*$",
    expected='a name of letters, digits, "_" and "-" that begins with a letter',
    examples=("customers", "by_contract"),
)
WORD = Shape(
    name="word",
    pattern=f"^{_WORD}$",
    expected='a name of letters, digits and "_" that does not begin with a digit',
    examples=("registry", "PAGER"),
)
SHA256 = Shape(
    name="sha256",
    pattern="^[0-9a-f]{64}$",
    expected="a SHA-256 digest of 64 lower-case hexadecimal digits",
    examples=("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",),
)
CALL = Shape(
    name="call",
    pattern=rf"^{_WORD}(?:\.{_WORD})*:{_WORD}$",
    expected='a function as "package.module:function"',
    examples=("churn.model:train", "churn.data:load"),
)
DATE = Shape(
    name="date",
    pattern="^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
    expected="a date as YYYY-MM-DD",
    examples=("2027-03-01",),
)
DATA_URI = Shape(
    name="data-uri",
    pattern=(
        r"^(?:(?:s3|gs|az)://[^ \t\r\n]+|https://[^ \t\r\n/?#@\\]+(?:[/?#][^ \t\r\n]*)?|[^ :/\t\r\n][^:\t\r\n]*)$"
    ),
    expected=(
        "a URI (s3://, gs://, az:// or https://, without user and password, which no file may hold) or a path inside "
        'the repository such as "data/customers.csv"'
    ),
    examples=("s3://acme-ml/churn/customers.csv", "data/customers.csv", "gs://acme-ml/churn/"),
)
WRITABLE_URI = Shape(
    name="writable-uri",
    pattern=r"^(?:(?:s3|gs|az)://[^ \t\r\n]+|[^ :/\t\r\n][^:\t\r\n]*)$",
    expected=(
        "a place that can be written to: a URI (s3://, gs:// or az://) or a path inside the repository such as "
        '"data/scores.csv"'
    ),
    examples=("s3://acme-ml/churn/scores/", "gs://acme-ml/scores.csv", "data/scores.csv"),
)
STORE_URI = Shape(
    name="store-uri",
    pattern=r"^(?:s3|gs|az)://[^ \t\r\n]+$",
    expected='the URI of an object store such as "s3://acme-ml/models/" (s3, gs or az)',
    examples=("s3://acme-ml/models/", "gs://acme-ml/models/"),
)
HTTP_URL = Shape(
    name="http-url",
    pattern=r"^https?://[^ \t\r\n/?#@\\]+(?:[/?#][^ \t\r\n]*)?$",
    expected='a URL such as "https://prom.acme.example", without user and password, which no file may hold',
    examples=("https://prom.acme.example", "http://[::1]:9091/metrics", "https://charts.acme.example/@growth?all"),
)
GIT_URL = Shape(
    name="git-url",
    pattern=(
        r"^(?:https://[^ \t\r\n/?#@\\]+(?:/[^ \t\r\n]*)?|ssh://(?:[^ \t\r\n/:@]+@)?[^ \t\r\n/@]+(?:/[^ \t\r\n]*)?"
        r"|git@[^ \t\r\n]+)$"
    ),
    expected=(
        'the URL of a Git repository such as "https://github.com/acme/churn", without password, which no file may hold'
    ),
    examples=("https://github.com/acme/churn", "git@github.com:acme/churn.git"),
)
IMAGE = Shape(
    name="image-name",
    pattern=r"^[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$",
    expected='an image name without tag or digest such as "ghcr.io/acme/churn"',
    examples=("ghcr.io/acme/churn",),
)
IMAGE_REF = Shape(
    name="image-reference",
    pattern=r"^[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?@sha256:[0-9a-f]{64}$",
    expected='an image with its digest such as "ghcr.io/acme/python:3.11@sha256:..."',
    examples=("ghcr.io/acme/python:3.11@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",),
)
FILE = Shape(
    name="repository-path",
    pattern=r"^[^/\\\t\r\n][^\\\t\r\n]*$",
    expected='a path inside the repository with "/" such as "tests/request.json", without a leading "/"',
    examples=("tests/request.json", "src"),
)
OWNER = Shape(
    name="owner",
    pattern=r"^(?:@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@ \t\r\n]+@[^@ \t\r\n]+)$",
    expected='a GitHub user or team such as "@acme/growth" (quoted, since @ is reserved in YAML), or an e-mail address',
    examples=("@acme/growth", "@jane", "risk@acme.example"),
)
CONTROL = Shape(
    name="control",
    pattern="^(?:test|monitor):[A-Za-z][A-Za-z0-9_.-]*$",
    expected='a test or monitor of this spec such as "test:fairness.gender" or "monitor:drift"',
    examples=("test:fairness.gender", "monitor:drift"),
)
CONTROL_ID = Shape(
    name="control-id",
    pattern="^GOV-[0-9]{3}$",
    expected='the id of a control such as "GOV-210"',
    examples=("GOV-210",),
)
ADVISORY = Shape(
    name="advisory",
    pattern="^(?:CVE-[0-9]{4}-[0-9]{4,}|GHSA(?:-[0-9a-z]{4}){3})$",
    expected='the id of an advisory such as "CVE-2026-12345"',
    examples=("CVE-2026-12345",),
)
PEER = Shape(
    name="peer",
    pattern=rf"^(?:namespace:{_LABEL}|cidr:[0-9A-Fa-f.:]+/[0-9]{{1,3}})$",
    expected='"namespace:NAME" or "cidr:ADDRESS/BITS"',
    examples=("namespace:web", "cidr:10.0.0.0/8"),
)
AWS_ROLE = Shape(
    name="aws-role",
    pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^ \t\r\n]+$",
    expected='the ARN of a role such as "arn:aws:iam::123456789012:role/churn"',
    examples=("arn:aws:iam::123456789012:role/churn",),
)
BRANCH = Shape(
    name="branch",
    pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_-]+)*$",
    expected='the name of a branch such as "main"',
    examples=("main", "trunk"),
)
UUID = Shape(
    name="uuid",
    pattern="^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    expected='an id such as "11111111-2222-3333-4444-555555555555"',
    examples=("11111111-2222-3333-4444-555555555555",),
)
POINTER = Shape(
    name="json-pointer",
    pattern="^(?:/[^/]*)+$",
    expected='a JSON pointer such as "/spec/template/spec/priorityClassName"',
    examples=("/spec/replicas", "/spec/template/spec/priorityClassName"),
)
DOTTED = Shape(
    name="dotted-path",
    pattern=r"^[^. \t\r\n]+(?:\.[^. \t\r\n]+)*$",
    expected='a path in the spec such as "deployment.image.scan.fail_on"',
    examples=("deployment.image.scan.fail_on", "governance.risk_tier"),
)

SHAPES: tuple[Shape, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Shape))
BY_PATTERN: dict[str, Shape] = {shape.pattern: shape for shape in SHAPES}
