"""What undo did to the eyes of empties: forgotten, or as it was."""

from __future__ import annotations

from blender_addon.eyes import EyeBook

BED, LAMP = (7, "first"), (8, "first")


def test_an_eye_that_was_only_seen_closed_was_forgotten_when_it_is_open():
    book = EyeBook()
    book.note(BED, True)
    book.note(LAMP, False)
    assert book.was_forgotten(BED, False)
    assert not book.was_forgotten(BED, True)
    assert not book.was_forgotten(LAMP, False)
    assert not book.was_forgotten(LAMP, True)


def test_an_eye_that_the_artist_opened_by_other_means_is_believed():
    book = EyeBook()
    book.note(BED, True)
    book.note(BED, False)
    assert not book.was_forgotten(BED, False)


def test_each_setting_of_one_eye_is_remembered_by_itself():
    book = EyeBook()
    book.note((7, "first"), True)
    book.note((7, "second"), False)
    assert book.was_forgotten((7, "first"), False)
    assert not book.was_forgotten((7, "second"), False)


def test_what_undo_showed_first_is_believed_ever_after():
    book = EyeBook()
    assert not book.was_forgotten(BED, False)
    book.note(BED, True)
    assert not book.was_forgotten(BED, False)


def test_another_file_starts_anew():
    book = EyeBook()
    book.note(BED, True)
    book.forget()
    assert not book.was_forgotten(BED, False)
