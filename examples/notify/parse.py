#!/usr/bin/env python3
"""Reads what `meshlaw notify --outbox FOLDER` wrote with the libraries that receivers use.

    python3 -m venv .venv && .venv/bin/pip install cloudevents slack_sdk openlineage-python
    meshlaw gate --format json=report.json
    meshlaw notify report.json --outbox outbox
    .venv/bin/python examples/notify/parse.py outbox

Fails where a library does not take a message.
"""

import email
import email.policy
import json
import pathlib
import sys

import attr
from openlineage.client.event_v2 import Dataset, DatasetEvent
from slack_sdk.models.blocks import Block
from slack_sdk.webhook import WebhookClient

try:
    from cloudevents.v1.http import from_json
except ImportError:
    from cloudevents.http import from_json


def slack(text):
    payload = json.loads(text)
    blocks = Block.parse_all(payload["blocks"])
    for block in blocks:
        block.validate_json()
    assert len(blocks) == len(payload["blocks"]) <= 50
    # What the client would send, without sending it.
    sent = WebhookClient("https://hooks.example/x")
    assert sent.url and payload["text"]
    return f"{len(blocks)} blocks"


def cloudevent(text):
    event = from_json(text)
    assert event["specversion"] == "1.0"
    data = event.data if isinstance(event.data, dict) else json.loads(event.data)
    return f"{event['type']} for {event['subject']}: {len(data['items'])} items"


def openlineage(text):
    event = json.loads(text)
    dataset = event["dataset"]
    built = DatasetEvent(
        eventTime=event["eventTime"],
        producer=event["producer"],
        dataset=Dataset(namespace=dataset["namespace"], name=dataset["name"], facets={}),
    )
    assert attr.asdict(built)["dataset"]["name"] == dataset["name"]
    facet = dataset["facets"]["meshlaw_contract"]
    assert facet["_producer"] and facet["_schemaURL"]
    return f"{dataset['namespace']}/{dataset['name']} is {facet['impact']}"


def mail(text):
    message = email.message_from_string(text, policy=email.policy.default)
    assert message["Auto-Submitted"] == "auto-generated" and not message.defects
    assert message.get_content().strip()
    return f"{message['To']}: {message['Subject']}"


READERS = {
    ".slack.json": slack,
    ".cloudevent.json": cloudevent,
    ".openlineage.json": openlineage,
    ".eml": mail,
}


def main(folder):
    found = 0
    for path in sorted(pathlib.Path(folder).iterdir()):
        for ending, read in READERS.items():
            if path.name.endswith(ending):
                with open(path, encoding="utf-8", newline="") as file:
                    print(f"{path.name}: {read(file.read())}")
                found += 1
    if not found:
        sys.exit(f"there is no message in {folder}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "outbox")
