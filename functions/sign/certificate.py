"""sign, at deployment: issue the sealing key's certificate once. A CloudFormation custom resource."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import urllib3

from econtracting import wiring


def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """Answers CloudFormation with Data.Key, the certificate's place in the documents bucket.

    The place is fixed by the key, and its first writer wins: a repeated creation finds the certificate issued.
    """
    key = f"certificates/{sha256(event['ResourceProperties']['KeyArn'].encode()).hexdigest()[:32]}.pem"
    answer = {
        "Status": "SUCCESS",
        "PhysicalResourceId": event.get("PhysicalResourceId", key),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Key": key},
    }
    try:
        if event["RequestType"] != "Delete":
            certificate = wiring.issue_seal_certificate()
            wiring.documents().keep(key, certificate, "application/x-pem-file")
            answer["PhysicalResourceId"] = key
    except Exception as error:  # unanswered, the deployment would hang for an hour
        answer |= {"Status": "FAILED", "Reason": f"{type(error).__name__}; see {context.log_stream_name}"}
    body = json.dumps(answer)
    urllib3.PoolManager().request("PUT", event["ResponseURL"], body=body, headers={"Content-Type": ""}, timeout=20)
