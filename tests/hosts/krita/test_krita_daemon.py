"""The docker without a daemon, with one that dies, and with work that is cancelled."""

from __future__ import annotations

from checks import IN_KRITA
from paintings import as_krita, lawn

pytestmark = IN_KRITA


def open_large(person) -> None:
    """A document whose filling takes long enough to do something meanwhile."""
    person.open(as_krita(lawn(1024, 1024)))
    person.ask("select", bounds=[300, 300, 420, 420])


def test_without_a_daemon_the_docker_says_so_and_starts_it(person, house):
    house.kill()
    person.look_until_told("not running")
    person.press("start")
    person.wait_to_be_ready()


def test_cancel_leaves_the_picture_as_it_was(person, daemon, options):
    open_large(person)
    start = person.fingerprint()
    options.enter("candidates", 8)
    person.press("fill")
    person.press("cancel")
    person.wait_to_be_told("Cancelled")
    assert person.fingerprint() == start


def test_a_daemon_that_dies_in_the_middle_is_told_and_started_again(person, daemon, options):
    open_large(person)
    start = person.fingerprint()
    options.enter("candidates", 8)
    person.press("fill")
    person.wait_for(lambda: person.widget("preview"), "a preview, for then the engine is at work")
    daemon.kill()
    person.wait_to_be_told("not running")
    assert person.widget("progress") is None
    assert person.fingerprint() == start
    person.press("start")
    person.wait_to_be_ready()
    options.reset_options()
    person.ask("select", bounds=[100, 100, 40, 40])
    person.press("fill")
    person.wait_for_layers("Background", "Maquette fill")


def test_an_engine_that_dies_fails_one_filling_only(person, daemon, options):
    open_large(person)
    start = person.fingerprint()
    options.enter("candidates", 8)
    person.press("fill")
    person.wait_for(lambda: person.widget("preview"), "a preview, for then the engine is at work")
    daemon.kill_engine()
    person.wait_for(lambda: not person.widget("progress"), "the docker to notice")
    assert any("engine" in sentence for sentence in person.sentences()), person.sentences()
    assert person.fingerprint() == start
    options.reset_options()
    person.ask("select", bounds=[100, 100, 40, 40])
    person.press("fill")
    person.wait_for_layers("Background", "Maquette fill")
