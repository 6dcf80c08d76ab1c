"""The documents layer in Lambda's runtime; the emulator cannot say, for it runs functions in its own environment."""

import json
import subprocess
from typing import Any

from local.aws import client
from local.deploy import SAM
from tests.sam import start_api
from tests.sam.conftest import Hosted, Step

INVOKE_SECONDS = 300
FROZEN_AT = "2026-11-23T12:00:00+00:00"
ANSWER = "answers/certificate.json"


def invoke(hosted: Hosted, function: str, event: Any) -> Any:
    """One call of a function in a container of its own, by `sam local invoke`."""
    command = [str(SAM), "local", "invoke", function, "--event", "-"]
    done = subprocess.run(
        [*command, *start_api.arguments(hosted.config, hosted.variables, hosted.network)],
        input=json.dumps(event), env=start_api.environment(hosted.config),
        capture_output=True, text=True, timeout=INVOKE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_the_answers_of_a_packet_become_documents(hosted: Hosted, step: Step) -> None:
    """typst, fonts and templates, with the data key and the bucket of the emulator."""
    packet_id = step("confirm").packet_id
    made = invoke(hosted, "RenderFunction", {"packet_id": packet_id, "generation": 1, "frozen_at": FROZEN_AT})
    assert {"background-questionnaire", "w9"} <= {document["code"] for document in made["documents"]}


def test_the_sealing_key_is_certified(hosted: Hosted) -> None:
    """pyHanko's libraries build the certificate, KMS signs it. CloudFormation gets its answer by PUT; here S3 does."""
    s3 = client("s3", hosted.config.url("emulator"))
    bucket = hosted.outputs["UploadsBucketName"]
    endpoint = hosted.environment("SealCertificateFunction")["AWS_ENDPOINT_URL"]
    event = {
        "RequestType": "Create",
        "ResourceProperties": {"KeyArn": hosted.environment("SealCertificateFunction")["SEAL_KEY_ID"]},
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "SealCertificate",
        "ResponseURL": f"{endpoint}/{bucket}/{ANSWER}",
    }
    invoke(hosted, "SealCertificateFunction", event)
    answer = json.loads(s3.get_object(Bucket=bucket, Key=ANSWER)["Body"].read())
    assert answer["Status"] == "SUCCESS", answer
