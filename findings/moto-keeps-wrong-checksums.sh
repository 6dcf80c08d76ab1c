#!/usr/bin/env bash
# moto keeps an object whose checksum is not that of its bytes, for SHA-256, CRC-32 and Content-MD5 alike: S3 answers
# BadDigest. What a test on moto shows of a broken transfer is that nothing happens.
#
# Versions: moto 5.2.5 (ministack 1.5.33 refuses)
# Source: seen by running it, 2026-11-28;
#   https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
# Who meets it: who sends a checksum so that a damaged upload is refused, and tests it
# Memory said: a wrong checksum is refused, at least MD5
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'moto[s3]==5.2.5'
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
"$work/venv/bin/python" - <<'PY'
import base64, hashlib, sys
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

OTHER = b"other bytes"
WRONG = {
    "ChecksumSHA256": base64.b64encode(hashlib.sha256(OTHER).digest()).decode(),
    "ContentMD5": base64.b64encode(hashlib.md5(OTHER).digest()).decode(),
    "ChecksumCRC32": "AAAAAA==",
}
EXPECTED = dict.fromkeys(WRONG, "kept")


def outcome(client, name, value):
    try:
        client.put_object(Bucket="papers", Key=name, Body=b"sealed bytes", **{name: value})
    except ClientError as refused:
        return refused.response["Error"]["Code"]
    return "kept" if client.get_object(Bucket="papers", Key=name)["Body"].read() == b"sealed bytes" else "lost"


with mock_aws():
    client = boto3.client("s3")
    client.create_bucket(Bucket="papers")
    seen = {name: outcome(client, name, value) for name, value in WRONG.items()}
for name, told in seen.items():
    print(f"{name} of other bytes: {told}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
