"""What the docker says about the connection."""

from __future__ import annotations

import pytest
from fake_krita_painter import READY
from maquette_krita import strings
from maquette_krita.client import ClientError, conditions
from maquette_krita.status import Remedy, said, status_of


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


def test_a_failure_to_start_is_said_beside_the_button():
    failure = ClientError("START_FAILED", "It ended at once.", "Look at the log.")
    status = status_of(conditions.not_running(), failure)
    assert status.sentences == ("The Maquette daemon is not running.", "It ended at once.", "Look at the log.")
    assert status.remedy is Remedy.START


def test_the_device_is_said():
    assert status_of(READY, None, "CPU, 2 threads").sentences == ("Ready. Runs on CPU, 2 threads.",)


def test_a_failure_without_a_way_out_is_one_sentence():
    assert said(ClientError("X", "It failed.")) == ("It failed.",)
