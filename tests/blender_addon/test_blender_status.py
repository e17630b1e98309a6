from __future__ import annotations

import pytest
from maquette_client import conditions
from maquette_client.errors import ClientError
from maquette_client.v1.system_pb2 import GetServerInfoResponse

from blender_addon import strings
from blender_addon.status import Remedy, status_of

READY = conditions.ready(GetServerInfoResponse(version="0.1.0"))


@pytest.mark.parametrize(
    ("condition", "remedy", "alarming"),
    [
        (conditions.not_installed(), Remedy.INSTALL, True),
        (conditions.not_running(), Remedy.START, True),
        (conditions.starting(), Remedy.NONE, False),
        (conditions.wrong_token(), Remedy.CHECK, True),
        (conditions.version_mismatch("0.9.0", daemon_is_older=False), Remedy.CHECK, True),
        (READY, Remedy.NONE, False),
    ],
)
def test_every_state_offers_its_one_action(condition, remedy, alarming):
    status = status_of(condition, None)
    assert (status.remedy, status.alarming) == (remedy, alarming)
    assert status.sentences[0] == condition.message


def test_a_wrong_token_says_how_the_other_daemon_is_stopped():
    assert strings.HOW_TO_STOP in status_of(conditions.wrong_token(), None).sentences


def test_a_failure_says_what_to_do():
    status = status_of(READY, ClientError("OUT_OF_MEMORY", "It does not fit.", "Use a smaller one."), "Working …")
    assert status.sentences == ("It does not fit.", "Use a smaller one.")
    assert status.alarming


def test_a_failure_to_start_is_said_beside_the_button():
    failure = ClientError("START_FAILED", "It ended at once.", "Look at the log.")
    status = status_of(conditions.not_running(), failure)
    assert status.sentences == ("The Maquette daemon is not running.", "It ended at once.", "Look at the log.")
    assert status.remedy is Remedy.START


def test_the_same_thing_is_not_said_twice():
    failure = ClientError("NOT_RUNNING", "The Maquette daemon is not running.", "Start it.")
    assert len(status_of(conditions.not_running(), failure).sentences) == 1


def test_work_in_progress_and_the_device_are_said():
    assert status_of(READY, None, "loading 50 %").sentences == ("loading 50 %",)
    assert status_of(READY, None, device="CPU, 2 threads").sentences == ("Runs on CPU, 2 threads",)
