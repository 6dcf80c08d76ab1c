#!/usr/bin/env bash
# moto's keys never rest: a disabled key decrypts, a key that waits for its deletion encrypts, a key pair for signing
# encrypts too. And Verify answers False for a signature that does not fit, where AWS raises KMSInvalidSignatureException:
# code that looks at the exception alone calls every signature good on moto; code that looks at the answer alone breaks on
# AWS.
#
# Versions: moto 5.2.5 (ministack 1.5.33 refuses all four)
# Source: seen by running it, 2026-11-28; https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html,
#   https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html
# Who meets it: who drills the loss of a key, or verifies with KMS
# Memory said: states of keys are enforced, Verify raises
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'moto[kms]==5.2.5'
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
"$work/venv/bin/python" - <<'PY'
import sys
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

EXPECTED = {
    "a disabled key decrypts": "done",
    "a key about to be deleted encrypts": "done",
    "a signing key encrypts": "done",
    "Verify of another message": False,
}


def outcome(act):
    try:
        answer = act()
    except ClientError as refused:
        return refused.response["Error"]["Code"]
    return answer.get("SignatureValid", "done")


with mock_aws():
    client = boto3.client("kms")
    key = client.create_key()["KeyMetadata"]["KeyId"]
    pair = client.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    sealed = client.encrypt(KeyId=key, Plaintext=b"ssn")["CiphertextBlob"]
    how = {"KeyId": pair, "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = client.sign(Message=b"head", **how)["Signature"]
    seen = {}
    client.disable_key(KeyId=key)
    seen["a disabled key decrypts"] = outcome(lambda: client.decrypt(CiphertextBlob=sealed))
    client.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    seen["a key about to be deleted encrypts"] = outcome(lambda: client.encrypt(KeyId=key, Plaintext=b"x"))
    seen["a signing key encrypts"] = outcome(lambda: client.encrypt(KeyId=pair, Plaintext=b"x"))
    seen["Verify of another message"] = outcome(lambda: client.verify(Message=b"tail", Signature=signature, **how))
for what, told in seen.items():
    print(f"{what}: {told}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
